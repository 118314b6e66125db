"""The steps of a stream as whole sequences, for the network that takes these at once."""

from __future__ import annotations

from dataclasses import replace

from hilbench.core.errors import DataError
from hilbench.pipeline.samples import Samples
from hilbench.tflite.graph import Graph, Tensor


def sequences(step: Graph, whole: Graph, steps: Samples) -> Samples:
    """The steps of each sequence joined to what the whole network takes.

    Raises DataError where its inputs are not `steps.steps` times those of the step network, in
    the same type and with the same scale.
    """
    if len(step.inputs) != len(whole.inputs):
        raise DataError(f"the whole network has {len(whole.inputs)} inputs, not {len(step.inputs)}")
    joined = []
    for one, all_, values in zip(step.inputs, whole.inputs, steps.inputs, strict=True):
        wanted = whole.tensors[all_]
        _check(step.tensors[one], wanted, steps.steps)
        joined.append(values[: steps.rounded].reshape(-1, *wanted.shape))
    return replace(steps, inputs=tuple(joined), steps=1)


def _check(step: Tensor, whole: Tensor, steps: int) -> None:
    same = (step.dtype, step.quantization) == (whole.dtype, whole.quantization)
    if not same or whole.elements != steps * step.elements:
        raise DataError(
            f"the whole network takes {whole.label}, not {steps} times {step.label}",
            remedy="both need the same type and scale, and sequences of one length",
        )
