"""`hilbench cells`: the experiment that it makes of a data set, and what it says of its rows."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer
from report_rows import failed, identity

from hilbench.cli.main import app
from hilbench.core.errors import DataError, UsageError
from hilbench.core.settings import Settings
from hilbench.data.files import Arrays
from hilbench.pipeline import cells, selection, survey
from hilbench.pipeline.selection import Chosen
from hilbench.record.row import Row
from hilbench.report import cells as report
from hilbench.report import choosing
from hilbench.report import experiments_of_cells as of_cells
from hilbench.report.html import contents
from hilbench.sources.keras.cells.table import CELLS


def wanted(file: Path, *names: str) -> cells.Wanted:
    return cells.Wanted(str(file), {}, names, [500], cells.trained(40, 42, ()), ())


def saved(folder: Path, y: object) -> Path:
    np.savez(folder / "mine.npz", x=np.zeros((40, 7, 3), np.float32), y=np.asarray(y))
    return folder / "mine.npz"


def test_all_cells_at_equal_parameters_on_the_data_of_the_user(tmp_path: Path) -> None:
    file = saved(tmp_path, np.arange(40) % 5)
    found = cells.select(Settings.read(), wanted(file), Chosen()).experiment
    assert found.model_names == tuple(CELLS)
    assert (found.variants, found.data.samples, found.training.epochs) == (("int8_only",), 8, 40)
    for entry in found.models:
        units = int(str(entry.options["units"]))
        own = CELLS[entry.row_name].parameters(3, units)
        assert abs(own / 500 - 1) < 0.15, entry.row_name
        assert entry.options == {"units": units, "steps": 7, "features": 3, "classes": 5}
    assert [cell.name for cell in cells.named(["gru", "gru"])] == ["gru"]
    with pytest.raises(UsageError, match="unknown cell 'gru2'"):
        cells.select(Settings.read(), wanted(file, "gru2"), Chosen())


def test_what_is_no_sequence_is_refused() -> None:
    def task(x: object, y: object) -> cells.Task:
        return cells.task_of(Arrays({"x": np.asarray(x), "y": np.asarray(y)}, "a", "mine.npz"))

    assert task(np.zeros((4, 7, 3)), np.zeros((4, 2))).options == {
        "steps": 7, "features": 3, "values": 2,
    }  # fmt: skip
    with pytest.raises(DataError, match=r"shape \[7\] are no sequences"):
        task(np.zeros((4, 7)), np.zeros(4, int))
    with pytest.raises(DataError, match=r"labels of float64\[\]"):
        task(np.zeros((4, 7, 3)), np.zeros(4))
    with pytest.raises(DataError, match=r"a class -1 \(classes are numbers from 0\)"):
        task(np.zeros((4, 7, 3)), np.array([0, 1, -1, 0]))
    with pytest.raises(DataError, match=r"'x': sample 1 is NaN at \[0, 2\]"):
        task(np.where(np.arange(84).reshape(4, 7, 3) == 23, np.nan, 0.0), np.zeros(4, int))
    with pytest.raises(DataError, match="no 'y'"):
        cells.task_of(Arrays({"x": np.zeros((4, 7, 3))}, "a", "mine.npz"))


def row(cell: str, score: float, ms: float, flash_kb: float) -> Row:
    values = {"status": "ok", "top1_device": score, "exe_ms": ms, "exe_kind": "modelled"}
    sizes = {"model_flash_bytes": int(flash_kb * 1024), "model_ram_bytes": 512}
    own = {**identity(cell, "int8_only"), "base_model": f"cell_{cell}"}
    return Row({**own, **values, **sizes})


ROWS = [
    row("small", 0.80, 8.0, 1.5),
    row("worse", 0.79, 9.0, 1.6),
    row("good", 0.95, 40.0, 9.0),
    failed(row("gone", 0.9, 1.0, 1.0), "does_not_fit", "region FLASH overflowed"),
]


def test_a_cell_that_another_beats_in_everything_has_no_mark() -> None:
    _, lines = report.table(ROWS)
    assert [(line[0], line[-1]) for line in lines] == [
        ("good", "*"), ("small", "*"), ("worse", ""), ("gone", "does_not_fit"),
    ]  # fmt: skip


def test_the_best_cell_within_each_limit_with_what_supports_it() -> None:
    assert report.choices(ROWS, steps=10) == [
        "mps2_an386, 2 kB of flash: small, int8_only (accuracy 0.8, 1.5 kB)",
        "mps2_an386, 10 kB of flash: good, int8_only (accuracy 0.95, 9 kB)",
        "mps2_an386, 50 kB of flash: good, int8_only (accuracy 0.95, 9 kB)",
        "mps2_an386, 1 ms per step: small, int8_only (accuracy 0.8, 0.8 ms)",
        "mps2_an386, 10 ms per step: good, int8_only (accuracy 0.95, 4 ms)",
        "mps2_an386, 100 ms per step: good, int8_only (accuracy 0.95, 4 ms)",
    ]
    assert report.choices([ROWS[2]], 10)[0] == "mps2_an386, 2 kB of flash: none of these fits"


def told(row: Row, **more: object) -> Row:
    return Row({**row, "parameters": 400, "top1_float": 0.96, "seed": 42, **more})  # type: ignore[dict-item]


def seeded(cell: str, *scores: float, ms: float = 40.0) -> list[Row]:
    """Of one more seed each."""
    own = {"base_model": f"cell_{cell}", "exe_ms": ms}
    return [
        told(ROWS[2], **own, model=f"{cell}_seed{n}", seed=n, top1_device=score)
        for n, score in enumerate(scores)
    ]


def section(*rows: Row) -> str:
    return choosing.page([choosing.Campaign("Task", ["hilbench cells x"], rows)]).split("## ")[1]


def test_the_page_says_what_to_take_with_its_row() -> None:
    found = section(*map(told, ROWS))
    small = "`small` of 400 parameters (accuracy 0.8 with one seed, 1.5 kB, 8.000 ms)"
    good = "`good` of 400 parameters (accuracy 0.95 with one seed, 9.0 kB, 40.000 ms)"
    assert f"* **2 kB of flash, 10 ms a step**: {small}\n" in found
    assert f"* **1 ms a step**: none of these; the least is {small}\n" in found
    assert f"* **10 or 50 kB of flash, 100 ms a step**: {good}\n" in found
    assert "the slowest of all takes 40.000 ms a step (`good`)\n" in found
    assert (
        "* **int8** costs `worse` most: -17.7 % of the accuracy in float with one seed\n" in found
    )
    alone = section(told(ROWS[2]))
    why = f"the least is {good}: 7.4 kB of it are kernels and their tables"
    assert f"**2 kB of flash**: none of these; {why}\n" in alone
    assert "`gone`" not in found and "equal cycles" not in found


def test_sentences_rest_on_networks_that_five_seeds_trained() -> None:
    """The best with one seed is not taken, nor is what seeds tell from the best."""
    best = [told(row("best", 0.99, 10.0, 9.0)), *seeded("good", 0.94, 0.95, 0.96, 0.95, 0.95)]
    slow = "`good` of 400 parameters (accuracy 0.95 ± 0.0071 over 5 seeds, 9.0 kB, 40.000 ms)"
    assert f"* **10 or 50 kB of flash, 100 ms a step**: {slow}\n" in section(*best)
    close = seeded("close", 0.94, 0.95, 0.95, 0.94, 0.95, ms=20.0)
    found = section(*best, *close)
    assert f"{slow}; the fastest that seeds do not tell from it is `close` of 400" in found
    assert "| `best` | 400 | - | 1 | 0.96 | 0.99 |" in found
    assert "| `good` | 400 | - | 5 | 0.96 | 0.95 ± 0.0071 |" in found
    far = section(*best, *seeded("far", 0.94, 0.93, 0.93, 0.94, 0.94, ms=20.0))
    assert f"{slow}\n" in far


def test_code_for_size_is_a_network_of_its_own_with_the_scores_of_all_seeds() -> None:
    size = {"optimisation": "-Os", "model_flash_bytes": 1000, "seed": 1}
    rows = [*seeded("good", 0.9, 0.94), told(ROWS[2], base_model="cell_good", **size)]
    assert [(each.name, len(each.scores)) for each in report.networks(rows)] == [
        ("good", 2), ("good -Os", 2),
    ]  # fmt: skip
    (both,) = {each.device for each in report.networks(rows)}
    assert both == pytest.approx(0.92)
    assert "* **2 kB of flash" in (found := section(*rows)) and "`good -Os`" in found
    named = [line[0] for line in report.table(rows)[1]]
    assert named == ["good -Os", "good_seed1", "good_seed0"]


def test_the_page_has_the_largest_networks_at_equal_cycles() -> None:
    size = {"options": "classes 5, steps 7, units 12", "exe_cycles": 9000}
    equal = [
        told(row, model=f"{row['model']}_{n}", base_model=f"cell_{row['model']}", **size)
        for row in ROWS
        for n in (16, 9)
    ]
    slow = told(ROWS[0], model="slow", base_model="cell_slow")
    equal[4] = told(equal[4], model="good_16_seed3", seed=3)
    equal.insert(5, told(equal[4], model="good_16_seed4", seed=4, top1_device=0.97))
    campaign = choosing.Campaign("Task", [], [slow], within_cycles=[*equal[:6], equal[-1]])
    (section,) = choosing.page([campaign]).split("## ")[1:]
    table = section.partition("At equal cycles")[2].partition("| cell |")[2].splitlines()
    size_of_all = "(12, 400, 9,000)"
    assert table[0] == " 9 cycles | 16 cycles |"
    assert table[2:] == [
        f"| `good` | - | 0.96 ± 0.014 {size_of_all} |",
        f"| `small` | 0.8 {size_of_all} | 0.8 {size_of_all} |",
        f"| `worse` | 0.79 {size_of_all} | 0.79 {size_of_all} |",
        "| `slow` | - | - |",
    ]


def test_the_experiment_is_told_a_task_at_a_time() -> None:
    def one(model: str, variant: str, device: float) -> Row:
        scores = {"top1_float": 0.8, "top1_device": device, "error_mae": 1e-8}
        values = {"status": "ok", "exe_cycles": 9000, **scores}
        return Row({**identity(model, variant), "board": of_cells.BOARD, **values})

    rows = [one("gru_watch", "int8_only", 0.8), one("lstm_watch", "int8_only", 0.7),
            one("gru_watch_ahead", "int8_only", 0.1), one("gru_watch", "basic", 0.8)]  # fmt: skip
    assert [row["model"] for row in of_cells.of_task(rows, "watch")] == ["gru", "lstm"]
    sentences = "\n".join(of_cells.said(rows))
    assert "the best of 2 cells in int8 is `gru_watch` with 0.8" in sentences
    assert "int8 costs `lstm_watch` with 0.7 most, 0.100 of its accuracy; 1 cell loses" in sentences
    assert "int8 costs more than 1% of the accuracy of `lstm` (12.5%): [why]" in sentences
    assert "`gru_watch_ahead` with 0.1 most, 0.700 of its accuracy; no cells lose" in sentences


def test_values_are_ranked_by_the_smallest_error() -> None:
    rows = [
        Row({**identity(cell, "int8_only"), "status": "ok", "rmse_device": error})
        for cell, error in (("bad", 0.5), ("good", 0.1))
    ]
    assert [line[0] for line in report.table(rows)[1]] == ["good", "bad"]


def test_recipes_are_named_and_have_results_of_their_own(tmp_path: Path) -> None:
    file = saved(tmp_path, np.arange(40) % 5)
    training = cells.trained(3, 7, ["pruned", "clustered"])
    given = replace(wanted(file, "gru"), training=training)
    found = cells.select(Settings.read(), given, Chosen()).experiment
    assert found.name.endswith("_500_pruned_clustered")
    assert found.training.recipes == ("pruned", "clustered") and found.training.seed == 7
    with pytest.raises(UsageError, match="unknown recipe"):
        cells.trained(3, 7, ["prned"])


def test_several_budgets_as_streams_are_rows_of_one_experiment(tmp_path: Path) -> None:
    file = saved(tmp_path, np.arange(40) % 5)
    given = replace(wanted(file, "gru", "mgu"), parameters=[300, 900, 300], stream=True)
    found = cells.select(Settings.read(), given, Chosen())
    assert found.experiment.name == "cells_mine_npz_300_900_stream"
    names = ["gru_300", "gru_900", "mgu_300", "mgu_900"]
    assert [entry.name for entry in found.experiment.models] == names
    assert all(job.measure.stream and job.model.name in names for job in found.jobs)
    assert {entry.options["stream"] for entry in found.experiment.models} == {1}


def test_several_seeds_are_rows_with_their_spread(tmp_path: Path) -> None:
    file = saved(tmp_path, np.arange(40) % 5)
    given = replace(wanted(file, "gru", "mgu"), seeds=(1, 2, 3, 2))
    found = cells.select(Settings.read(), given, Chosen()).experiment
    models = found.models
    assert found.name == "cells_mine_npz_500_seeds_1_2_3"
    seeds = [entry.training and entry.training.seed for entry in models]
    assert [entry.name for entry in models][2:4] == ["gru_seed3", "mgu_seed1"]
    assert seeds == [1, 2, 3, 1, 2, 3]
    scores = [("gru", 1, 0.8), ("gru", 2, 0.9), ("gru", 3, 0.7), ("mgu", 1, 0.5)]

    def trained(name: str, seed: int, score: float, status: str = "ok") -> Row:
        values = {"status": status, "seed": seed, "options": "units 3", "top1_device": score}
        own = identity(f"{name}_seed{seed}", "int8_only")
        return Row({**own, "base_model": f"cell_{name}", **values})

    rows = [trained(*each) for each in scores] + [trained("gru", 4, 0.1, "failed")]
    sized = [Row({**each, "model_flash_bytes": 1024}) for each in rows]
    best = "gru, int8_only (accuracy 0.8 over 3 seeds, 1 kB)"
    assert report.choices(sized, 1)[0] == f"mps2_an386, 2 kB of flash: {best}"
    (said,) = report.spreads(rows)
    assert said.startswith("gru, int8_only, ")
    assert (
        "accuracy 0.8000 with a standard deviation of 0.1000 over 3 seeds (0.7000 to 0.9000)"
        in said
    )


def test_measures_of_the_survey_are_of_rows_with_a_time() -> None:
    """10 steps in 4 ms; 8,000 MACs; 40,000 cycles for 400 weights."""
    given = {"macs": 8000, "parameters": 400, "exe_cycles": 40_000, "exe_ms": 4.0, "status": "ok"}
    scores = {"top1_float": 0.9, "top1_device": 0.882}
    own = identity("gru", "int8_only")
    timed = Row({**own, **given, **scores, **survey.values({**given, **scores})})
    without = Row({**own, **scores, "status": "ok"})
    _, lines = report.survey([timed, without, ROWS[3]], 10)
    assert [line[3:] for line in lines] == [["-2.00", "4", "2,500", "10"]]
    worse = survey.values({"rmse_float": 0.5, "rmse_device": 0.6, "exe_ms": 4.0})
    assert worse == {"accuracy_change_percent": pytest.approx(-20), "rate_hz": 250}


def test_a_row_has_the_command_that_repeats_its_cell(tmp_path: Path) -> None:
    file = saved(tmp_path, np.arange(40) % 5)
    given = replace(wanted(file, "gru", "mgu"), seeds=[1, 2], stream=True, data={"samples": 8})
    found = cells.select(Settings.read(), given, Chosen())
    job = {"variant": "int8_only", "engine": "aot", "board": "mps2_an386"}
    row = Row({"model": "mgu_seed1", **job, "repeated_by": found.again["mgu_seed1"]})
    command, *words = shlex.split(contents.again(row))[1:]
    parser = typer.main.get_command(app).commands[command]  # type: ignore[attr-defined]
    said = parser.make_context(command, words).params
    assert (said["data"], said["only"], said["seed"]) == (str(file), ["mgu"], [1, 2])
    assert (said["parameters"], said["epochs"], said["samples"]) == ([500], 40, 8)
    assert (said["stream"], said["hard"], said["boards"]) == (True, False, ["mps2_an386"])


def test_a_network_alone_has_the_command_that_repeats_it(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("def build():\n    return None\n")
    network = f"{tmp_path}/net.py:build"
    chosen = Chosen(data={"samples": 3}, uncertainty=True)
    found = selection.select(Settings.read(), network, chosen)
    assert list(found.again.values()) == [f"hilbench run {network} --samples 3 --uncertainty"]
