"""Loops that the compiler finds compute what the straight program computes, bit by bit."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import aot_host
import numpy as np
import pytest
import small_graphs

from hilbench.engines.aot import program_text

ODDITIES = ("weights", "constant", "two steps back", "missing", "scales")
CELLS: dict[str, Callable[[str], bytes]] = {
    "simple": partial(small_graphs.simple_rnn, steps=40),
    "gated": partial(small_graphs.gated_rnn, steps=30),
    "hand-written": small_graphs.hand_written_cell,
    **{odd: partial(small_graphs.hand_written_cell, oddity=odd) for odd in ODDITIES},
}


def without_loops(model: bytes, folder: Path, patch: pytest.MonkeyPatch) -> aot_host.HostModel:
    """The same model as one straight run of calls."""
    folder.mkdir()
    with patch.context() as patched:
        patched.setattr(program_text, "reroll", lambda calls, _: (range(len(calls)),))
        return aot_host.build(model, folder)


@pytest.mark.parametrize("dtype", ["float32", "int8"])
@pytest.mark.parametrize("cell", CELLS)
def test_loops_change_no_bit(
    cell: str, dtype: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = CELLS[cell](dtype)
    rolled = aot_host.build(data, tmp_path)
    straight = without_loops(data, tmp_path / "straight", monkeypatch)
    samples = rolled.random_samples(20)
    for ours, expected in zip(rolled.run(samples), straight.run(samples), strict=True):
        for actual, wanted in zip(ours, expected, strict=True):
            np.testing.assert_array_equal(actual, wanted)
    # Forty steps of large weights make 2e-5 of the last bit of a tanh, in which C libraries differ.
    aot_host.assert_matches(rolled, samples, relative=1e-4 if cell == "simple" else 1e-5)
    text = rolled.sources.sources[0].read_text()
    trips = [int(found) for found in re.findall(r"/\* (\d+) trips of", text)]
    assert max(trips) >= 9, "no loop was found"
    assert "loop_" not in straight.sources.sources[0].read_text()
    assert rolled.sources.arena_bytes == straight.sources.arena_bytes


def test_weights_in_ram_change_no_bit(tmp_path: Path) -> None:
    data = small_graphs.hand_written_cell("int8", oddity="constant")
    model = aot_host.build(data, tmp_path, engine="aot+weights_in_ram")
    aot_host.assert_matches(model, model.random_samples(20))
    text = model.sources.sources[0].read_text()
    assert 'engine_name[] = "aot+weights_in_ram"' in text
    assert "copy_weights();" in text
