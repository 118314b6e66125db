"""How many units of a cell an invocation may have that takes at most so many cycles.

    search = Search(settings, wanted, chosen, results, measure)
    done = measure(search.selected())          networks of a few sizes are measured before
    search.accepts(done.rows)                  else selected() has smaller ones

Cycles depend on the shapes of a network and next to nothing on its weights: networks are measured
untrained, and what lies between their sizes is guessed from products and activations. Rows of
these are a campaign of its own beside the results, which a later search takes up.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

from hilbench.core.errors import DoesNotFit, UsageError
from hilbench.core.settings import Settings
from hilbench.core.text import counted
from hilbench.pipeline import cells
from hilbench.pipeline.cells import MOST_PARAMETERS, Network, Task, Wanted
from hilbench.pipeline.selection import Chosen, Selection
from hilbench.pipeline.steering import standing
from hilbench.record.row import Row
from hilbench.sources.keras.cells.base import Cell

CLOSE = 0.97
"""Of the budget: a size that takes so much is large enough, and no larger one is looked for."""
SAMPLES = 4
"""Sequences that each size is calibrated and measured with."""
ALIGNED = 4
"""Weights of a word: a size that this divides may take less than the one before it."""
_AROUND, _PER_MAC, _ACTIVATION = 7_000.0, 1.2, 170
"""Where a search begins, of int8 cells on a Cortex-M4: cycles beside products and activations,
those of a product, and how many products an activation takes the time of."""

Cycles = Mapping[int, float]
"""Of an invocation, by units; infinite where the network does not fit the board."""


@dataclass(frozen=True)
class Shape:
    """A cell on a task; `steps` of an invocation."""

    cell: Cell
    task: Task
    steps: int

    @property
    def most(self) -> int:
        """Units of the largest that is tried."""
        of = range(1, MOST_PARAMETERS + 1)
        return bisect_right(of, MOST_PARAMETERS, key=self._parameters)

    def work(self, units: int) -> int:
        """Products of an invocation, and what activations take beside them."""
        m, outputs = self.task.features, self.task.classes or self.task.values
        each = self.cell.macs(m, units) + _ACTIVATION * self.cell.activations(m, units)
        return self.steps * each + self.cell.states(m, units)[0] * outputs

    def _parameters(self, units: int) -> int:
        return self.cell.parameters(self.task.features, units)


def fitting(measured: Cycles, budget: int) -> int:
    """The largest of those measured that takes no more, 0 if none does."""
    return max((units for units, cycles in measured.items() if cycles <= budget), default=0)


def unknown(shape: Shape, measured: Cycles, budget: int) -> int | None:
    """The units that are to be measured next, None where `fitting` has the answer.

    It has where that comes close to the budget, or one unit more and the next multiple of a word
    both take more.
    """
    low = fitting(measured, budget)
    high = min((units for units in measured if units > low), default=shape.most + 1)
    if low and measured[low] >= CLOSE * budget:
        return None
    aligned = _aligned(low) + ALIGNED
    if high > low + 1:
        guess = bisect_right(range(1, high), _target(shape, measured, budget), key=shape.work)
        guess = min(guess, (low + high) // 2) if measured.get(high) == inf else guess
        return next(n for n in (_aligned(guess), aligned, low + 1) if low < n < high)
    return aligned if low and aligned not in measured and aligned <= shape.most else None


def _aligned(units: int) -> int:
    return units - units % ALIGNED


def _target(shape: Shape, measured: Cycles, budget: int) -> float:
    """The work that takes the budget, by the two sizes that come closest to it."""
    known = {shape.work(units): cycles for units, cycles in measured.items() if cycles < inf}
    nearest = sorted(known, key=lambda work: abs(known[work] - budget))[:2]
    if not nearest:
        return (budget - _AROUND) / _PER_MAC
    at, cycles = nearest[0], known[nearest[0]]
    other, there = (nearest[1], known[nearest[1]]) if len(nearest) > 1 else (0, _AROUND)
    slope = (cycles - there) / (at - other)
    return at + (budget - cycles) / (slope if slope > 0 else _PER_MAC)


class Search:
    """For the networks of `wanted.cells` within each budget of `wanted.cycles`.

    `measure` gives the rows of what is selected, of which it keeps those that are known already.
    Raises UsageError for an unknown cell, or several boards, engines, variants or levels;
    DataError for samples that are no sequences.
    """

    def __init__(
        self,
        settings: Settings,
        wanted: Wanted,
        chosen: Chosen,
        results: Path,
        measure: Callable[[Selection], Sequence[Row]],
    ) -> None:
        self._settings, self._wanted, self._chosen = settings, wanted, chosen
        self._measure = measure
        task = cells.task(wanted)
        steps = 1 if wanted.stream else task.steps
        self._shapes = [Shape(cell, task, steps) for cell in cells.named(wanted.cells)]
        self._untrained: dict[str, dict[int, float]] = {s.cell.name: {} for s in self._shapes}
        self._grown = dict.fromkeys(self._untrained, 1.0)
        self.failed: dict[str, str] = {}
        self._asked: dict[str, Network] = {}
        selected = self._sizes(self._unknown())
        _check(selected)
        self._before = self._known(standing(results, selected.experiment.name))

    def selected(self) -> Selection:
        """The networks, trained, after those that are needed to know their sizes are measured.

        Raises UsageError where no cell has one, and what `measure` raises.
        """
        while unknown := {network.name: network for network in self._before or self._unknown()}:
            self._before = ()
            self._asked |= unknown
            whole = self._sizes(self._asked.values())
            jobs = tuple(job for job in whole.jobs if job.model.name in unknown)
            for row in self._measure(replace(whole, jobs=jobs)):
                self._learn(unknown[str(row["model"])], row)
        networks = [network for _, _, network in self._found() if network.units]
        if not networks:
            raise UsageError("; ".join(self.without()))
        return cells.of_networks(self._settings, self._wanted, self._chosen, networks)

    def accepts(self, rows: Iterable[Row]) -> bool:
        """Whether all that were trained are within their budgets too.

        Where one is not, all sizes of its cell are taken to grow as much by training.
        """
        by_name = {network.name: (budget, network) for budget, _, network in self._found()}
        good = True
        for row in rows:
            budget, network = by_name[str(row["model"]).partition("_seed")[0]]
            if row.ok and (cycles := float(row["exe_cycles"])) > budget:
                name, good = network.cell.name, False
                grown = cycles / self._untrained[name][network.units]
                self._grown[name] = max(grown, self._grown[name])
        return good

    def without(self) -> list[str]:
        """A line for each cell and budget that has no network."""
        lines = [f"{name}: no size was found: {why}" for name, why in self.failed.items()]
        for budget, shape, network in self._found():
            if not network.units:
                units, cycles = min(self._measured(shape.cell).items())
                takes = "does not fit" if cycles == inf else f"takes {cycles:,.0f} cycles"
                one = f"one of {counted(units, 'unit')} {takes}"
                lines.append(f"{network.name}: none within {budget:,} cycles: {one}")
        return lines

    def _measured(self, cell: Cell) -> Cycles:
        untrained, grown = self._untrained[cell.name], self._grown[cell.name]
        return {units: grown * cycles for units, cycles in untrained.items()}

    def _found(self) -> list[tuple[int, Shape, Network]]:
        """Of each cell that could be measured and each budget; of 0 units where there is none."""
        return [
            (budget, shape, Network(self._wanted.row_name(shape.cell, budget), shape.cell, units))
            for shape in self._shapes
            for budget in self._wanted.budgets
            if shape.cell.name not in self.failed
            for units in [fitting(self._measured(shape.cell), budget)]
        ]

    def _unknown(self) -> list[Network]:
        found = (
            (shape.cell, unknown(shape, self._measured(shape.cell), budget))
            for shape in self._shapes
            for budget in self._wanted.budgets
            if shape.cell.name not in self.failed
        )
        return [Network(f"{cell.name}_{units}", cell, units) for cell, units in found if units]

    def _sizes(self, networks: Iterable[Network]) -> Selection:
        once = {network.name: network for network in networks}
        training = self._wanted.training.model_copy(update={"epochs": 0})
        data = {**self._wanted.data, "samples": SAMPLES, "representative": SAMPLES}
        wanted = replace(self._wanted, training=training, data=data, seeds=())
        return cells.of_networks(self._settings, wanted, self._chosen, list(once.values()), "sizes")

    def _known(self, rows: Mapping[str, Row]) -> tuple[Network, ...]:
        """What an earlier search has measured: its rows are asked for again, in case code moved."""
        by_name = {shape.cell.name: shape.cell for shape in self._shapes}
        names = [str(row["model"]) for row in rows.values()]
        return tuple(
            Network(name, by_name[cell], int(units))
            for name in dict.fromkeys(names)
            for cell, _, units in [name.rpartition("_")]
            if cell in by_name and units.isdecimal()
        )

    def _learn(self, network: Network, row: Row) -> None:
        name = network.cell.name
        if row["status"] == DoesNotFit.status:
            self._untrained[name][network.units] = inf
        elif not row.ok:
            self.failed[name] = f"{row.job}: {row['status']}: {row['reason']}"
        elif "exe_cycles" not in row:
            self.failed[name] = f"{row['board']} has no cycle counts"
        else:
            self._untrained[name][network.units] = float(row["exe_cycles"])


def _check(selected: Selection) -> None:
    """Raises UsageError unless a network is one job, on a board that has cycles."""
    axes = {(j.board.name, j.engine.name, j.variant.name, j.optimisation) for j in selected.jobs}
    if len(axes) > 1:
        raise UsageError(
            f"--cycles are those of one board, engine, variant and level: {len(axes)} are asked for"
        )
    at = selected.jobs[0].station
    if at.emulated and at.cycle_model is None:
        raise UsageError(
            f"{at.board.name} is emulated and has no cycle model: --cycles needs one",
            remedy="take --board nucleo_l4r5zi_twin, or another twin of `hilbench list boards`",
        )
