"""Every injected fault: what is said, how soon, what is left, and the next job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import fault_cases
import misbehaving
import pytest
import simulated_bench
from fault_cases import CASES, PROBE, Case

from hilbench.core.paths import firmware_dir

pytestmark = pytest.mark.emulator


@pytest.fixture(scope="module")
def elf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return misbehaving.build(tmp_path_factory.mktemp("firmware")).elf


@pytest.fixture(scope="module")
def bench(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[simulated_bench.SimulatedBench]:
    folder = tmp_path_factory.mktemp("bench")
    with (
        pytest.MonkeyPatch.context() as patch,
        simulated_bench.bench(folder / "b", patch, {PROBE: None}) as made,
    ):
        yield made


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.area}: {case.name}")
def test_fault(case: Case, bench: simulated_bench.SimulatedBench, elf: Path) -> None:
    outcome = fault_cases.run(case, bench, elf)
    if case.error is None:
        assert outcome.error is None
    else:
        assert isinstance(outcome.error, case.error)
        assert re.search(case.message, str(outcome.error)), str(outcome.error)
    assert outcome.seconds < case.noticed
    assert outcome.marked_dead == case.dead
    assert outcome.left_behind == ()
    assert outcome.next_job


def test_the_page_has_every_case() -> None:
    page = (firmware_dir().parent / "docs" / "faults.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| ")][1:]
    assert [(row[0].strip("| "), row[1]) for row in rows] == [(c.area, c.name) for c in CASES]
