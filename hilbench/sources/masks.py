"""Masks of attention in a float .tflite, before it is quantized.

What a mask leaves out has a huge number subtracted (1e9, or infinity) before SOFTMAX. No scale of
eight or sixteen bits has steps for that and for what stays: all of it would become 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.core import extras
from hilbench.tflite import reader

HUGE = 1e3
"""Below, a constant is no mask."""
TOLERANCE = 1e-3
"""Of an output's largest value: a quarter of a step of int8."""
_ENOUGH = (8.0, 12.0, 16.0, 24.0, 32.0, 64.0, 128.0)
"""exp(-8) is 0.0003."""
_SAMPLES = 20
_CHOOSE = {"SOFTMAX", "REDUCE_MAX"}
"""What takes no notice of numbers that are small enough."""

Sample = Sequence[NDArray[Any]] | Mapping[str, NDArray[Any]]


def softened(content: bytes, samples: Iterable[Sample]) -> tuple[bytes, str]:
    """The file with the smallest masks that change no output for these samples, and a note.

    A sample is an array for each input in the file's order, or by its name in the signature. The
    file stays as it is, and the note is empty, where it has no such mask or none is enough.
    """
    graph = reader.parse(content)
    names = {operator.name for each in (graph, *graph.subgraphs) for operator in each.operators}
    if not names & _CHOOSE:
        return content, ""
    changed = bytearray(content)
    masks = _masks(changed)
    if not masks:
        return content, ""
    few = list(islice(samples, _SAMPLES))
    wanted = _outputs(content, few)
    largest = max(float(np.abs(array).max()) for array, _ in masks)
    signs = [np.sign(array[huge]) for array, huge in masks]
    for enough in _ENOUGH:
        for (array, huge), sign in zip(masks, signs, strict=True):
            array[huge] = sign * enough
        if _alike(wanted, _outputs(bytes(changed), few)):
            note = f"masks of {largest:g} are {enough:g} in it, which its scales have steps for"
            return bytes(changed), note
    return content, ""


def _masks(content: bytearray) -> list[tuple[NDArray[np.float32], NDArray[np.bool_]]]:
    """The arrays of constants in the file that have huge values, and where those are."""
    schema = extras.tflite_schema()
    model = schema.Model.GetRootAs(content, 0)
    found = {}
    for number in range(model.SubgraphsLength()):
        graph = model.Subgraphs(number)
        for index in range(graph.TensorsLength()):
            tensor = graph.Tensors(index)
            buffer = model.Buffers(tensor.Buffer())
            if tensor.Type() != schema.TensorType.FLOAT32 or buffer.DataIsNone():
                continue
            array = buffer.DataAsNumpy().view("<f4")
            huge = np.abs(array) >= HUGE
            if huge.any():
                found[tensor.Buffer()] = array, huge
    return list(found.values())


def _outputs(content: bytes, samples: Sequence[Sample]) -> list[list[NDArray[Any]]]:
    """Of each sample, from the same state."""
    lite = extras.tensorflow().lite
    plain = lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = lite.Interpreter(model_content=content, experimental_op_resolver_type=plain)
    interpreter.allocate_tensors()
    places = _places(interpreter)
    ends = interpreter.get_output_details()
    results = []
    for sample in samples:
        interpreter.reset_all_variables()
        given = sample.items() if isinstance(sample, Mapping) else enumerate(sample)
        for name, values in given:
            interpreter.set_tensor(places[name], values)
        interpreter.invoke()
        results.append([interpreter.get_tensor(detail["index"]) for detail in ends])
    return results


def _places(interpreter: Any) -> dict[int | str, int]:
    """The inputs' tensors by number, and by name."""
    details = interpreter.get_input_details()
    places: dict[int | str, int] = {n: detail["index"] for n, detail in enumerate(details)}
    for signature in interpreter.get_signature_list():
        named = interpreter.get_signature_runner(signature).get_input_details()
        places |= {name: detail["index"] for name, detail in named.items()}
    return places


def _alike(wanted: list[list[NDArray[Any]]], found: list[list[NDArray[Any]]]) -> bool:
    for some, others in zip(wanted, found, strict=True):
        for one, other in zip(some, others, strict=True):
            most = np.abs(one).max(initial=0) or 1.0
            if not np.allclose(one, other, rtol=0, atol=TOLERANCE * most):
                return False
    return True
