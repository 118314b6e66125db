"""The committed campaign: complete, as the issue of its numbers says, and what the docs print."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from hilbench.config.experiment import load_experiment
from hilbench.pipeline.plan import ids
from hilbench.record import store
from hilbench.record.row import Row

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "results" / "reference" / "rnn_published.csv"
WITHOUT = {"cores"}
"""The campaign of nine cores, most of which have no time."""


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return {row.job: row for row in store.read(REFERENCE)}


@pytest.fixture(scope="module")
def update() -> ModuleType:
    spec = importlib.util.spec_from_file_location("update", ROOT / "docs" / "update.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_job_is_there_and_ok(rows: dict[str, Row]) -> None:
    _, experiment = load_experiment("rnn_published")
    assert list(rows) == ids(experiment, Path())
    assert all(row.ok for row in rows.values())


def test_int8_is_bit_identical_to_tflm_and_float_within_its_bound(rows: dict[str, Row]) -> None:
    for row in rows.values():
        if row["variant"] == "int8_only":
            assert row["oracle_max_lsb"] == 0
        else:
            assert float(row["oracle_max_relative"]) <= 1e-5


def test_every_modelled_time_has_bounds_and_lies_in_them(
    update: ModuleType, rows: dict[str, Row]
) -> None:
    """Those of docs/choosing-a-cell.md, and of WITHOUT, were measured without `--uncertainty`."""
    found = [csv for csv in REFERENCE.parent.rglob("*.csv") if not csv.name.startswith("cells_")]
    found = [csv for csv in found if csv.stem not in WITHOUT]
    timed = [row for csv in found for row in store.read(csv) if row.ok]
    assert len(timed) > 100
    for row in timed:
        assert row["c_library"]
        assert (ends := row.bounds_ms), row.job
        assert ends[0] <= float(row["exe_ms"]) <= ends[1], row.job
    row = Row({**next(iter(rows.values())), "exe_ms": 1.0, "exe_cycles": 120_000,
               "exe_cycles_lower": 108_000, "exe_cycles_upper": 126_000,
               "uncertainty": "divide +4.0 %, placement -0.2..+1.0 %"})  # fmt: skip
    assert "| -0.2..+1.0 % | -10.0 % | +5.0 % |" in update.placements([row])


def test_simple_1_int8_is_as_small_as_promised(rows: dict[str, Row]) -> None:
    row = rows["simple_1/int8_only/aot/nucleo_l4r5zi_twin"]
    assert int(row["flash_bytes"]) <= 60 * 1024
    assert int(row["ram_bytes"]) <= 20 * 1024


@pytest.mark.parametrize(
    "page",
    [
        *("README.md", "docs/published.md", "docs/tflm.md", "docs/ledger.md"),
        *("docs/cycle-model.md", "docs/choosing-a-cell.md", "docs/experiments.md"),
        *("docs/cores.md", "docs/scoreboard.md", "docs/profiling.md"),
    ],
)
def test_pages_print_the_committed_results(update: ModuleType, page: str) -> None:
    assert (ROOT / page).read_text(encoding="utf-8") == update.PAGES[page](), "run docs/update.py"


def test_each_experiment_has_a_page_of_its_rows(update: ModuleType) -> None:
    pages = {name: page for name, page in update.PAGES.items() if "/experiments/" in name}
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "docs" / "experiments").iterdir()}
    assert pages.keys() == there and len(pages) > 5
    for name, page in pages.items():
        assert (ROOT / name).read_text(encoding="utf-8") == page(), "run docs/update.py"


def test_both_engines_ran_every_job_of_the_rnn_campaign(update: ModuleType) -> None:
    rows = store.read(update.REFERENCE / "rnn_tflm.csv")
    _, experiment = load_experiment("rnn_tflm")
    assert [row.job for row in rows] == ids(experiment, Path())
    assert all(row.ok for row in rows)
    assert all("CMSIS-NN" in str(row["library"]) for row in rows if row["engine"] == "tflm")


def test_slim_takes_three_fifths_off_the_model_under_tflm(update: ModuleType) -> None:
    rows = {row.job: row for row in store.read(update.REFERENCE / "rnn_tflm.csv")}
    plain, slim = (
        rows[f"simple_1/{variant}/tflm/mps2_an386"] for variant in ("int8_only", "int8_only+slim")
    )
    assert int(slim["model_flash_bytes"]) < 0.4 * int(plain["model_flash_bytes"])
    assert slim["error_mae"] == plain["error_mae"]
