"""How far the device's outputs are from the float reference and from TFLM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hilbench.core.artifacts import Measurement
from hilbench.core.errors import JobError, LinkError
from hilbench.pipeline.reference import Oracle
from hilbench.pipeline.samples import Samples, real_values
from hilbench.pipeline.stages import Prepared
from hilbench.record import tasks
from hilbench.record.metrics import Value
from hilbench.tflite.graph import Tensor

Array = NDArray[np.generic]


@dataclass(frozen=True)
class OracleDifference:
    """`max_lsb` over integer outputs, `max_relative` over float ones; None where there are none."""

    max_lsb: int | None
    max_relative: float | None


def mean_absolute_error(expected: Array, predicted: Array) -> float | None:
    """Mean of |expected - predicted| / (max(expected) - min(expected)).

    Both (samples, ...) in the output's own type, `expected` having gone through
    quantize(). None when all expected values are the same: there is no range.
    """
    wanted, got = expected.astype(np.float64), predicted.astype(np.float64)
    span = float(wanted.max() - wanted.min())
    return float(np.abs(wanted - got).mean() / span) if span else None


def oracle_difference(oracle: Sequence[Array], predicted: Sequence[Array]) -> OracleDifference:
    """Largest difference of any output; each (samples, ...), two of the same type."""
    lsb: list[int] = []
    relative: list[float] = []
    for wanted, got in zip(oracle, predicted, strict=True):
        difference = float(np.abs(wanted.astype(np.float64) - got.astype(np.float64)).max())
        if np.issubdtype(wanted.dtype, np.integer):
            lsb.append(int(difference))
        else:
            largest = float(np.abs(wanted.astype(np.float64)).max())
            relative.append(difference / largest if largest else difference)
    return OracleDifference(max(lsb, default=None), max(relative, default=None))


def against_whole(whole: Oracle, predicted: Sequence[Array], steps: int) -> str:
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


def predictions(prepared: Prepared, measurement: Measurement) -> tuple[Array, ...]:
    """The device's output bytes as arrays (n, *shape), one for each output."""
    found = []
    for number, index in enumerate(prepared.graph.outputs):
        tensor = prepared.graph.tensors[index]
        raw = b"".join(outputs[number] for outputs in measurement.outputs)
        count = len(measurement.outputs)
        if len(raw) != count * tensor.bytes:
            given = f"output {number} has {len(raw)} bytes in {count} samples"
            raise LinkError(f"{given}, {tensor.bytes} in each were expected")
        found.append(np.frombuffer(raw, tensor.dtype).reshape(count, *tensor.shape))
    return tuple(found)


def values(prepared: Prepared, predicted: Sequence[Array]) -> dict[str, Value | None]:
    """Error against the reference, difference from TFLM, and the measures of the task."""
    pairs, oracle = prepared.samples, prepared.oracle
    each = _errors(pairs.expected, predicted, slice(pairs.rounded))
    errors = [error for error in each if error is not None]
    published = _known(pairs.expected, predicted, slice(pairs.rounded, None))
    none = OracleDifference(None, None)
    difference = oracle_difference(oracle.outputs, predicted) if oracle.outputs else none
    return {
        "samples": pairs.rounded,
        "reference": prepared.reference.name,
        "error_mae": max(errors, default=None),
        "error_outputs": _listed(each) if len(each) > 1 else None,
        "error_mae_published": max(published, default=None) if pairs.published else None,
        "clipped_inputs": pairs.clipped_inputs,
        "clipped_reference": pairs.clipped_expected,
        "oracle_max_lsb": difference.max_lsb,
        "oracle_max_relative": difference.max_relative,
        **_tasks(prepared, pairs, predicted),
    }


def _errors(
    expected: Sequence[Array], predicted: Sequence[Array], part: slice
) -> list[float | None]:
    """Of each output; None where it has no range in these samples."""
    pairs = zip(expected, predicted, strict=False)
    return [mean_absolute_error(e[part], p[part]) for e, p in pairs if len(e[part])]


def _known(expected: Sequence[Array], predicted: Sequence[Array], part: slice) -> list[float]:
    return [error for error in _errors(expected, predicted, part) if error is not None]


def _listed(errors: Sequence[float | None]) -> str:
    return ", ".join("-" if error is None else f"{error:.6g}" for error in errors)


def without_range(prepared: Prepared, predicted: Sequence[Array]) -> list[str]:
    """A line for each output that is the same in all samples: how far the device is from it."""
    pairs, tensors = prepared.samples, prepared.graph.tensors
    part, notes = slice(pairs.rounded), []
    for number, (wanted, got) in enumerate(zip(pairs.expected, predicted, strict=False)):
        if mean_absolute_error(wanted[part], got[part]) is None:
            tensor = tensors[prepared.graph.outputs[number]]
            constant, found = (real_values(tensor, values[part]) for values in (wanted, got))
            off = float(np.abs(constant.astype(np.float64) - found).max())
            value = float(constant.reshape(-1)[0])
            notes.append(
                f"output {number} is {value:.6g} in all samples and has no range to divide"
                f" an error by; the device is at most {off:.3g} off"
            )
    return notes


def require_numbers(
    expected: Sequence[Array], oracle: Sequence[Array], predicted: Sequence[Array]
) -> None:
    """Raises JobError where the device or what it is compared with gives NaN or infinity.

    Each (samples, ...) of every output.
    """
    found = {"the device": predicted, "the float reference": expected, "TFLM on the host": oracle}
    wild = {who: each for who, each in found.items() if _samples_without(each)}
    if not wild:
        return
    count = max(map(_samples_without, wild.values()))
    tame = [who for who, each in found.items() if each and who not in wild]
    others = f", of {' and '.join(tame)} not" if tame else ""
    raise JobError(
        f"outputs of {' and '.join(wild)} are NaN or infinite in {count} of {len(predicted[0])}"
        f" samples{others}",
        remedy="report it with the .tflite, where only the device's are; else look for weights"
        " or inputs that are too large",
    )


def _samples_without(outputs: Sequence[Array]) -> int:
    """In how many samples an output has a value that is no finite number."""
    return max((_wild_samples(values) for values in outputs), default=0)


def _wild_samples(values: Array) -> int:
    return int((~np.isfinite(values)).reshape(len(values), -1).any(axis=1).sum())


_WRONG, _TIMES = 1e-3, 10.0
"""From which error on, and how many times the device's, the oracle is said to err."""


def wrong_oracle(
    expected: Sequence[Array], oracle: Sequence[Array], predicted: Sequence[Array]
) -> str:
    """That TFLM on the host is what is far from the float reference, "" where it is not.

    Each (samples, ...) of every output; TFLM computes some loops and ConvLSTMs wrongly.
    """
    whole = slice(None)
    ours = max(_known(expected, predicted, whole), default=0.0)
    theirs = max(_known(expected, oracle, whole), default=0.0)
    if theirs < max(_WRONG, _TIMES * ours):
        return ""
    return f"TFLM on the host is {theirs:.2g} from the reference, the device {ours:.2g}"


FLOAT_ROUNDING = 1e-4
"""What float32 arithmetic explains, relative to the largest output.

A sum of n products in another order is off by about sqrt(n) / 2^24, 4e-6 for the 4608 of a
3x3 convolution over 512 channels, and 30 layers of these by 2e-5. 2e-6 is the most that any row
of results/reference has.
"""
LIBRARY_LSB = 8
"""What an optimised library may round otherwise; CMSIS-NN's LSTM has 4. Other engines: nothing."""


def far_from_oracle(
    expected: Sequence[Array], oracle: Sequence[Array], predicted: Sequence[Array], least_lsb: int
) -> str:
    """That the device's outputs are not TFLM's on the host, "" where they are.

    Each (samples, ...) of every output; integer ones may be `least_lsb` off.
    """
    if not oracle or wrong_oracle(expected, oracle, predicted):
        return ""
    found = oracle_difference(oracle, predicted)
    far = []
    if found.max_lsb is not None and found.max_lsb > least_lsb:
        far.append(f"{found.max_lsb} LSB")
    if found.max_relative is not None and found.max_relative > FLOAT_ROUNDING:
        rounding = f"rounding of float32 is below {FLOAT_ROUNDING:g}"
        far.append(f"{found.max_relative:.2g} relative ({rounding})")
    if not far:
        return ""
    said = f"the device is up to {' and '.join(far)} from TFLM on the host"
    ours, theirs = (_known(expected, outputs, slice(None)) for outputs in (predicted, oracle))
    if not ours or not theirs:
        return said
    return f"{said}; errors against the reference: {max(ours):.2g}, TFLM's {max(theirs):.2g}"


def _tasks(
    prepared: Prepared, pairs: Samples, predicted: Sequence[Array]
) -> dict[str, Value | None]:
    """For the first output: float, on the host and on the device."""
    if pairs.labels is None:
        return {}
    tensor = prepared.graph.tensors[prepared.graph.outputs[0]]
    outputs = {"device": real_values(tensor, predicted[0])}
    if pairs.real and prepared.reference.is_float:
        outputs["float"] = pairs.real[0]
    if prepared.oracle.outputs:
        outputs["host"] = real_values(tensor, prepared.oracle.outputs[0])
    chosen = {where: _labelled(tensor, pairs, values) for where, values in outputs.items()}
    return {**tasks.measure(chosen, pairs.labels)}


def _labelled(tensor: Tensor, pairs: Samples, values: Array) -> NDArray[np.floating]:
    """The outputs that have a label: of samples rounded as a user does, of sequences their end."""
    assert pairs.labels is not None  # noqa: S101 - asked for only then
    rounded = values[: pairs.rounded].astype(np.float64)
    if tensor.shape[:1] == (1,):
        rounded = rounded[:, 0]
    if len(pairs.labels) * pairs.steps == len(rounded):
        return rounded[pairs.steps - 1 :: pairs.steps]
    return rounded
