"""Other cycle models that may be true of a board: each assumption replaced, each placement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from hilbench.config.assumption import Alternative, Assumption, changed
from hilbench.config.board import Board
from hilbench.config.chip import Chip, MemoryTiming, memory_timing
from hilbench.config.core import Core
from hilbench.cycles.watch import CycleModel

PLACEMENT = "placement"
PLACEMENTS = (4, 8, 12, 16, 20, 24, 28)
"""Bytes by which an image may lie elsewhere in a line of 32 bytes; its own place is the eighth."""

_KINDS = "kinds."
F = TypeVar("F", Core, Chip)


@dataclass(frozen=True)
class Variant:
    """A model in which one assumption is replaced by one of its alternatives."""

    assumption: str
    alternative: str
    model: CycleModel
    change: Mapping[str, int]
    rejected: bool = False

    @property
    def name(self) -> str:
        return f"{self.assumption}: {self.alternative}"


def assumptions(model: CycleModel) -> tuple[Assumption, ...]:
    """Those of the core, then those of the chip."""
    return (*model.core.assumptions, *model.chip.assumptions)


def variants(model: CycleModel, board: Board) -> tuple[Variant, ...]:
    """All alternatives that make another model of this board, in the order of the files."""
    found = (
        Variant(
            assumption.name,
            alternative.name,
            _replaced(model, board, alternative),
            alternative.change,
            alternative.rejected,
        )
        for assumption in assumptions(model)
        for alternative in assumption.alternatives
    )
    return tuple(each for each in found if _differs(each.model, model))


def combined(model: CycleModel, board: Board, chosen: Mapping[str, str]) -> CycleModel:
    """The model with several assumptions replaced: alternatives by assumption.

    Raises KeyError for an alternative that is none, ValueError where two do not go together.
    """
    core, chip = facts(model.core, model.chip, chosen)
    return _model(model, board, core, chip)


def facts(core: Core, chip: Chip, chosen: Mapping[str, str]) -> tuple[Core, Chip]:
    """A core and a chip with alternatives by assumption. Raises as `combined` does."""
    for name, alternative in chosen.items():
        core = _changed(core, name, alternative)
        chip = _changed(chip, name, alternative)
    return core, chip


def _model(model: CycleModel, board: Board, core: Core, chip: Chip) -> CycleModel:
    """Raises SpecError as `memory_timing` does."""
    memory = model.memory if board.chip is None else memory_timing(chip, board.chip, board.clock_hz)
    return CycleModel(chip, core, memory)


def _changed(facts: F, assumption: str, alternative: str) -> F:
    """The facts with an alternative of their own; their assumptions stay."""
    for each in facts.assumptions:
        if each.name == assumption:
            (found,) = [one for one in each.alternatives if one.name == alternative]
            return changed(facts, found).model_copy(update={"assumptions": facts.assumptions})
    return facts


def placements(model: CycleModel) -> tuple[Variant, ...]:
    """The image at other places; none where flash does not wait."""
    if not model.memory.wait_states:
        return ()
    return tuple(
        Variant(
            PLACEMENT,
            f"{shift} bytes on",
            replace(model, memory=model.memory.model_copy(update={"placement": shift})),
            {PLACEMENT: shift},
        )
        for shift in PLACEMENTS
    )


def that_matter(found: Iterable[Variant], kinds: Mapping[str, int]) -> tuple[Variant, ...]:
    """Without those that silicon has ruled out, and those that only change kinds of instruction
    that were never executed."""
    return tuple(
        each
        for each in found
        if not each.rejected and any(_executed(path, kinds) for path in each.change)
    )


def _executed(path: str, kinds: Mapping[str, int]) -> bool:
    return not path.startswith(_KINDS) or kinds.get(path.split(".")[1], 0) > 0


def _replaced(model: CycleModel, board: Board, alternative: Alternative) -> CycleModel:
    """Raises SpecError as `memory_timing` does."""
    if alternative in (x for a in model.core.assumptions for x in a.alternatives):
        return replace(model, core=changed(model.core, alternative))
    return _model(model, board, model.core, changed(model.chip, alternative))


def _differs(one: CycleModel, other: CycleModel) -> bool:
    """Whether it can matter: what becomes of prefetched reads does so with prefetch on."""
    models = [(m.core.kinds, m.core.rules, _memory(m.memory)) for m in (one, other)]
    return models[0] != models[1]


def _memory(memory: MemoryTiming) -> MemoryTiming:
    return memory if memory.prefetch else memory.model_copy(update={"prefetch_kept": False})
