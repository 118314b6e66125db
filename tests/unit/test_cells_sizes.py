"""The search for the largest network of a cell within a budget of cycles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from report_rows import identity

from hilbench.core.errors import UsageError
from hilbench.core.settings import Settings
from hilbench.pipeline import cells, sizes
from hilbench.pipeline.selection import Chosen, Selection
from hilbench.record.row import Row
from hilbench.sources.keras.cells.table import CELLS

TWIN = "nucleo_l4r5zi_twin"
CPU = Chosen(boards=[TWIN])


def cycles_of(cell: str, units: int) -> int:
    """Of a step, as of kernels: a remainder of four takes longer than the next word would."""
    return 5_000 + 2 * CELLS[cell].macs(3, units) + 100 * units + 300 * (units % 4)


def wanted(folder: Path, *budgets: int, **more: object) -> cells.Wanted:
    np.savez(folder / "mine.npz", x=np.zeros((40, 7, 3), np.float32), y=np.arange(40) % 5)
    given = {"file": str(folder / "mine.npz"), "data": {}, "cells": ["gru", "mgu"], "stream": True}
    given |= more
    training = cells.trained(40, 42, ())
    return cells.Wanted(parameters=[], training=training, variants=(), cycles=budgets, **given)  # type: ignore[arg-type]


class Board:
    """Takes the cycles of `cycles_of`, `more` for what is trained; knows what it was asked."""

    def __init__(self, more: int = 0, status: Callable[[str, int], str] = lambda *_: "ok") -> None:
        self.more, self.status = more, status
        self.asked: list[str] = []

    def __call__(self, selected: Selection) -> list[Row]:
        more = self.more if selected.experiment.training.epochs else 0
        return [self._row(job.entry, more) for job in selected.jobs]

    def _row(self, entry: object, more: int) -> Row:
        name, units = entry.row_name, int(entry.options["units"])  # type: ignore[attr-defined]
        cell = entry.model.removeprefix("cell_")  # type: ignore[attr-defined]
        self.asked.append(f"{cell}_{units}")
        status = self.status(cell, units)
        own = {**identity(name, "int8_only"), "board": TWIN, "status": status, "reason": "ended"}
        return Row(
            {**own, **({"exe_cycles": cycles_of(cell, units) + more} if status == "ok" else {})}
        )


def search(folder: Path, board: Board, task: cells.Wanted, chosen: Chosen = CPU) -> sizes.Search:
    return sizes.Search(Settings.read(), task, chosen, folder, board)


def units(selected: Selection) -> dict[str, int]:
    return {e.row_name: int(str(e.options["units"])) for e in selected.experiment.models}


def best(cell: str, budget: int) -> int:
    return max(n for n in range(1, 500) if cycles_of(cell, n) <= budget)


@pytest.mark.parametrize("budget", [6_000, 9_000, 12_345, 40_000, 300_000])
def test_the_largest_that_takes_no_more_is_found_in_few_measurements(
    tmp_path: Path, budget: int
) -> None:
    board = Board()
    found = units(search(tmp_path, board, wanted(tmp_path, budget)).selected())
    for name, size in found.items():
        cell = name.partition("_")[0]
        largest = best(cell, budget)
        assert size == largest or cycles_of(cell, size) >= sizes.CLOSE * budget, (cell, largest)
    assert len(set(board.asked)) <= 2 * 7


def test_budgets_share_what_is_measured_and_networks_are_named_by_them(tmp_path: Path) -> None:
    board = Board()
    selected = search(tmp_path, board, wanted(tmp_path, 9_000, 40_000)).selected()
    assert selected.experiment.name == "cells_mine_npz_9000_40000_cycles_stream"
    assert selected.experiment.training.epochs == 40
    assert list(units(selected)) == ["gru_9000", "gru_40000", "mgu_9000", "mgu_40000"]
    assert "--cycles 9000 --cycles 40000" in selected.again["gru_9000"]
    assert "--parameters" not in selected.again["gru_9000"]


def test_a_network_that_takes_more_once_it_is_trained_is_made_smaller(tmp_path: Path) -> None:
    board = Board(more=200)
    budget = cycles_of("gru", 20) + 100
    hunt = search(tmp_path, board, wanted(tmp_path, budget, cells=["gru"], seeds=(1, 2)))
    names = [f"gru_{budget}_seed{seed}" for seed in (1, 2)]
    first = hunt.selected()
    assert units(first) == dict.fromkeys(names, 20)
    assert not hunt.accepts(board(first))
    second = hunt.selected()
    assert units(second) == dict.fromkeys(names, 17) and hunt.accepts(board(second))


def test_a_cell_without_a_size_is_named_with_the_reason(tmp_path: Path) -> None:
    low = wanted(tmp_path, cycles_of("mgu", 1))
    hunt = search(tmp_path, Board(), low)
    assert units(hunt.selected()) == {f"mgu_{cycles_of('mgu', 1)}": 1}
    takes = f"{cycles_of('gru', 1):,} cycles"
    within = f"none within {cycles_of('mgu', 1):,} cycles"
    assert hunt.without() == [f"gru_{cycles_of('mgu', 1)}: {within}: one of 1 unit takes {takes}"]
    with pytest.raises(UsageError, match=r"gru_10: none within 10 cycles: .*; mgu_10: none within"):
        search(tmp_path, Board(), wanted(tmp_path, 10)).selected()


def test_what_does_not_fit_is_too_large_and_what_fails_is_said(tmp_path: Path) -> None:
    def status(cell: str, units: int) -> str:
        return "failed" if cell == "mgu" else "does_not_fit" if units > 30 else "ok"

    board = Board(status=status)
    hunt = search(tmp_path, board, wanted(tmp_path, 300_000))
    assert units(hunt.selected()) == {"gru_300000": 30}
    assert len(board.asked) < 14
    (line,) = hunt.without()
    assert line.startswith("mgu: no size was found: mgu_") and line.endswith("failed: ended")


def test_sizes_of_an_earlier_search_are_asked_for_at_once(tmp_path: Path) -> None:
    task, board = wanted(tmp_path, 20_000), Board()
    search(tmp_path, board, task).selected()
    (tmp_path / "cells_sizes_mine_npz_20000_cycles_stream.csv").write_text(
        "schema,experiment,model,variant,engine,board,optimisation,status\n"
        + "".join(
            f"2,x,{name},int8_only,aot,{TWIN},'-O3,ok\n" for name in dict.fromkeys(board.asked)
        )
    )
    again = Board()
    search(tmp_path, again, task).selected()
    assert again.asked == list(dict.fromkeys(again.asked)) and set(again.asked) == set(board.asked)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (Chosen(boards=[TWIN, "nucleo_g0b1re_twin"]), "one board, engine, variant and level: 2"),
        (Chosen(boards=["mps3_an547"]), "mps3_an547 is emulated and has no cycle model"),
    ],
)
def test_cycles_are_of_one_board_that_has_some(tmp_path: Path, chosen: Chosen, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        search(tmp_path, Board(), wanted(tmp_path, 20_000), chosen)
