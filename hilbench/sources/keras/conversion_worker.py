"""The child that converts: python -m <this module> FOLDER/request.json"""

from __future__ import annotations

import hashlib
import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hilbench.core import confinement, extras, workers
from hilbench.core.errors import ConvertError, Unsupported
from hilbench.core.registry import lookup
from hilbench.core.text import counted, one_line
from hilbench.sources import factors, masks, scales, unrolling
from hilbench.sources.keras import calibration, loops, passes
from hilbench.sources.keras.conversion import EXPECTED, TFLITE, Request, Result
from hilbench.sources.keras.variants import VARIANTS, Variant
from hilbench.tflite import reader, state
from hilbench.tflite.graph import Graph

_ENDS = {"Inputs": 6, "Outputs": 8}
"""Where schema.fbs has them in the table of a subgraph."""


def work(request: Request, folder: Path) -> Result:
    """Convert one SavedModel into `folder`, with the outputs of the float one."""
    confinement.change_nothing_but(folder)
    variant = lookup("variant", request.variant, VARIANTS)
    tf = extras.tensorflow()
    floats = expected(tf, str(request.reference), request.vectors)
    steps = _steps(request.vectors)
    alone = calibration.anew(steps) if steps > 1 or floats.keeps_state else nullcontext()
    said = [*request.notes]
    with alone:
        content = converted(
            tf, str(request.saved_model), request.vectors, variant, said, request.low_rank
        )
    content = in_order(content)
    graph = reader.parse(content)
    mended = scales.mended(content, graph)
    notes = (*said, *scales.notes(graph), *left_in_float(variant, graph))
    if steps > 1 and not floats.keeps_state and state.kept(graph).any:
        notes = (*notes, STATELESS)
    else:
        np.savez(folder / EXPECTED, **floats.outputs)
    content = passes.apply(variant.passes, mended)
    (folder / TFLITE).write_bytes(content)
    return Result(
        request.model,
        variant.name,
        hashlib.sha256(content).hexdigest(),
        f"TensorFlow {tf.__version__}",
        notes,
    )


WHOLE = "no matrix of low rank is two smaller products in this file: it runs dense"
FLOAT = "the converter quantizes weights from 1,024 elements on: here are none, all of it is float"
LEFT = "the converter leaves in float32: {}"
_BETWEEN = ("QUANTIZE", "DEQUANTIZE", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE")
"""Operators that compute nothing: those that convert, and those of a state, which may be float."""


def left_in_float(variant: Variant, graph: Graph) -> Iterator[str]:
    """What was to become integers and did not: all weights, or operators of a whole network."""
    parts = (graph, *graph.subgraphs)
    if variant.needs_representative:
        names = Counter(
            operator.name
            for part in parts
            for operator in part.operators
            if operator.name not in _BETWEEN
            and "float32" in {part.tensors[n].dtype for n in operator.outputs if n >= 0}
        )
        if names:
            yield LEFT.format(", ".join(f"{n} {name}" for name, n in sorted(names.items())))
    elif variant.optimizations and not variant.supported_types:
        constants = (t for part in parts for t in part.tensors if t.data is not None)
        if "int8" not in {t.dtype for t in constants}:
            yield FLOAT


def converted(
    tf: Any,
    saved_model: str,
    vectors: Path,
    variant: Variant,
    notes: list[str] | None = None,
    low_rank: bool = False,
) -> bytes:
    """The .tflite file; what a reader of the row must know is added to `notes`."""
    said: list[str] = [] if notes is None else notes
    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model)
    converter.optimizations = [tf.lite.Optimize[name] for name in variant.optimizations]
    converter.target_spec.supported_ops = [tf.lite.OpsSet[name] for name in variant.supported_ops]
    if variant.supported_types:
        types = [tf.as_dtype(name) for name in variant.supported_types]
        converter.target_spec.supported_types = types
    converter.inference_input_type = converter.inference_output_type = tf.as_dtype(variant.io)
    if variant.needs_representative:
        converter.representative_dataset = representative(vectors)
        _prepare_first(converter, said)
    if low_rank:
        _factor_first(converter, said)
    converter._experimental_disable_per_channel_quantization_for_dense_layers = (
        variant.per_tensor_dense
    )
    return bytes(converter.convert())


def _prepare_first(converter: Any, notes: list[str]) -> None:
    """Have it quantize its float file without loops and huge masks, where that can be."""

    def prepared(content: bytes) -> bytes:
        try:
            plain = unrolling.unrolled(content, loops.LONGEST_UNROLLED)
        except Unsupported as error:
            traceback.print_exception(error)
            plain = content
        if plain != content:
            notes.append(unrolling.NOTE)
        found, note = masks.softened(plain, converter.representative_dataset())
        if note:
            notes.append(note)
        return found

    _first(converter, prepared)


def _factor_first(converter: Any, notes: list[str]) -> None:
    """Have it quantize a float file whose weights of low rank are two products."""

    def factored(content: bytes) -> bytes:
        plain, count = factors.factored(content)
        notes.append(
            f"{counted(count, 'matrix', 'matrices')} of low rank as two products"
            if count
            else WHOLE
        )
        return plain

    _first(converter, factored)


def _first(converter: Any, change: Callable[[bytes], bytes]) -> None:
    """Have it change its float file, before what it was to change before, and quantize that."""
    quantize = converter._optimize_tflite_model

    def changed_then_quantized(content: bytes, *arguments: Any, **named: Any) -> bytes:
        return bytes(quantize(change(bytes(content)), *arguments, **named))

    converter._optimize_tflite_model = changed_then_quantized


def representative(vectors: Path) -> Callable[[], Iterator[Any]]:
    """Calibration samples one at a time, several inputs by name: the converter orders them."""
    samples = _samples(vectors, "calibration")
    names = [f"input_{number:02d}" for number in range(len(samples))]

    def one_by_one() -> Iterator[Any]:
        if len(samples) == 1:
            return ([sample] for sample in samples[0])  # a family's input has a name of its own
        return (dict(zip(names, sample, strict=True)) for sample in zip(*samples, strict=True))

    return one_by_one


STATELESS = "the Keras network keeps no state between steps: its float file does, in TFLM"


@dataclass(frozen=True)
class Floats:
    """What the float network gives, and whether the samples have changed its variables."""

    outputs: dict[str, Any]
    keeps_state: bool


def expected(tf: Any, saved_model: str, vectors: Path) -> Floats:
    """`input_00` -> `expected_00`: the float outputs (n, *shape) of each compared sample.

    Raises ConvertError when an output is not a number.
    """
    loaded = tf.saved_model.load(saved_model)  # its variables live as long as it does
    function = loaded.signatures["serving_default"]
    first = [(variable, variable.numpy()) for variable in function.graph.variables]
    names = sorted(function.structured_input_signature[1])
    steps = _steps(vectors)
    found = {}
    for which, name in (("input", "expected"), ("published", "published_expected")):
        samples = _samples(vectors, which)
        if not samples:
            continue
        results = []
        for place, sample in enumerate(zip(*samples, strict=True)):
            for variable, value in first if place % steps == 0 else ():
                variable.assign(value)  # the state begins anew where it does on the device
            arguments = {n: tf.constant(x) for n, x in zip(names, sample, strict=True)}
            try:
                outputs = function(**arguments)
            except tf.errors.OpError as error:
                raise _refused(error) from error
            results.append([outputs[output].numpy() for output in sorted(outputs)])
        for number, output in enumerate(zip(*results, strict=True)):
            if not all(np.isfinite(values).all() for values in output):
                message = "the float network's outputs are not finite"
                raise ConvertError(message, remedy="its weights or the samples are not")
            found[f"{name}_{number:02d}"] = np.stack(output)
    changed = any(not np.array_equal(variable.numpy(), value) for variable, value in first)
    return Floats(found, changed)


def _refused(error: Exception) -> ConvertError:
    """The float network itself does not take a sample; it may say why."""
    traceback.print_exception(error)
    said = re.search(r"assertion failed: \[(.*?)\]", str(error))
    why = f": {one_line(said[1])}" if said else ""
    message = f"the float network does not take these samples{why}"
    return ConvertError(message, remedy="give samples of your own: --data")


def _samples(vectors: Path, which: str) -> list[Any]:
    """(n, *shape) of each input."""
    with np.load(vectors) as arrays:
        return [arrays[name] for name in sorted(arrays) if re.fullmatch(rf"{which}_\d\d", name)]


def _steps(vectors: Path) -> int:
    """Samples from one reset of the network's state to the next."""
    with np.load(vectors) as arrays:
        return int(arrays["steps"]) if "steps" in arrays else 1


def in_order(content: bytes) -> bytes:
    """The file with inputs and outputs in the order of the network, `input_00`, `input_01` ...

    The converter has any order when some are read late or come from the same layer; names are
    in the signature.
    """
    schema, changed = extras.tflite_schema(), bytearray(content)
    model = schema.Model.GetRootAs(changed, 0)
    graph, signature = model.Subgraphs(0), model.SignatureDefs(0)
    for ends, field in _ENDS.items():
        count = getattr(signature, f"{ends}Length")()
        named = [getattr(signature, ends)(number) for number in range(count)]
        wanted = [end.TensorIndex() for end in sorted(named, key=lambda end: end.Name())]
        if sorted(getattr(graph, f"{ends}AsNumpy")()) != sorted(wanted):
            raise ConvertError(f"the converter changed the {ends.lower()} of the network")
        start = graph._tab.Vector(graph._tab.Offset(field))
        np.frombuffer(changed, "<i4", len(wanted), start)[:] = wanted
    return bytes(changed)


if __name__ == "__main__":
    workers.serve(Request, Result, work)
