"""How sure a modelled time is: the same invocation by every model that may be true.

The alternatives of one assumption give a range; the ranges of all, and that of the placements of
the image, are added. Two assumptions that are both wrong cost what each costs: nothing makes them
cancel, and as each is true or not (not a deviation around a mean), the root of a sum of squares
would be exceeded as soon as some of the same size hold together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.core.store import Store
from hilbench.cycles import alternatives, watch
from hilbench.cycles.alternatives import Variant
from hilbench.cycles.watch import CycleModel
from hilbench.cycles.windows import Window
from hilbench.image import elf
from hilbench.link.identity import Expected
from hilbench.link.session import Sample, invoke_once
from hilbench.pipeline.plan import Station
from hilbench.targets.base import Place


@dataclass(frozen=True)
class Bounds:
    """Of a modelled time, relative to it: `lower` <= 1 <= `upper`.

    `parts` are the least and the largest ratio by assumption, those of which one is not 1.
    """

    lower: float
    upper: float
    parts: Mapping[str, tuple[float, float]]

    def describe(self) -> str:
        """The parts in words, the widest first; less than 0.05 % is left out."""
        widest = sorted(self.parts.items(), key=lambda part: part[1][0] - part[1][1])
        signed = [(name, _signed(low, high)) for name, (low, high) in widest]
        return ", ".join(f"{name} {ends} %" for name, ends in signed if ends)


def _signed(low: float, high: float) -> str:
    """ "+1.5", "-0.3..+1.2": how many per cent more or less."""
    ends = [f"{100 * (end - 1):+.1f}" for end in (low, high)]
    return "..".join(end for end in ends if float(end))


def combine(ratios: Sequence[tuple[str, float]]) -> Bounds:
    """The bounds of (assumption, modelled cycles of an alternative / nominal ones): all that lower
    a time together, and all that raise it."""
    parts: dict[str, tuple[float, float]] = {}
    for name, ratio in ratios:
        low, high = parts.get(name, (1.0, 1.0))
        parts[name] = min(low, ratio), max(high, ratio)
    below = sum(1 - low for low, _ in parts.values())
    above = sum(high - 1 for _, high in parts.values())
    return Bounds(
        lower=max(0.0, 1 - below),
        upper=1 + above,
        parts={name: ends for name, ends in parts.items() if ends != (1.0, 1.0)},
    )


@dataclass(frozen=True)
class Invocation:
    """What is run again: the first invocation of an image, at a place, with one sample."""

    at: Station
    place: Place
    firmware: Path
    sample: Sample
    expected: Expected


def of(
    again: Invocation,
    model: CycleModel,
    nominal: Window,
    folder: Path,
    store: Store,
    deadline: Deadline,
) -> Bounds:
    """Run the invocation once more, watched by all models that matter to it.

    `nominal` is its window under `model`. Raises TargetError where this run was another one, and
    what `start` and `invoke_once` raise.
    """
    board = again.at.board
    every = (*alternatives.variants(model, board), *alternatives.placements(model))
    chosen = alternatives.that_matter(every, nominal.kinds)
    if not chosen:
        return combine(())
    models = [each.model for each in chosen]
    watches = watch.prepare_each(again.firmware, board, models, folder, store, deadline)
    options, target = watch.merged(watches), again.at.target
    with target.start(
        again.firmware, board, folder, deadline, at=again.place, options=options
    ) as running:
        invoke_once(
            running.stream,
            again.sample,
            deadline,
            elf.locator(again.firmware),
            running.facts.patience,
            again.expected,
            board.family.faults,
        )
        seen = [each.windows() for each in watches]
    return combine(_ratios(chosen, seen, nominal))


def _ratios(
    chosen: Sequence[Variant], seen: Sequence[tuple[Window, ...]], nominal: Window
) -> list[tuple[str, float]]:
    ratios = []
    for variant, windows in zip(chosen, seen, strict=True):
        if len(windows) != 1 or windows[0].instructions != nominal.instructions:
            raise TargetError(f"'{variant.name}' was modelled over another run than the nominal")
        ratios.append((variant.assumption, windows[0].cycles / nominal.cycles))
    return ratios
