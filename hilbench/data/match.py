"""The user's arrays as samples of one network, or the line that says why they are not.

    chosen = choose(arrays, inputs, outputs, settings)

Calibration samples come first and the compared ones after them, or from arrays of
their own (`x_train` and `x_test`), so that none is in both unless it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hilbench.config.experiment import Data
from hilbench.core.artifacts import TensorSpec
from hilbench.core.errors import DataError
from hilbench.data.files import ONLY, Array, Arrays

SAMPLES = (ONLY, "x", "X", "inputs", "input", "data", "x_test", "X_test", "x_train", "X_train")
LABELS = ("y", "Y", "labels", "label", "targets", "target", "y_true", "y_test", "y_train")


@dataclass(frozen=True)
class Chosen:
    """Samples (n, *shape) of each input in the network's types, floats as float32.

    `labels` are those of the compared samples, (n, ...) of the first output; `published`
    as the published campaign fed it. The network's state begins anew before every
    `steps`-th sample: in a stream, a sequence of so many.
    """

    calibration: tuple[Array, ...]
    inputs: tuple[Array, ...]
    origin: str
    labels: Array | None = None
    published: tuple[Array, ...] = ()
    steps: int = 1

    def save(self, path: Path) -> None:
        arrays = {
            **_numbered("calibration", self.calibration),
            **_numbered("input", self.inputs),
            **_numbered("published", self.published),
            "steps": np.array(self.steps),
        }
        if self.labels is not None:
            arrays["labels"] = self.labels
        np.savez(path, **arrays)  # type: ignore[arg-type]


def _numbered(what: str, arrays: Sequence[Array]) -> dict[str, Array]:
    return {f"{what}_{number:02d}": array for number, array in enumerate(arrays)}


def choose(
    given: Arrays, inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec], settings: Data
) -> Chosen:
    """Raises DataError for arrays that do not fit the network or are too few."""
    names = {part: _names(given, inputs, part) for part in ("test", "train")}
    test = _of_inputs(given, inputs, names["test"])
    labels = _labels(given, settings, outputs, len(test[0]))
    if names["train"] != names["test"]:
        train = _of_inputs(given, inputs, names["train"])
        calibration = tuple(array[: settings.representative] for array in train)
        start = 0
    else:
        start = _calibration_count(given, settings, len(test[0]))
        calibration = tuple(array[: start or settings.representative] for array in test)
    compared = slice(start, start + settings.samples)
    chosen = None if labels is None else labels[compared]
    return Chosen(calibration, tuple(array[compared] for array in test), given.origin, chosen)


def stream(
    given: Arrays, inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec], settings: Data
) -> Chosen:
    """As `choose`, for a network that is invoked step by step and keeps its state.

    A sample that is several inputs long is a sequence, cut into inputs along its first axis;
    samples of one input each are together one sequence. Raises DataError as `choose` does.
    """
    arrays = [given.arrays[_name(given, spec, inputs, "test")] for spec in inputs]
    pieces = {_pieces(array, spec) for array, spec in zip(arrays, inputs, strict=True)}
    if pieces == {1} or len(pieces) > 1:
        chosen = choose(given, inputs, outputs, settings)
        return replace(chosen, steps=len(chosen.inputs[0]))
    whole = [
        replace(spec, shape=(1, *array.shape[1:]))
        for spec, array in zip(inputs, arrays, strict=True)
    ]
    steps = pieces.pop()
    chosen = choose(_last_labels(given, outputs, steps), whole, outputs, settings)
    return replace(
        chosen,
        calibration=_cut(chosen.calibration, inputs),
        inputs=_cut(chosen.inputs, inputs),
        steps=steps,
    )


def _last_labels(given: Arrays, outputs: Sequence[TensorSpec], steps: int) -> Arrays:
    """Where an invocation has an output of its own step, and each step of a sequence a label."""
    inner = outputs[0].shape[1:] if outputs else ()
    if steps == 1 or len(inner) < 2:
        return given
    arrays = {
        name: array[:, -inner[0] :]
        if name in LABELS and array.shape[1:] == (steps * inner[0], *inner[1:])
        else array
        for name, array in given.arrays.items()
    }
    return replace(given, arrays=arrays)


def _pieces(array: Array, spec: TensorSpec) -> int:
    """How many inputs a sample of this array is long; 1 where it is not a sequence of them."""
    inner = spec.shape[1:] if spec.shape[:1] == (1,) else spec.shape
    shape = array.shape[1:]
    if shape[1:] == inner and shape != spec.shape:
        return max(1, int(shape[0]))
    if shape[1:] == inner[1:] and inner and inner[0] and shape[:1] and shape[0] % inner[0] == 0:
        return max(1, int(shape[0]) // inner[0])
    return 1


def _cut(arrays: Sequence[Array], inputs: Sequence[TensorSpec]) -> tuple[Array, ...]:
    return tuple(array.reshape(-1, *spec.shape) for array, spec in zip(arrays, inputs, strict=True))


def _calibration_count(given: Arrays, settings: Data, there: int) -> int:
    """How many of `there` samples calibrate; 0 when the compared ones do it as well."""
    if settings.shared:
        return 0
    if there < 2:
        raise DataError(
            f"{given.where}: {there} sample; calibration and comparison need one each",
            remedy="add samples, or say data.shared: true",
        )
    wanted, said = settings.representative + settings.samples, settings.model_fields_set
    if there >= wanted:
        return settings.representative
    if "representative" not in said and there > settings.samples:
        return there - min(settings.samples, there if "samples" in said else there // 2)
    if "samples" not in said and there > settings.representative:
        return settings.representative
    if {"representative", "samples"} & said:
        raise DataError(
            f"{given.where}: {there} samples, {wanted} are to calibrate and compare",
            remedy="lower data.representative or data.samples",
        )
    return max(1, there - min(settings.samples, there // 2))


def _names(given: Arrays, inputs: Sequence[TensorSpec], part: str) -> list[str]:
    return [_name(given, spec, inputs, part) for spec in inputs]


def _of_inputs(given: Arrays, inputs: Sequence[TensorSpec], names: Sequence[str]) -> list[Array]:
    """One array of samples for each input, all of one length."""
    found = [
        _fitting(given, name, given.arrays[name], spec)
        for name, spec in zip(names, inputs, strict=True)
    ]
    lengths = {len(array) for array in found}
    if len(lengths) > 1:
        said = ", ".join(f"'{s.name}' has {len(a)}" for s, a in zip(inputs, found, strict=True))
        raise DataError(f"{given.where}: inputs of different numbers of samples: {said}")
    return found


def _name(given: Arrays, spec: TensorSpec, inputs: Sequence[TensorSpec], part: str) -> str:
    """The array for an input: of its name, of a usual name, or the only one."""
    number = inputs.index(spec)
    names = [f"{spec.name}_{part}", spec.name]
    if len(inputs) == 1:
        names += [f"x_{part}", f"X_{part}", *SAMPLES]
    else:
        names += [f"x{number}", f"x_{number}", f"input_{number}", f"arr_{number}"]
    for name in names:
        if name in given.arrays:
            return name
    others = [name for name in given.arrays if name not in LABELS]
    if len(inputs) == len(others) == 1:
        return others[0]
    wanted = " and ".join(f"'{each.name}' {each}" for each in inputs)
    there = ", ".join(f"'{name}'" for name in given.arrays)
    raise DataError(
        f"{given.where}: holds {there}; the network wants {wanted}",
        remedy="name each array as its input",
    )


def _fitting(given: Arrays, name: str, array: Array, spec: TensorSpec) -> Array:
    """(n, *shape) in the input's type."""
    check_finite(f"{given.where}: '{name}'", array)
    _check_rows(f"{given.where}: '{name}'", array, spec)
    return _typed(given, name, _shaped(given, name, array, spec), spec)


def check_finite(where: str, array: Array) -> None:
    """Raises DataError for samples (n, ...) of which one is no number."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        at = [int(i) for i in np.argwhere(~np.isfinite(array))[0]]
        value = "NaN" if np.isnan(array[tuple(at)]) else "infinite"
        raise DataError(f"{where}: sample {at[0] if at else 0} is {value} at {at[1:]}")


def _check_rows(where: str, array: Array, spec: TensorSpec) -> None:
    """That a table has a row for each: a device would read what lies beside it."""
    own = spec.quantized and array.dtype == spec.dtype
    if not spec.rows or own or array.dtype.kind not in "iuf":
        return
    lowest, highest = int(np.floor(array.min())), int(np.floor(array.max()))
    if lowest < 0 or highest >= spec.rows:
        known = f"input '{spec.name}' of the network knows 0 to {spec.rows - 1}"
        raise DataError(f"{where}: ids {lowest} to {highest}, {known}")


def _shaped(given: Arrays, name: str, array: Array, spec: TensorSpec) -> Array:
    """With a batch of 1, without it, one sample alone, or a row of a table for each sample."""
    inner = spec.shape[1:] if spec.shape[:1] == (1,) else spec.shape
    if array.shape[1:] == spec.shape:
        return array
    if array.shape[1:] == inner:
        return array.reshape(len(array), *spec.shape)
    if array.shape == inner and array.ndim:
        return array.reshape(1, *spec.shape)
    elements = int(np.prod(spec.shape))
    if given.columns and array.shape[1] == elements:
        return array.reshape(len(array), *spec.shape)
    if not array.ndim:
        raise DataError(f"{given.where}: '{name}' is a single number, no samples")
    had = list(array.shape[1:])
    wanted = f"input '{spec.name}' of the network {list(inner)}"
    message = f"{given.where}: '{name}' has samples of shape {had}, {wanted}"
    raise DataError(message, remedy=_shape_remedy(given, array, inner))


def _shape_remedy(given: Arrays, array: Array, inner: tuple[int, ...]) -> str:
    had = array.shape[1:]
    if given.columns:
        return f"a row needs {int(np.prod(inner))} columns beside the label"
    if had != inner and sorted(had) == sorted(inner):
        return "the axes seem to be in another order: np.transpose"
    if np.prod(had) == np.prod(inner):
        return f"reshape to (samples, {', '.join(map(str, inner))})"
    shape = f"its shape must be (samples, {', '.join(map(str, inner))})"
    steps = len(had) == len(inner) and inner[:1] == (1,) and had[1:] == inner[1:]
    return f"{shape}, or its steps are taken one by one: measure.stream: true" if steps else shape


def _typed(given: Arrays, name: str, array: Array, spec: TensorSpec) -> Array:
    """Floats take any number as it is; integers take integers in their range."""
    where = f"{given.where}: '{name}'"
    if spec.dtype == "float32":
        with np.errstate(over="ignore"):
            real = array.astype(np.float32)
        if not np.isfinite(real).all():
            raise DataError(f"{where}: a value is beyond float32")
        return real
    if array.dtype == spec.dtype:
        return array
    mistyped = f"{where} is {array.dtype}, input '{spec.name}' of the network {spec.dtype}"
    if spec.quantized:
        if array.dtype.kind == "f":
            return array.astype(np.float32)
        raise DataError(mistyped, remedy=f"float32 for real values, {spec.dtype} for its own")
    if array.dtype.kind == "b" or (array.dtype.kind == "f" and (array != np.floor(array)).any()):
        raise DataError(mistyped)
    limits = np.iinfo(spec.dtype)
    if array.min() < limits.min or array.max() > limits.max:
        raise DataError(f"{where} has values beyond {spec.dtype}, the type of input '{spec.name}'")
    return array.astype(spec.dtype)


def _labels(
    given: Arrays, settings: Data, outputs: Sequence[TensorSpec], samples: int
) -> Array | None:
    """Labels of the test samples: class numbers, one-hot, or values like the output's."""
    names = [settings.labels] if settings.labels and not given.columns else ["y_test", *LABELS]
    name = next((name for name in names if name in given.arrays), None)
    if name is None:
        if settings.labels and not given.columns:
            there = ", ".join(given.arrays)
            raise DataError(
                f"{given.where}: has no array '{settings.labels}'", remedy=f"has: {there}"
            )
        return given.arrays.get("labels")
    labels, where = given.arrays[name], f"{given.where}: labels '{name}'"
    if not labels.ndim or len(labels) != samples:
        had = len(labels) if labels.ndim else 0
        raise DataError(f"{where}: {had} labels for {samples} samples")
    check_finite(where, labels)
    return fitting_labels(where, labels, outputs[0]) if outputs else labels


def fitting_labels(where: str, labels: Array, output: TensorSpec) -> Array:
    """As class numbers (n, ...) where they are those, else as values of the output's shape."""
    inner = output.shape[1:] if output.shape[:1] == (1,) else output.shape
    if labels.ndim > 1 and labels.shape[-1] == 1 and labels.shape[1:] != inner:
        labels = labels[..., 0]
    classes = inner[-1] if inner else 1
    if labels.shape[1:] == inner:
        return labels.argmax(-1) if classes > 1 and _is_one_hot(labels) else labels
    if labels.shape[1:] not in (inner[:-1], ()):
        message = f"{where} have shape {list(labels.shape[1:])}, the output {list(inner)}"
        raise DataError(message, remedy="class numbers, one-hot, or values like the output's")
    if classes == 1:
        return labels.reshape(len(labels), *inner) if labels.shape[1:] == inner[:-1] else labels
    if labels.dtype.kind == "f" and (labels != np.floor(labels)).any():
        raise DataError(f"{where}: class numbers must be whole, {labels.dtype} given")
    return _class_numbers(where, labels.astype(np.int64), classes)


def _class_numbers(where: str, labels: Array, classes: int) -> Array:
    highest, lowest = int(labels.max()), int(labels.min())
    if lowest < 0 or highest >= classes:
        remedy = "they begin with 0: subtract 1" if lowest == 1 and highest == classes else ""
        message = f"{where}: {lowest} to {highest}, the network knows 0 to {classes - 1}"
        raise DataError(message, remedy=remedy)
    return labels


def _is_one_hot(labels: Array) -> bool:
    return bool(np.isin(labels, (0, 1)).all() and (labels.sum(-1) == 1).all())
