"""Which alternatives of the cycle model a board confirms, from the cycles of micro-kernels.

    settled = settle(measured, model, board, predict)

`predict` gives the cycles of each probe under models; in rounds the one alternative is taken up
that brings them closest to what was measured, until none brings them closer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hilbench.config.assumption import Assumption
from hilbench.config.board import Board
from hilbench.cycles import alternatives
from hilbench.cycles.watch import CycleModel

Cycles = Mapping[str, float]
"""Of one pass of each probe, by its name."""
Predict = Callable[[Sequence[CycleModel]], Sequence[Cycles]]

NOMINAL = ""
"""What the files of core and chip assume, where others have the name of an alternative."""
_BETTER = 0.02
"""The share of the distance that an alternative must take away to be taken up."""
_CLOSE = 0.005
"""A prediction is met where it is within this share of it, and half a cycle."""
_TELLS = 3
"""How many times further away than the chosen model one is that is ruled out."""


@dataclass(frozen=True)
class Ruled:
    """How a board speaks on one alternative that was not chosen, or on what is assumed.

    `probe` is the one that tells it best from the chosen model, "" where none does; `cycles` are
    what it would take there, by this alternative.
    """

    name: str
    probe: str
    cycles: float
    out: bool


@dataclass(frozen=True)
class Verdict:
    """`chosen` is the alternative that the board has, `NOMINAL` for what is assumed."""

    assumption: Assumption
    chosen: str
    others: tuple[Ruled, ...]

    @property
    def settled(self) -> bool:
        """Whether nothing else can be true."""
        return all(other.out for other in self.others)


@dataclass(frozen=True)
class Settled:
    """`modelled` are the probes' cycles under `model`, the chosen alternatives of all."""

    model: CycleModel
    measured: Cycles
    modelled: Cycles
    verdicts: tuple[Verdict, ...]

    @property
    def unexplained(self) -> tuple[str, ...]:
        """Probes that take something else under every model that was tried."""
        return tuple(
            name for name, cycles in self.modelled.items() if not met(self.measured[name], cycles)
        )


def met(measured: float, modelled: float) -> bool:
    return abs(measured - modelled) <= 0.5 + _CLOSE * modelled


def settle(measured: Cycles, model: CycleModel, board: Board, predict: Predict) -> Settled:
    """Raises what `predict` does."""
    every = _that_matter(model, board)
    chosen: dict[str, str] = {}
    (cycles,) = predict([model])
    while True:
        steps = [
            {**chosen, assumption.name: name}
            for assumption in every
            for name in (NOMINAL, *(each.name for each in assumption.alternatives))
            if name != chosen.get(assumption.name, NOMINAL)
        ]
        seen = predict([_with(model, board, step) for step in steps])
        best = min(range(len(steps)), key=lambda n: _distance(measured, seen[n]))
        if _distance(measured, seen[best]) > (1 - _BETTER) * _distance(measured, cycles) - 1e-9:
            break
        chosen, cycles = steps[best], seen[best]
    pairs = zip(steps, seen, strict=True)
    others: dict[str, list[Ruled]] = {}
    for step, found in pairs:
        (name,) = [n for n in step if step[n] != chosen.get(n, NOMINAL)]
        others.setdefault(name, []).append(_ruled(step[name], measured, cycles, found))
    return Settled(
        model=_with(model, board, chosen),
        measured=measured,
        modelled=cycles,
        verdicts=tuple(
            Verdict(each, chosen.get(each.name, NOMINAL), tuple(others[each.name]))
            for each in every
        ),
    )


def _that_matter(model: CycleModel, board: Board) -> tuple[Assumption, ...]:
    """Those of which an alternative makes another model of this board."""
    names = {each.assumption for each in alternatives.variants(model, board)}
    return tuple(each for each in alternatives.assumptions(model) if each.name in names)


def _with(model: CycleModel, board: Board, chosen: Mapping[str, str]) -> CycleModel:
    named = {assumption: name for assumption, name in chosen.items() if name != NOMINAL}
    return alternatives.combined(model, board, named)


def _distance(measured: Cycles, modelled: Cycles) -> float:
    """The sum of the squares of the relative differences."""
    return sum((measured[name] / cycles - 1) ** 2 for name, cycles in modelled.items())


def _ruled(name: str, measured: Cycles, chosen: Cycles, other: Cycles) -> Ruled:
    probe = max(chosen, key=lambda each: abs(other[each] / chosen[each] - 1))
    if met(chosen[probe], other[probe]):
        return Ruled(name, "", chosen[probe], out=False)
    near, far = (abs(measured[probe] - cycles[probe]) for cycles in (chosen, other))
    explained = met(measured[probe], chosen[probe])
    return Ruled(name, probe, other[probe], out=explained and far > _TELLS * near)
