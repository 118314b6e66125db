"""What a user types and reads; every expected mistake is one line and exit code 2."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import fake_tflm
import pytest
import report_rows
import tflite_builder

from hilbench.cli import console
from hilbench.cli.main import main
from hilbench.core import extras, settings
from hilbench.engines.tflm import library
from hilbench.pipeline import campaign, tools
from hilbench.record.store import to_csv, write_atomically

Cli = Callable[..., tuple[int, str, str]]

REPOSITORY = Path(__file__).parents[2]
SIMPLE = """\
schema: 1
name: mine
title: Mine
models: [lstm]
variants: [basic]
engines: [aot]
boards: [mps2_an386]
"""


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """Runs `hilbench ARGUMENTS` in an empty folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HILBENCH_CACHE", str(tmp_path / "cache"))

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hilbench", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return run


def test_a_command_leaves_the_log_as_it_was(cli: Cli) -> None:
    """Whoever calls it in his own process, as the tests do, goes on to hear what he heard."""
    logger = logging.getLogger("hilbench")
    before = logger.level, list(logger.handlers)
    for verbose in ([], ["--verbose"]):
        assert cli(*verbose, "list", "engines")[0] == 0
        assert (logger.level, list(logger.handlers)) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plan", "nothing"], "nothing: no such experiment (a file, or one of: "),
        (["plan", "rnn", "--model", "lsmt"], "has no model 'lsmt' (did you mean 'lstm'?)"),
        (["plan", "rnn", "--variant", "int8"], "has no variant 'int8' (did you mean 'int8_only'?)"),
        (["plan", "rnn", "--engine", "aott"], "unknown engine 'aott' (did you mean 'aot'?)"),
        (["plan", "rnn", "--board", "mps2_386"], "unknown board 'mps2_386' (did you mean 'mps2_"),
        (["run", "smoke", "--fresh", "biuld"], "unknown stage 'biuld' (did you mean 'build'?)"),
        (["plot", "rnn"], "rnn.csv: No such file or directory (`hilbench run` writes it"),
        (["table", "rnn"], "cannot read results/rnn.csv: No such file or directory"),
        (["inspect", "a/no.tflite"], "a/no.tflite: cannot be read: No such file or directory"),
        (["inspect", "n.tflite", "--board", "mps2"], "cannot be read: No such file"),
        (["inspect", "n.tflite", "--variant", "int8"], "and not converted to 'int8'"),
        (["inspect", "n.keras"], "n.keras: no such file"),
        (["inspect", "rnn"], "rnn: no network (a .tflite, .keras or .h5 file, a SavedModel"),
    ],
)
def test_mistakes_are_one_line(cli: Cli, arguments: list[str], message: str) -> None:
    code, out, err = cli(*arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("hilbench: ")
    assert message in err
    assert err.count("\n") == 1


def test_inspect_says_what_each_engine_lacks(cli: Cli, tmp_path: Path) -> None:
    row = tflite_builder.Spec((1, 4))
    operators = [tflite_builder.Op(name, [i], [i + 1]) for i, name in enumerate(_LACKING)]
    (tmp_path / "net.tflite").write_bytes(tflite_builder.model([row] * 5, operators, [0], [4]))
    library_ = fake_tflm.make(tmp_path / "tflm")
    code, out, _ = cli("inspect", "net.tflite", "--tflm", str(library_))
    assert code == 0
    said = [line for line in out.splitlines() if line.startswith("engine ")]
    reason = "not supported by the engine aot"
    assert said[:2] == [
        f"engine aot: unsupported: SEGMENT_SUM (operator 0 and 1 more): {reason}",
        f"engine aot: unsupported: UNIQUE (operator 3): {reason}",
    ]
    lacked = [line.split(": ")[2] for line in said[2:] if line.startswith("engine tflm: unsup")]
    assert {"SEGMENT_SUM", "UNIQUE"} <= set(lacked) and len(lacked) == len(said) - 2
    code, out, _ = cli("inspect", "net.tflite", "--json")
    engines = json.loads(out)["engines"]
    assert engines["tflm"]["status"] == "skipped" and len(engines["aot"]["problems"]) == 2


_LACKING = ("SEGMENT_SUM", "TANH", "SEGMENT_SUM", "UNIQUE")


def test_unknown_model_in_a_file_names_the_file(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(SIMPLE.replace("[lstm]", "[lsmt]"))
    code, _, err = cli("plan", "mine.yaml")
    assert code == 2
    assert err == "hilbench: mine.yaml:4: unknown model 'lsmt' (did you mean 'lstm'?)\n"


def test_a_missing_tool_stops_a_run_before_anything_is_done(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "_package_version", lambda name: None)
    monkeypatch.setattr(tools, "_program_version", lambda name: "1.0")
    code, _, err = cli("run", "smoke")
    assert code == 2
    assert "is not installed (pip install " in err
    assert not (tmp_path / "results").exists()


def test_a_results_folder_that_cannot_be_written(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "results").write_text("in the way")
    code, _, err = cli("run", "smoke")
    assert code == 2
    assert "cannot write results/journal.sqlite" in err


def test_plan_lists_jobs_and_changes_nothing(cli: Cli, tmp_path: Path) -> None:
    code, out, _ = cli("plan", "rnn", "--model", "lstm", "--json")
    assert code == 0
    assert [job["id"] for job in json.loads(out)] == [
        "lstm/basic/aot/mps2_an386",
        "lstm/int8_only/aot/mps2_an386",
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("models", "simple_0"),
        ("variants", "int8_only"),
        ("engines", "aot"),
        ("boards", "mps2_an386"),
        ("experiments", "smoke"),
    ],
)
def test_lists_name_what_there_is(cli: Cli, what: str, name: str) -> None:
    code, out, _ = cli("list", what)
    assert code == 0
    assert any(line.split()[0] == name for line in out.splitlines())


def test_doctor_says_what_is_missing_and_the_remedy(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        tools, "_program_version", lambda name: None if name.startswith("qemu") else "1.0"
    )
    code, out, _ = cli("doctor")
    assert code == 1
    line = next(line for line in out.splitlines() if line.startswith("qemu-system-arm"))
    assert "missing" in line
    assert "apt-get install qemu-system-arm" in line


def test_doctor_says_which_tflm_is_usable(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tools, "_program_version", lambda name: "1.0")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv(settings.TFLM, raising=False)
    _, out, err = cli("doctor", "--json")
    assert json.loads(out)[-1]["remedy"] == library.CONFIGURE
    _, _, err = cli("doctor")
    assert f"tflm: none configured ({library.CONFIGURE})" in err.replace("\n", " ")
    root = fake_tflm.make(tmp_path / "tflm")
    monkeypatch.setenv(settings.TFLM, "")  # put back after the test: --tflm sets it
    _, out, _ = cli("doctor", "--json", "--tflm", str(root))
    tflm = next(tool for tool in json.loads(out) if tool["tool"] == "tflm cortex-m4+fp")
    assert tflm["version"].startswith("TFLM, cortex-m4+fp, CMSIS-NN kernels, SHA-256 ")
    assert tflm["remedy"] == ""


def test_compare_says_why_there_is_nothing_to_compare(cli: Cli, tmp_path: Path) -> None:
    ours, theirs = (report_rows.ok("simple_0", "basic", engine) for engine in ("aot", "tflm"))
    rows = [ours, report_rows.failed(theirs, "skipped", "no library")]
    write_atomically(tmp_path / "results" / "smoke.csv", to_csv(rows))
    code, out, err = cli("compare", "smoke")
    assert (code, err) == (0, "no figure: no job is ok under two engines\n")
    assert "- simple_0/basic/tflm/mps2_an386: no library\n" in out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; import hilbench.cli.main; "
        "print([m for m in ('tensorflow', 'matplotlib', 'numpy', 'pandas', 'pydantic', 'serial', "
        "'pyocd') if m in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["hilbench", "hilbench.cli.main"])
def test_python_runs_it_as_a_module_too(module: str) -> None:
    said = subprocess.run(
        [sys.executable, "-m", module, "plan", "smoke", "--variant", "basic"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert said.stdout.splitlines()[1].split() == ["simple_0", "basic", "aot", "mps2_an386"]
    assert said.stderr.startswith("1 job in ")


def test_numbers_are_numbers_in_json(cli: Cli) -> None:
    models = json.loads(cli("list", "models", "--json")[1])
    assert next(m for m in models if m["model"] == "lstm")["MACs"] == 2702400
    boards = json.loads(cli("list", "boards", "--json")[1])
    assert all(isinstance(board["flash KiB"], int) for board in boards)


def test_a_narrow_terminal_cuts_no_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [[f"model_{n}", "int8_only", 1234567 * n, "1.234e-08", "fine"] for n in range(1, 4)]
    columns = ["model", "variant", "all of its instructions", "error", "reason of it"]
    for width in (20, 40, *range(44, 60), 200):
        terminal = console.Printable(highlight=False, force_terminal=True, width=width)
        monkeypatch.setattr(console, "out", terminal)
        console.print_table(columns, rows)
        said = capsys.readouterr().out
        assert "…" not in said
        assert all(said.count(f"{row[2]:,}") == 1 for row in rows)


@pytest.mark.parametrize(
    ("statuses", "options", "status"),
    [
        (["ok", "ok"], [], 0),
        (["ok", "skipped"], [], 1),
        (["ok", "skipped"], ["--allow-skipped"], 0),
        (["failed", "skipped"], ["--allow-skipped"], 1),
        (["ok", "does_not_fit"], ["--allow-skipped"], 1),
    ],
)
def test_only_ok_is_ok(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, statuses: list[str], options: list[str], status: int
) -> None:
    """The exit status: a job that was skipped was not measured."""
    names = ("lstm", "gru")
    made = [report_rows.ok(name, "basic") for name in names]
    rows = [
        row if each == "ok" else report_rows.failed(row, each, "a reason")
        for row, each in zip(made, statuses, strict=True)
    ]
    monkeypatch.setattr(
        campaign, "run_jobs", lambda *_: campaign.Done(tuple(rows), Path("rows.csv"))
    )
    assert cli("run", "smoke", "--no-plot", *options)[0] == status


def test_the_journal_says_what_was_typed(cli: Cli) -> None:
    typed = ("run", "smoke", "--engine", "tflm", "--results", "my results", "--no-plot")
    assert cli(*typed)[0] == 1  # without a library its jobs are skipped
    (ran,) = json.loads(cli("status", "--results", "my results", "--json")[1])["campaigns"]
    assert ran["command"] == "hilbench run smoke --engine tflm --results 'my results' --no-plot"


def test_readme_and_help_say_what_the_exit_status_means(cli: Cli) -> None:
    readme = " ".join((REPOSITORY / "README.md").read_text(encoding="utf-8").split())
    said = " ".join(cli("run", "--help")[1].split())
    for text in (readme, said):
        assert "0 when every job is ok, 1 when one is not" in text
        assert "--allow-skipped" in text


def test_boards_are_not_looked_for_without_pyocd(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "version", lambda package: None)
    code, _, err = cli("boards", "discover", "--force")
    assert code == 2
    assert err == "hilbench: pyocd is not installed (pip install 'hilbench[boards]')\n"


def test_a_misspelt_key_of_a_model_is_answered_with_the_key(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = "schema: 1\nname: mine\ntitle: t\nmodels:\n  - {model: lstm, trainning: {epochs: 1}}\n"
    file.write_text(f"{text}variants: [basic]\nengines: [aot]\nboards: [mps2_an386]\n")
    said = f"{file}:5: model 'lstm' has no option 'trainning' (did you mean 'training'?)\n"
    assert cli("plan", str(file))[2] == f"hilbench: {said}"
