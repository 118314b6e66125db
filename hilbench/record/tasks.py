"""Measures of the task: what a user of the network cares for, of the outputs and the labels.

Each is computed three times: for the float reference, for TFLM on the host and for the
device. A new one is a row here, `METRIC` of a module in the project's folder `metrics/`, or
the entry point of a package (group `hilbench.metrics`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from hilbench.core import doors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Real = NDArray[np.floating]
    Labels = NDArray[Any]

Task = Literal["classes", "values"]
WHERE = {
    "float": "the float reference",
    "host": "TFLM on the host",
    "device": "the device",
}
TOP_K = 5


@dataclass(frozen=True)
class TaskMetric:
    """`of(outputs, labels)` is a number, or None where it has no meaning.

    For the task "classes" outputs are (n, ..., classes) or (n, ..., 1), logits made
    probabilities, the labels class numbers (n, ...); for "values" both are (n, ...).
    `better` lets `hilbench compare` judge it.
    """

    name: str
    label: str
    doc: str
    task: Task
    of: Callable[[Real, Labels], float | None]
    better: Literal["", "less", "more"] = ""


def _top(k: int) -> Callable[[Real, Labels], float | None]:
    def share(outputs: Real, labels: Labels) -> float | None:
        """Share of labels among the k largest outputs; without meaning for k classes or fewer."""
        import numpy as np

        classes = outputs.shape[-1]
        if k > 1 and classes <= k:
            return None
        if classes == 1:
            return float(((outputs[..., 0] > 0.5) == (labels > 0)).mean())
        if k == 1:
            return float((outputs.argmax(-1) == labels).mean())
        best = np.argsort(-outputs, -1, kind="stable")[..., :k]
        return float((best == labels[..., None]).any(-1).mean())

    return share


def _auc(outputs: Real, labels: Labels) -> float | None:
    """Area under the ROC curve by ranks, ties counted half: Mann and Whitney's U / (n m).

    Of more than two classes the mean of each against the rest, without those that all or
    no samples are of.
    """
    import numpy as np

    flat, wanted = outputs.reshape(-1, outputs.shape[-1]), labels.reshape(-1)
    columns = range(flat.shape[1])
    if flat.shape[1] == 2:
        columns = range(1, 2)
    areas = []
    for column in columns:
        positive = wanted == (column if flat.shape[1] > 1 else 1)
        hits = int(positive.sum())
        misses = len(positive) - hits
        if hits and misses:
            ranks = _ranks(flat[:, column])
            areas.append((ranks[positive].sum() - hits * (hits + 1) / 2) / (hits * misses))
    return float(np.mean(areas)) if areas else None


def _ranks(values: Real) -> Real:
    """From 1, equal values at the mean of their ranks."""
    import numpy as np

    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean: Real = (last - (counts - 1) / 2)[inverse]
    return mean


def _f1(outputs: Real, labels: Labels) -> float | None:
    """Harmonic mean of precision and recall; the mean over the classes that occur or are found."""
    import numpy as np

    classes = outputs.shape[-1]
    predicted = (outputs[..., 0] > 0.5).astype(np.int64) if classes == 1 else outputs.argmax(-1)
    scores = []
    for each in [1] if classes <= 2 else np.union1d(labels, predicted):
        hits = int(((predicted == each) & (labels == each)).sum())
        wrong = int(((predicted == each) != (labels == each)).sum())
        if hits or wrong:
            scores.append(2 * hits / (2 * hits + wrong))
    return float(np.mean(scores)) if scores else None


def _rmse(outputs: Real, labels: Labels) -> float | None:
    """Root of the mean square of output - label."""
    import numpy as np

    return float(np.sqrt(np.mean((outputs.astype(np.float64) - labels.astype(np.float64)) ** 2)))


def _perplexity(outputs: Real, labels: Labels) -> float | None:
    """exp of the mean of -log p(label), of sequences.

    A probability of 0, as quantized outputs have it, counts as half of the smallest
    other one.
    """
    import numpy as np

    if labels.ndim < 2 or outputs.shape[-1] < 2:
        return None
    p = outputs.astype(np.float64)
    chosen = np.take_along_axis(p, labels[..., None].astype(np.int64), -1)
    floor = p[p > 0].min() / 2
    return float(np.exp(-np.log(np.maximum(chosen, floor)).mean()))


TASKS: tuple[TaskMetric, ...] = (
    TaskMetric("top1", "Top-1 accuracy", "Share of labels with the largest output.", "classes",
               _top(1), "more"),
    TaskMetric(f"top{TOP_K}", f"Top-{TOP_K} accuracy",
               f"Share of labels among the {TOP_K} largest outputs; for more classes than that.",
               "classes", _top(TOP_K), "more"),
    TaskMetric("auc", "AUC", "Area under the ROC curve, the mean of one class against the rest.",
               "classes", _auc, "more"),
    TaskMetric("f1", "F1", "Harmonic mean of precision and recall, the mean over classes.",
               "classes", _f1, "more"),
    TaskMetric("rmse", "RMSE", "Root of the mean square of output - label.", "values", _rmse,
               "less"),
    TaskMetric("perplexity", "Perplexity", "exp of the mean of -log p(label), of sequences.",
               "classes", _perplexity, "less"),
)  # fmt: skip


@cache
def found_tasks() -> Mapping[str, doors.Found[TaskMetric]]:
    """The rows above, and METRIC of packages and of the project's `metrics/`, by name.

    Raises UsageError for two of one name.
    """
    own = [doors.Found(row.name, doors.OWN, row) for row in TASKS]
    added = doors.objects("metrics", None, "METRIC", TaskMetric)
    return doors.by_name("metrics", [*own, *added])


def tasks() -> tuple[TaskMetric, ...]:
    return tuple(found.thing for found in found_tasks().values())


def measure(outputs: Mapping[str, Real], labels: Labels) -> dict[str, float]:
    """The measures that fit, as `top1_float`: by class numbers, or by values of the outputs' shape.

    `outputs` are by where they were computed, all of one shape (n, ...). What they are, the most
    exact of them says: two of them must not be taken for different things.
    """
    first = next(outputs[where] for where in WHERE if where in outputs)
    task: Task = "values" if labels.shape == first.shape and not _binary(labels) else "classes"
    if task == "classes" and labels.shape == first.shape:
        labels = labels[..., 0]
    if task == "classes" and labels.shape != first.shape[:-1]:
        return {}
    if task == "classes" and (first.min() < 0 or first.max() > _LARGEST_PROBABILITY):
        outputs = {where: _probabilities(values) for where, values in outputs.items()}
    found = {
        f"{metric.name}_{where}": metric.of(values, labels)
        for where, values in outputs.items()
        for metric in tasks()
        if metric.task == task
    }
    return {name: value for name, value in found.items() if value is not None}


_LARGEST_PROBABILITY = 1.001
"""Of a softmax in float32 or a quantized one."""


def _probabilities(logits: Real) -> Real:
    """(n, ..., classes) after a softmax, (n, ..., 1) after a sigmoid."""
    import numpy as np

    x = logits.astype(np.float64)
    if x.shape[-1] == 1:
        single: Real = np.exp(-np.logaddexp(0, -x))
        return single
    shifted = np.exp(x - x.max(-1, keepdims=True))
    several: Real = shifted / shifted.sum(-1, keepdims=True)
    return several


def _binary(labels: Labels) -> bool:
    """Whether these are yes and no, one for each sample."""
    import numpy as np

    return bool(labels.shape[-1:] == (1,) and np.isin(labels, (0, 1)).all())
