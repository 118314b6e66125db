"""Bounds of modelled times: how the alternatives are chosen and combined."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hilbench.config.board import load_board
from hilbench.cycles import alternatives, watch
from hilbench.pipeline.uncertainty import combine


def test_what_each_assumption_adds_is_added() -> None:
    found = combine([("a", 1.03), ("a", 0.99), ("b", 1.04), ("c", 1.0), ("c", 1.0)])
    assert (found.lower, found.upper) == (pytest.approx(0.99), pytest.approx(1.07))
    assert found.parts == {"a": (0.99, 1.03), "b": (1.0, 1.04)}
    assert found.describe() in ("a -1.0..+3.0 %, b +4.0 %", "b +4.0 %, a -1.0..+3.0 %")
    assert (combine([]).lower, combine([]).upper) == (1.0, 1.0)
    assert combine([("far", 0.0), ("away", 0.0)]).lower == 0.0


def test_the_alternatives_of_the_twin() -> None:
    """Each differs from the nominal model; with prefetch off, what prefetch keeps makes none."""
    board = load_board("nucleo_l4r5zi_twin")
    model = watch.cycle_model(board)
    assert model is not None
    found = alternatives.variants(model, board)
    names = [each.name for each in found]
    assert len(set(names)) == len(names)
    models = [(v.model.core.kinds, v.model.core.rules, v.model.memory) for v in found]
    assert all(models.count(each) == 1 for each in models)
    assert "prefetch_kept: dropped" not in names
    chip = board.chip.model_copy(update={"prefetch": True}) if board.chip else None
    fetching = board.model_copy(update={"chip": chip})
    other = watch.cycle_model(fetching)
    assert other is not None
    assert "prefetch_kept: dropped" in [v.name for v in alternatives.variants(other, fetching)]
    assert [v.model.memory.placement for v in alternatives.placements(model)] == list(
        range(4, 32, 4)
    )
    zero_wait = replace(model, memory=model.memory.model_copy(update={"wait_states": 0}))
    assert alternatives.placements(zero_wait) == ()


@pytest.mark.parametrize(("kinds", "expected"), [({}, False), ({"divide": 2}, True)])
def test_what_is_never_executed_makes_no_difference(kinds: dict[str, int], expected: bool) -> None:
    board = load_board("nucleo_l4r5zi_twin")
    model = watch.cycle_model(board)
    assert model is not None
    found = alternatives.that_matter(alternatives.variants(model, board), kinds)
    assert any(each.assumption == "divide" for each in found) == expected
    assert any(each.assumption == "fetch_restart" for each in found)
    assert not any(each.rejected for each in found)
