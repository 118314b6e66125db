"""What a user's tests get of hilbench: measurements, limits, baselines, a summary."""

from __future__ import annotations

from pathlib import Path

import pytest
import report_rows as made
from small_graphs import simple_rnn

from hilbench.core.errors import UsageError
from hilbench.record import baseline, store
from hilbench.record.row import Row
from hilbench.testing.result import Result

pytest_plugins = "pytester"

TESTS = """
import pytest

@pytest.mark.hilbench(board="mps2_an386")
def test_small(hilbench):
    result = hilbench("net.tflite")
    assert result.instructions < 1_000_000 and result["status"] == "ok"
    result.assert_not_worse_than("baseline.csv", limits={"flash_bytes": "1%"})

def test_large(hilbench):
    assert hilbench("net.tflite", board="mps2_an386").flash_bytes < 100

def test_nobody_made_it(hilbench):
    hilbench("missing.tflite")
"""


def test_of_a_result_rows_of_other_builds_and_worse_numbers_fail(tmp_path: Path) -> None:
    row = made.ok("lstm", "int8_only")
    result = Result(row, tmp_path)
    with pytest.raises(AssertionError, match=r"baseline .*\.csv is not there .*--hilbench-update"):
        result.assert_not_worse_than("base.csv")
    Result(row, tmp_path, update=True).assert_not_worse_than("base.csv")
    Result(made.ok("gru", "basic"), tmp_path, update=True).assert_not_worse_than("base.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["base.csv"]
    assert row in store.read(tmp_path / "base.csv")
    result.assert_not_worse_than("base.csv")
    instructions = int(row["exe_instructions"])
    slower = Result(Row({**row, "exe_instructions": instructions + 1}), tmp_path)
    with pytest.raises(AssertionError, match=rf"exe_instructions worse: {instructions} to"):
        slower.assert_not_worse_than("base.csv")
    slower.assert_not_worse_than("base.csv", {"exe_instructions": 1})
    with pytest.raises(UsageError, match="unknown metric 'exe_cycle'"):
        slower.assert_not_worse_than("base.csv", {"exe_cycle": 1})
    other = Result(Row({**row, "compiler": "gcc 13"}), tmp_path)
    with pytest.raises(AssertionError, match=r"not comparable: .* compiler: .*gcc 13"):
        other.assert_not_worse_than("base.csv")
    with pytest.raises(AssertionError, match="has no job lstm/basic"):
        Result(made.ok("lstm", "basic"), tmp_path).assert_not_worse_than("base.csv")
    with pytest.raises(KeyError, match=r"has no exe_cycles .*exe_instructions"):
        _ = result.cycles


@pytest.fixture(autouse=True)
def _named_plugins_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.mark.emulator
def test_a_session(pytester: pytest.Pytester) -> None:
    """Two workers; the second session finds its baseline, in which a byte of RAM was taken."""
    (pytester.path / "net.tflite").write_bytes(simple_rnn("int8"))
    pytester.makepyfile(TESTS)
    plugins = ("-p", "hilbench.testing.plugin", "-p", "xdist")
    first = pytester.runpytest_subprocess(*plugins, "-n", "2", "--hilbench-update", "--junitxml=x")
    first.assert_outcomes(passed=1, failed=2)
    first.stdout.fnmatch_lines(["*= hilbench =*"])
    first.stdout.fnmatch_lines(["*::test_small  net/int8_only/aot/mps2_an386  * instructions, *"])
    assert (pytester.path / "results" / "pytest" / "journal.sqlite").is_file()
    assert 'name="hilbench net/int8_only/aot/mps2_an386 exe_instructions"' in (
        (pytester.path / "x").read_text(encoding="utf-8")
    )
    file = pytester.path / "baseline.csv"
    (row,) = store.read(file)
    baseline.update(file, [Row({**row, "ram_bytes": int(row["ram_bytes"]) - 1})])
    second = pytester.runpytest_subprocess(*plugins, "-k", "small or nobody")
    second.stdout.fnmatch_lines(["*ram_bytes worse: *"])
    second.stdout.fnmatch_lines(["*missing.tflite: no such file*"])


def test_a_session_that_measures_nothing_imports_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import sys\ndef test_it(request):\n"
        "    loaded = {name for name in sys.modules if name.startswith('hilbench.')}\n"
        "    assert loaded == {'hilbench.testing', 'hilbench.testing.plugin'}\n"
    )
    done = pytester.runpytest_subprocess("-p", "hilbench.testing.plugin")
    done.assert_outcomes(passed=1)
    assert "hilbench =" not in done.stdout.str()
