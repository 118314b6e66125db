"""A .tflite as TensorFlow's own objects, which can be changed, and as bytes again."""

from __future__ import annotations

from typing import Any

from hilbench.core import extras
from hilbench.tflite import schema


def read(content: bytes) -> Any:
    """Its ModelT."""
    schema_py = extras.tflite_schema()
    return schema_py.ModelT.InitFromObj(schema_py.Model.GetRootAs(content, 0))


def written(model: Any) -> bytes:
    """The file of a ModelT."""
    builder = extras.flatbuffers().Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=schema.FILE_IDENTIFIER)
    return bytes(builder.Output())
