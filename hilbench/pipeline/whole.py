"""A stream beside the network that takes its whole sequence at once, in TFLM on the host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hilbench.core.errors import DataError
from hilbench.pipeline.accuracy import Array, oracle_difference
from hilbench.pipeline.reference import Oracle
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


def verdict(whole: Oracle, predicted: Sequence[Array], steps: int) -> str:
    """How far `predicted`, (n, *shape) of each output in n steps, is from the whole network.

    Where that gives the last step alone, the last one of each sequence is compared.
    """
    if not whole.outputs:
        return f"not compared, {whole.runtime}"
    if len(whole.outputs) != len(predicted):
        return f"not compared: the whole network has {len(whole.outputs)} outputs"
    found = []
    for wanted, got in zip(whole.outputs, predicted, strict=True):
        last = got[steps - 1 :: steps]
        same = got if wanted.size == got.size else last
        if wanted.size != same.size or wanted.dtype != same.dtype:
            return f"not compared: output {wanted.shape[1:]} of the whole network"
        found.append(np.reshape(same, wanted.shape))
    difference = oracle_difference(whole.outputs, found)
    if difference.max_lsb:
        return f"differs by up to {difference.max_lsb} LSB"
    if difference.max_relative:
        return f"differs by up to {difference.max_relative:.1e} relative"
    return "bit-identical"
