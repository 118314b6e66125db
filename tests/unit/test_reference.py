"""The committed campaign: complete, as the issue of its numbers says, and what the docs print."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from hilbench.pipeline.matrix import jobs
from hilbench.record import store
from hilbench.record.row import Row
from hilbench.spec.experiment import load_experiment

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "results" / "reference" / "rnn_published.csv"


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
    assert list(rows) == [job.id for job in jobs(experiment)]
    assert all(row.ok for row in rows.values())


def test_int8_is_bit_identical_to_tflm_and_float_within_its_bound(rows: dict[str, Row]) -> None:
    for row in rows.values():
        if row["variant"] == "int8_only":
            assert row["oracle_max_lsb"] == 0
        else:
            assert float(row["oracle_max_relative"]) <= 1e-5


def test_simple_1_int8_is_as_small_as_promised(rows: dict[str, Row]) -> None:
    row = rows["simple_1/int8_only/aot/nucleo_l4r5zi_twin"]
    assert int(row["flash_bytes"]) <= 60 * 1024
    assert int(row["ram_bytes"]) <= 20 * 1024


def test_readme_prints_the_committed_results(update: ModuleType) -> None:
    assert update.README.read_text(encoding="utf-8") == update.readme(), "run docs/update.py"


def test_comparison_with_the_published_campaign_is_current(update: ModuleType) -> None:
    assert update.PUBLISHED.read_text(encoding="utf-8") == update.published(), "run docs/update.py"
