"""Recurrent cells side by side on one task, and which of them to take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import mean, stdev

from hilbench.record.metrics import BY_NAME
from hilbench.record.row import Row
from hilbench.report.text import NONE, kilobytes, milliseconds, short, whole

FLASH_KB = (2, 10, 50)
STEP_MS = (1, 10, 100)

_MEASURES = (("top1", "accuracy"), ("rmse", "RMSE"))
"""Of a task: the column and its name."""

HEADINGS = [
    *("cell", "variant", "board", "parameters", "MACs"),
    *("float", "TFLM", "device", "ms", "instructions", "flash kB", "RAM kB", ""),
]


def measure(rows: Sequence[Row]) -> tuple[str, str, float]:
    """The measure that the task of these rows has: column, name, sign with which more is better."""
    there = (each for each in _MEASURES if any(f"{each[0]}_device" in row for row in rows))
    column, name = next(there, _MEASURES[0])
    return column, name, float(-BY_NAME[f"{column}_device"].sign)


def table(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """A line for each job, the best first. `*` marks one that no other of its board beats in
    score, time, flash and RAM all at once; a job that is not ok has its status there."""
    column, _, sign = measure(rows)
    ranked = sorted(rows, key=lambda row: _score(row, column, sign), reverse=True)
    marked = {row.job for row in best(rows)}
    return HEADINGS, [_line(row, column, row.job in marked) for row in ranked]


def _line(row: Row, column: str, marked: bool) -> list[str]:
    scores = [row.get(f"{column}_{where}") for where in ("float", "host", "device")]
    return [
        *(str(row[name]) for name in ("model", "variant", "board")),
        *(whole(row.get(name)) for name in ("parameters", "macs")),
        *(short(score) for score in scores),
        milliseconds(row.get("exe_ms")),
        whole(row.get("exe_instructions")),
        *(kilobytes(row.get(name)) for name in ("model_flash_bytes", "model_ram_bytes")),
        ("*" if marked else "") if row.ok else str(row["status"]),
    ]


SURVEY = ["cell", "variant", "board", "change %", "MOP/s", "steps/s", "cycles/weight"]


def survey(rows: Sequence[Row], steps: int) -> tuple[list[str], list[list[str]]]:
    """Measures of Rezk and others (IEEE Access 8, 2020) of rows that have a time.

    Their columns of the rows; the highest sample rate and cycles per weight are those of a step.
    """
    return SURVEY, [_surveyed(row, steps) for row in rows if row.ok and row.get("exe_ms")]


def _surveyed(row: Row, steps: int) -> list[str]:
    change, per_weight = row.get("accuracy_change_percent"), row.get("cycles_per_weight")
    return [
        *(str(row[name]) for name in ("model", "variant", "board")),
        NONE if change is None else f"{change:+.2f}",
        short(row.get("throughput_mops")),
        whole(int(steps * float(row.get("rate_hz", 0)))),
        short(None if per_weight is None else float(per_weight) / steps),
    ]


def _score(row: Row, column: str, sign: float) -> float:
    value = row.get(f"{column}_device")
    return float("-inf") if value is None or not row.ok else sign * float(value)


def _costs(row: Row) -> tuple[float, ...]:
    time = row.get("exe_ms") or row.get("exe_instructions")
    costs = time, row.get("model_flash_bytes"), row.get("model_ram_bytes")
    return tuple(float(value or 0) for value in costs)


def best(rows: Sequence[Row]) -> list[Row]:
    """Those that none of the same board is as good as in everything, and better in something."""
    column, _, sign = measure(rows)
    scored = [(row, (-_score(row, column, sign), *_costs(row))) for row in rows if row.ok]
    return [
        row
        for row, own in scored
        if not any(
            other["board"] == row["board"]
            and theirs != own
            and all(a <= b for a, b in zip(theirs, own, strict=True))
            for other, theirs in scored
        )
    ]


def choices(rows: Sequence[Row], steps: int) -> list[str]:
    """A sentence for each limit: the best cell within it, with what supports it."""
    return [
        *_within(rows, "of flash", FLASH_KB, "kB", lambda r: _cost(r, "model_flash_bytes", 1024)),
        *_within(rows, "per step", STEP_MS, "ms", lambda r: _cost(r, "exe_ms", steps)),
    ]


def spreads(rows: Sequence[Row]) -> list[str]:
    """Of networks that several seeds trained: mean, standard deviation and ends."""
    _, name, _ = measure(rows)
    return [
        f"{key[0]}, {', '.join(key[3:])}: {name} {mean(scores):.4f} with a standard deviation of "
        f"{stdev(scores):.4f} over {len(scores)} seeds ({min(scores):.4f} to {max(scores):.4f})"
        for key, scores in _by_seeds(rows).items()
    ]


def spread(rows: Sequence[Row]) -> float:
    """The largest standard deviation of a network that several seeds trained, 0 of none."""
    return max(map(stdev, _by_seeds(rows).values()), default=0.0)


def _by_seeds(rows: Sequence[Row]) -> dict[tuple[str, ...], list[float]]:
    """The scores of each network that has several.

    Rows that are not ok have no score, and are not among the seeds that are counted.
    """
    column, _, _ = measure(rows)
    found: dict[tuple[str, ...], list[float]] = {}
    for row in rows:
        score = row.get(f"{column}_device")
        if "seed" in row and row.ok and score is not None:
            same = ("base_model", "options", "variant", "engine", "board")
            key = str(row["model"]).removesuffix(f"_seed{row['seed']}"), *map(row.get, same)
            found.setdefault(tuple(map(str, key)), []).append(float(score))
    return {key: scores for key, scores in found.items() if len(scores) > 1}


def _cost(row: Row, name: str, per: float) -> float | None:
    value = row.get(name)
    return None if value is None else float(value) / per


def _within(
    rows: Sequence[Row],
    what: str,
    limits: Sequence[int],
    unit: str,
    cost: Callable[[Row], float | None],
) -> Iterator[str]:
    column, name, sign = measure(rows)
    known = [(row, value) for row in rows if row.ok and (value := cost(row)) is not None]
    for board in dict.fromkeys(str(row["board"]) for row, _ in known):
        for limit in limits:
            fitting = [(r, v) for r, v in known if r["board"] == board and v <= limit]
            said = f"{board}, {limit} {unit} {what}: "
            if not fitting:
                yield said + "none of these fits"
                continue
            row, value = max(fitting, key=lambda each: (_score(each[0], column, sign), -each[1]))
            score = short(row.get(f"{column}_device"))
            yield said + f"{row['model']}, {row['variant']} ({name} {score}, {value:.3g} {unit})"
