"""Recurrent cells side by side on one task, and which of them to take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from hilbench.record.metrics import BY_NAME
from hilbench.record.row import USUAL_OPTIMISATION, Row
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
        *(f"{row['model']}{_level(row)}", str(row["variant"]), str(row["board"])),
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
        *(f"{row['model']}{_level(row)}", str(row["variant"]), str(row["board"])),
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


@dataclass(frozen=True)
class Network:
    """One network, whatever seeds trained it: the row of the first, and the scores of each.

    A score is a pair, of the float network and of the device. Levels of optimisation are networks
    of their own with the same scores, since they compute the same.
    """

    row: Row
    scores: Sequence[tuple[float, float]]

    @property
    def name(self) -> str:
        return unseeded(self.row) + _level(self.row)

    @property
    def measured(self) -> str:
        return measure([self.row])[1]

    @property
    def sign(self) -> float:
        """With which more is better."""
        return measure([self.row])[2]

    @property
    def in_float(self) -> float:
        """The mean over seeds, and so is `device`."""
        return mean(before for before, _ in self.scores)

    @property
    def device(self) -> float:
        return mean(after for _, after in self.scores)

    @property
    def deviation(self) -> float:
        """Of the device's scores, 0 of one seed."""
        return stdev(after for _, after in self.scores) if len(self.scores) > 1 else 0.0

    @property
    def change(self) -> float:
        """Of the device's mean score against that of float, in percent."""
        return 100 * (self.device - self.in_float) / self.in_float if self.in_float else 0.0


def networks(rows: Sequence[Row]) -> list[Network]:
    """Of rows that are ok, in their order."""
    column, _, _ = measure(rows)
    firsts: dict[tuple[str, ...], Row] = {}
    scores: dict[tuple[str, ...], dict[str, tuple[float, float]]] = {}
    for row in rows:
        if (device := row.get(f"{column}_device")) is not None and row.ok:
            key = _network(row)
            firsts.setdefault((*key, row.named("optimisation")), row)
            pair = float(row.get(f"{column}_float", device)), float(device)
            scores.setdefault(key, {}).setdefault(str(row.get("seed")), pair)
    return [Network(row, list(scores[_network(row)].values())) for row in firsts.values()]


def _network(row: Row) -> tuple[str, ...]:
    """What rows of one network have in common, whatever campaign they are of."""
    same = (
        *("base_model", "options", "recipes", "epochs", "data", "samples"),
        *("variant", "engine", "board"),
    )
    return tuple(str(row.get(name)) for name in same)


def unseeded(row: Row) -> str:
    """The name that rows of all seeds have."""
    return str(row["model"]).removesuffix(f"_seed{row.get('seed')}")


def _level(row: Row) -> str:
    """Of optimisation, where it is not the usual one."""
    level = row.named("optimisation")
    return "" if level == USUAL_OPTIMISATION else f" {level}"


def spreads(rows: Sequence[Row]) -> list[str]:
    """Of networks that several seeds trained: mean, standard deviation and ends."""
    several = (each for each in networks(rows) if len(each.scores) > 1)
    return [_spread(each) for each in several]


def _spread(network: Network) -> str:
    scores = [after for _, after in network.scores]
    where = ", ".join(str(network.row[name]) for name in ("variant", "engine", "board"))
    return (
        f"{network.name}, {where}: {network.measured} {network.device:.4f} with a standard "
        f"deviation of {network.deviation:.4f} over {len(scores)} seeds ({min(scores):.4f} to "
        f"{max(scores):.4f})"
    )


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
    known = [(each, value) for each in networks(rows) if (value := cost(each.row)) is not None]
    for board in dict.fromkeys(str(each.row["board"]) for each, _ in known):
        for limit in limits:
            fitting = [(n, v) for n, v in known if n.row["board"] == board and v <= limit]
            said = f"{board}, {limit} {unit} {what}: "
            if not fitting:
                yield said + "none of these fits"
                continue
            best, value = max(fitting, key=lambda each: (each[0].sign * each[0].device, -each[1]))
            seeds = f" over {len(best.scores)} seeds" if len(best.scores) > 1 else ""
            score = f"{best.measured} {short(best.device)}{seeds}"
            yield f"{said}{best.name}, {best.row['variant']} ({score}, {value:.3g} {unit})"
