"""The ledger: verdicts follow from numbers, and its page from the ledger."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hilbench.core.errors import UsageError
from hilbench.pipeline.ledger import COUNTERS
from hilbench.report import ledger
from hilbench.report.claims import Claim, Ours
from hilbench.report.ledger import Entry, arithmetic
from hilbench.report.text import NONE

REFERENCE = Path(__file__).parents[2] / "results" / "reference"


def claim(value: float, **more: object) -> Claim:
    return Claim.model_validate(
        {"id": "a", "source": "b", "claim": "c", "value": value, "unit": "", **more}
    )


def test_a_verdict_is_a_matter_of_numbers() -> None:
    for given, ours, wanted in (
        (claim(10.0), 10.0, "matches"),
        (claim(10.0), 10.1, "contradicted"),
        (claim(10.0, tolerance=0.01), 10.1, "matches"),
        (claim(10.0, same=False), 11.0, "differs"),
        (claim(10.0), None, "open"),
    ):
        assert Entry(given, ours, "").verdict == wanted


def test_another_build_of_the_library_is_a_reason() -> None:
    same = "GCC 12; optimisation -O2 or -O3; checks on; without TF_LITE_STATIC_MEMORY"
    given = claim(10.0, same=False, reason="modelled")
    assert Entry(given, 9.0, "", same).why == "modelled"
    other = same.replace("-O2 or -O3", "-Os of the rest, -O2 of kernels").replace("on;", "unknown;")
    assert Entry(given, 9.0, "", other).why == (
        "modelled; optimisation -Os of the rest, -O2 of kernels, published: optimisation -O3; "
        "checks unknown, published: checks on"
    )
    assert Entry(given, 10.0, "", other).why == ""


def test_arithmetic_is_arithmetic_alone() -> None:
    assert arithmetic("2 * (3 + 4)**2 / 7 - 1") == 13
    for text in (
        "__import__('os')",
        "a",
        "1 / 0",
        "1 +",
        "[1]",
        "max(1, 2)",
        "9**9**9**9",
        "(1-2)**0.5",
    ):
        with pytest.raises(UsageError, match="no arithmetic"):
            arithmetic(text)


def test_errors_in_the_sources_are_contradicted_by_what_is_shown() -> None:
    found = {entry.claim.id: entry for entry in ledger.entries(COUNTERS, REFERENCE)}
    wrong = {name for name, entry in found.items() if entry.verdict == "contradicted"}
    assert wrong == {
        "survey.convlstm.elementwise", "survey.qrnn.functions", "egru.gru_size", "egru.softsign",
        "egru.cell_time", "egru.event_time", "fastgrnn_har.table", "edgemark.simple_1.copied",
        "nnom.denoise.macs", "egru.weight_rule", "survey.gru.equation_12",
        "edgemark.fc_0.truncated", "edgemark.cnn_5.batch_norm", "edgemark.window",
        "edgemark.ticks", "survey.convlstm.maps", "edgemark.totals",
        "edgemark.fc_0.truncated_16x8", "edgemark.engines", "edgemark.samples", "edgemark.targets",
        "edgemark.fine_tuning",
    }  # fmt: skip
    assert all(found[name].claim.reason for name in wrong)
    counted = [
        e for e in found.values() if e.claim.ours and (e.claim.ours.model or e.claim.ours.cell)
    ]
    assert len(counted) > 20
    times = [entry for name, entry in found.items() if name.startswith("mlperf_tiny.")]
    times += [entry for name, entry in found.items() if name.startswith("plumerai.")]
    assert len(times) == 174 + 22
    refused = {name: entry for name, entry in found.items() if entry.refused}
    boards = {entry.by.split()[-1] for entry in refused.values()}
    assert boards == {"nucleo_h7a3zi_q", "nrf5340_dk", NONE}  # without a twin, and streams
    assert {entry.verdict for entry in refused.values()} == {"differs"}
    assert not [name for name, entry in found.items() if entry.verdict == "open"]
    assert {e.verdict for e in counted if e.claim.same} == {"matches"}


def test_what_has_not_been_run_is_open_and_an_unknown_claim_is_refused(tmp_path: Path) -> None:
    (found,) = ledger.entries(COUNTERS, tmp_path, ["edgemark.gru.basic.exe_ms"])
    assert (found.verdict, found.by) == ("open", "hilbench run rnn_published")
    with pytest.raises(UsageError, match=r"unknown claim 'egru.softsing'.*egru.softsign"):
        ledger.entries(COUNTERS, tmp_path, ["egru.softsing"])


def test_a_claim_says_one_way_to_its_number() -> None:
    for found in ledger.entries(COUNTERS, REFERENCE):
        ours = found.claim.ours or Ours(sum="0")
        assert (
            sum(w is not None for w in (ours.sum, ours.cell, ours.model))
            + bool(ours.row or ours.without)
            == 1
        )


CLAIMS = """schema: 1
claims:
  - {{id: {id}, source: a thesis, claim: a step, value: 0.2, unit: ms, tolerance: 0.5,
     ours: {ours}}}
"""
STEP = "{row: streaming, job: gru/int8_only/aot, column: exe_ms}"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a project's claims."""
    (tmp_path / "claims").mkdir()
    (tmp_path / "hilbench.yaml").write_text("schema: 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "claims" / "mine.yaml"


def test_a_claim_is_added_by_a_file(project: Path) -> None:
    project.write_text(CLAIMS.format(id="mine.step", ours=STEP))
    (found,) = ledger.entries(COUNTERS, REFERENCE, ["mine.step"])
    assert (found.verdict, found.by) == (
        "matches",
        "hilbench run streaming: gru/int8_only/aot/nucleo_l4r5zi_twin, modelled",
    )


@pytest.mark.parametrize(
    ("name", "ours", "said"),
    [
        ("egru.softsign", STEP, r"two claims are named 'egru.softsign': .*mine\.yaml"),
        ("mine", "{}", r"mine\.yaml:[34]: .*one of sum, cell, model, row and without"),
        ("mine", "{sum: '1', cell: gru}", r"mine\.yaml:[34]: .*one of sum, cell"),
        ("mine", "{row: streaming}", r"mine\.yaml:[34]: .*a job and a column"),
        ("mine", "{cell: gru}", r"mine\.yaml:[34]: .*inputs and units"),
        ("mine", "{model: gru, count: activations}", r"mine\.yaml:[34]: .*of a cell"),
        ("mine", "{cell: gruu, inputs: 1, units: 1}", r"claim 'mine': unknown cell .*'gru'"),
        ("mine", "{sum: one}", r"claim 'mine': 'one' is no arithmetic"),
    ],
)
def test_a_claim_that_is_none_is_named(project: Path, name: str, ours: str, said: str) -> None:
    project.write_text(CLAIMS.format(id=name, ours=ours))
    with pytest.raises(UsageError, match=said):
        ledger.entries(COUNTERS, REFERENCE, ["egru.size", name])


@pytest.mark.parametrize(
    "ours",
    [
        "{row: streaming, job: gru/int8_only/aot, column: variant}",
        "{row: streaming, job: gruu/int8_only, column: exe_ms}",
        "{row: streaming, job: gru/int8_only/aot, column: exe_ms, over: gruu}",
    ],
)
def test_a_row_that_has_no_such_number_leaves_a_claim_open(project: Path, ours: str) -> None:
    project.write_text(CLAIMS.format(id="mine", ours=ours))
    (found,) = ledger.entries(COUNTERS, REFERENCE, ["mine"])
    assert found.verdict == "open"
    assert re.fullmatch(r"hilbench run streaming: no row \S+ with \S+", found.by)
