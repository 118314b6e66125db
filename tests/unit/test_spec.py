"""Every mistake in a YAML file is one line with file, line, key and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from hilbench.config.bench import Bench
from hilbench.config.board import Board, boards, boards_dir, load_board
from hilbench.config.experiment import Experiment, load_experiment
from hilbench.config.load import load
from hilbench.core.errors import SpecError, UsageError
from hilbench.core.paths import experiments_dir
from hilbench.core.settings import Settings
from hilbench.pipeline import plan

GOOD = """\
schema: 1
name: mine
title: Mine
models: [simple_0]
variants: [basic]
engines: [aot]
boards: [mps2_an386]
training:
  epochs: 2
"""


def refuse(tmp_path: Path, text: str) -> str:
    path = tmp_path / "e.yaml"
    path.write_text(text)
    with pytest.raises(SpecError) as caught:
        load(path, Experiment)
    return str(caught.value).replace(str(tmp_path), "")


def test_a_good_file_gives_defaults(tmp_path: Path) -> None:
    path = tmp_path / "e.yaml"
    path.write_text(GOOD)
    experiment = load(path, Experiment)
    assert experiment.training.epochs == 2
    assert experiment.training.seed == 42
    assert experiment.model_names == ("simple_0",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("epochs", "epoch"), "/e.yaml:9: unknown key 'training.epoch' (did you mean 'epochs'?)"),
        (("training:", "titel: x\ntraining:"), "/e.yaml:8: unknown key 'titel' (did you mean 'ti"),
        (("title: Mine\n", ""), "/e.yaml:1: key 'title' is missing"),
        (
            ("epochs: 2", "epochs: two"),
            "/e.yaml:9: key 'training.epochs': must be a whole number, not 'two'",
        ),
        (
            ("epochs: 2", "epochs: -1"),
            "/e.yaml:9: key 'training.epochs': must be at least 0, not -1",
        ),
        (("schema: 1", "schema: 2"), "/e.yaml:1: key 'schema': must be 1, not 2 (update hilbench)"),
        (("[simple_0]", "[lstm, lstm]"), "/e.yaml:4: key 'models': named twice: lstm"),
        (("[simple_0]", "[]"), "/e.yaml:4: key 'models': must have at least 1 entry"),
        (("[simple_0]", "[simple_0"), "not valid YAML"),
        (("[simple_0]", "simple_0"), "/e.yaml:4: key 'models': must be a list, not 'simple_0'"),
        (
            ("[simple_0]", "[a, 1]"),
            "/e.yaml:4: key 'models[1]': must be a name or a mapping, not 1",
        ),
        (("schema:", "schema_version:"), "unknown key 'schema_version' (did you mean 'schema'?)"),
        (("epochs: 2", "learning_rate: .inf"), "must be a finite number, not inf"),
        (("name: mine", "name: Mine"), "must be lower-case letters, digits and _, a letter first"),
        (("name: mine", f"name: {'m' * 300}"), "key 'name': must have at most 100 characters"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    assert message in refuse(tmp_path, GOOD.replace(*change))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a mapping is expected, not an empty file"),
        ("- a\n- b\n", "a mapping is expected, not a list"),
        ("just words\n", "a mapping is expected, not the single value 'just words'"),
        ("a: 1\na: 2\n", "/e.yaml:2: key 'a' appears twice"),
        ("\tx: 1\n", "not valid YAML"),
    ],
)
def test_files_that_are_no_mapping(tmp_path: Path, text: str, message: str) -> None:
    assert message in refuse(tmp_path, text)


def test_binary_and_missing_files(tmp_path: Path) -> None:
    path = tmp_path / "e.yaml"
    path.write_bytes(b"\xff\xfe\x00binary")
    with pytest.raises(SpecError, match="not a UTF-8 text file"):
        load(path, Experiment)
    with pytest.raises(SpecError, match="No such file"):
        load(tmp_path / "none.yaml", Experiment)
    with pytest.raises(SpecError, match=r"no such experiment \(a file, or one of: .*rnn"):
        load_experiment("nothing")


def test_a_name_is_a_shipped_experiment_and_a_path_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rnn").mkdir()
    assert load_experiment("rnn")[0] == experiments_dir() / "rnn.yaml"
    for path in ("no/such/rnn.yaml", "rnn.yaml", "./smoke"):
        with pytest.raises(SpecError, match=r"no such file \('(rnn|smoke)' is a shipped"):
            load_experiment(path)
    (tmp_path / "mine.yaml").write_text(GOOD)
    with pytest.raises(SpecError, match=r"nime.yaml: no such file \(did you mean 'mine.yaml'\?\)"):
        load_experiment("nime.yaml")
    (tmp_path / "smoke").write_text(GOOD)
    assert load_experiment("smoke")[1].name == "mine"
    (tmp_path / "d.yaml").mkdir()
    with pytest.raises(SpecError, match=r"d\.yaml: is a folder without saved_model"):
        load_experiment("d.yaml")


@pytest.mark.parametrize("path", sorted(experiments_dir().glob("*.yaml")), ids=lambda p: p.stem)
def test_every_shipped_experiment_is_right(path: Path) -> None:
    _, experiment = load_experiment(str(path))
    assert experiment.name == path.stem
    plan.check(experiment, path)
    found = plan.resolve(experiment, Bench(schema=1), Settings.read({}), path.parent)
    assert [job.id for job in found] == plan.ids(experiment, path.parent) != []
    assert set(experiment.figures.leave_out) <= set(experiment.model_names)


@pytest.mark.parametrize("name", boards())
def test_every_shipped_board_is_right(name: str) -> None:
    board = load_board(name)
    assert board.folder == boards_dir() / name
    assert board.cpu.flags[0] in (f"-mcpu={board.cpu.core}", f"-march={board.cpu.core}")


def test_unknown_board_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown board 'mps2_an38' \(did you mean 'mps2_an386'"):
        load_board("mps2_an38")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("stack: 4K", "stack: 4G"), "key 'stack': must be a size (bytes, 640K or 2M), not '4G'"),
        (("kind: qemu", "kind: qmu"), "key 'target.kind': must be one of 'qemu', 'pyocd', not"),
        (("kind: qemu", "kind: qemu, machin: x"), "unknown key 'target.machin' (did you mean"),
        (("stack: 4K", "stack: 640K"), "stack is larger than the ram region"),
        (
            ("length: 2M", "lenght: 2M"),
            "unknown key 'memory.flash.lenght' (did you mean 'length'?)",
        ),
        (
            ("core: cortex-m4", "core: cortex-m5"),
            "key 'cpu.core': unknown core 'cortex-m5' (did you mean '",
        ),
    ],
)
def test_mistakes_in_a_board(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    good = (boards_dir() / "mps2_an386" / "board.yaml").read_text()
    assert change[0] in good
    path = tmp_path / "board.yaml"
    path.write_text(good.replace(*change))
    with pytest.raises(SpecError) as caught:
        load(path, Board)
    assert message in str(caught.value)
