"""A .tflite file as it is: not trained, not converted; its variant is what the file is."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from hilbench.core import hashing
from hilbench.core.artifacts import ConvertedModel, Network, TensorSpec
from hilbench.core.deadline import Deadline
from hilbench.core.errors import FormatError, Unsupported, UsageError
from hilbench.sources import scales
from hilbench.sources.keras.variants import Variant
from hilbench.tflite import opinfo, reader
from hilbench.tflite.graph import Graph, Tensor

TFLITE = "model.tflite"

_LIMITS = {"int8": (-128, 128), "uint8": (0, 256), "int16": (-32768, 32768), "int32": (0, 2)}
_NAME = re.compile(r"^serving_default_(.+?)(?::\d+)?$")


@dataclass(frozen=True)
class TfliteSource:
    """See sources.base.Source. `reference` is a float .tflite of the same network."""

    name: str
    file: Path
    reference: Path | None = None

    stage = "read"
    dataset: ClassVar[str | None] = None
    sample_shape = ()

    def shaped(self, shapes: Mapping[str, tuple[int, ...]]) -> TfliteSource:
        del shapes
        return self

    def streamed(self, step: int | None) -> TfliteSource:
        if step is not None:
            raise UsageError(f"{self.name}: stream_step is for functions and files of Keras")
        return self

    def check(self) -> None:
        for path in (self.file, self.reference):
            if path is not None and not path.is_file():
                raise UsageError(f"{path}: no such file")
        if self.reference is not None:
            _same_interface(self._graph, reader.read(self.reference), self.reference)

    def variants(self) -> Mapping[str, Variant]:
        """One, named after the types of the file."""
        kind = _kind(self._graph)
        label = f"{kind.replace('_', ' ')} as it is"
        io = self._graph.tensors[self._graph.inputs[0]].dtype if self._graph.inputs else "float32"
        known = io if io in ("int8", "uint8", "int16") else "float32"
        return {kind: Variant(name=kind, label=label, io=known)}  # type: ignore[arg-type]

    def fingerprint(self) -> Mapping[str, object]:
        return {
            "name": self.name,
            "file": hashing.of_file(self.file),
            "reference": hashing.of_file(self.reference) if self.reference else None,
        }

    def load(self, samples: Path | None, out_dir: Path, deadline: Deadline) -> Network:
        """Copy the file into `out_dir`, so that what runs is what was read."""
        del samples
        deadline.check()
        graph = self._graph
        shutil.copyfile(self.file, out_dir / TFLITE)
        reference = out_dir / "reference.tflite" if self.reference else None
        if self.reference and reference:
            shutil.copyfile(self.reference, reference)
        return Network(
            name=self.name,
            sha256=hashing.of_file(out_dir / TFLITE),
            inputs=tuple(_spec(graph, index) for index in graph.inputs),
            outputs=tuple(_spec(graph, index) for index in graph.outputs),
            tflite=out_dir / TFLITE,
            reference=reference,
            parameters=opinfo.parameters(graph),
            notes=tuple(_warnings(graph)),
        )

    def conversion_fingerprint(
        self, network: Network, vectors: Path, variant: Variant
    ) -> Mapping[str, object]:
        del vectors
        return {"file": network.sha256, "variant": variant.name, "notes": network.notes}

    def convert(
        self, network: Network, vectors: Path, variant: Variant, out_dir: Path, deadline: Deadline
    ) -> ConvertedModel:
        del vectors
        deadline.check()
        if network.tflite is None:
            raise FormatError(f"'{network.name}' is not a .tflite file")
        shutil.copyfile(network.tflite, out_dir / TFLITE)
        return ConvertedModel(
            model=network.name,
            variant=variant.name,
            tflite=out_dir / TFLITE,
            sha256=network.sha256,
            converter="none: the file as it is",
            notes=network.notes,
        )

    @cached_property
    def _graph(self) -> Graph:
        graph = reader.read(self.file)
        if not graph.inputs or not graph.outputs:
            raise Unsupported(f"{self.file.name}: a network without inputs or without outputs")
        return graph


def _kind(graph: Graph) -> str:
    """What a file is, in the words of variants: by its weights, inputs and outputs."""
    types = {t.dtype for each in (graph, *graph.subgraphs) for t in each.tensors}
    ends = {graph.tensors[index].dtype for index in (*graph.inputs, *graph.outputs)}
    computed = {t.dtype for t in graph.tensors if t.data is None and t.elements}
    weights = {t.dtype for t in graph.tensors if t.data is not None and t.elements > 1}
    if "int16" in computed and "int8" in weights and "int8" not in computed:
        return "int16x8_only" if "float32" not in ends else "int16x8"
    if "int8" in computed or "uint8" in computed:
        if "float32" in ends:
            return "int8"
        return "uint8_io" if "uint8" in ends else "int8_only"
    if "float16" in types:
        return "float16"
    return "dynamic" if "int8" in weights else "basic"


def _spec(graph: Graph, index: int) -> TensorSpec:
    """With the range that the file states: that of the type, or of a table that ids look up."""
    tensor = graph.tensors[index]
    name = match[1] if (match := _NAME.match(tensor.name)) else tensor.name
    low, high = _range(graph, tensor)
    return TensorSpec(
        name or f"input_{index}",
        tensor.shape,
        tensor.dtype,
        low,
        high,
        quantized=tensor.quantization is not None and tensor.dtype != "int32",
        rows=_table_rows(graph, index) or 0,
    )


def _range(graph: Graph, tensor: Tensor) -> tuple[float, float]:
    rows = _table_rows(graph, tensor.index)
    if rows is None:
        return _LIMITS.get(tensor.dtype, (-1.0, 1.0))
    if tensor.quantization is None:
        return 0.0, float(rows)
    scale, zero = tensor.quantization.scales[0], tensor.quantization.zero_points[0]
    low, high = _LIMITS.get(tensor.dtype, (0, rows))
    last = min(high, round(rows / scale) + zero) if scale else high
    return float(max(low, zero)), float(max(last, max(low, zero) + 1))


def _table_rows(graph: Graph, index: int) -> int | None:
    """How many rows the table has that a GATHER looks this input up in, if one does."""
    for operator in graph.operators:
        if index in operator.inputs and operator.name in ("CAST", "DEQUANTIZE", "QUANTIZE"):
            return _table_rows(graph, operator.outputs[0])
        if operator.name == "GATHER" and operator.inputs[1] == index:
            table = graph.tensors[operator.inputs[0]]
            return table.shape[int(str(operator.options.get("axis", 0)))] if table.shape else None
    return None


def _warnings(graph: Graph) -> list[str]:
    """What is wrong in the file itself, whoever runs it.

    Ids that go through a scale are other ids for a part of the table.
    """
    found = []
    for each in scales.changed(graph):
        label = graph.tensors[each.outputs[0]].label
        found.append(f"{each.name} does not convert values to the scale of {label}: it is wrong")
    for each in scales.off_bias(graph):
        label = graph.tensors[each.inputs[2]].label
        found.append(
            f"{each.name} has a bias, {label}, of another scale than products: it is wrong"
        )
    for number, index in enumerate(graph.inputs):
        tensor = graph.tensors[index]
        rows, quantization = _table_rows(graph, index), tensor.quantization
        if rows is not None and quantization is not None and tensor.dtype != "int32":
            step = quantization.scales[0]
            found.append(
                f"input {number} holds ids of {rows} rows in {tensor.dtype} steps of {step:.3g}:"
                " some look up a neighbour's row"
            )
    return found


def _same_interface(graph: Graph, other: Graph, path: Path) -> None:
    """Raises UsageError for a reference of other inputs or outputs than the file's."""
    for which in ("inputs", "outputs"):
        mine = [list(graph.tensors[index].shape) for index in getattr(graph, which)]
        its = [list(other.tensors[index].shape) for index in getattr(other, which)]
        if mine != its:
            raise UsageError(f"{path}: has {which} {its}, the file that it is to check {mine}")
    for index in (*other.inputs, *other.outputs):
        if other.tensors[index].dtype not in ("float32", "int32"):
            raise UsageError(f"{path}: is no float network", remedy="the reference must be float32")
