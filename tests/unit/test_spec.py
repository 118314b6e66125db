"""Every mistake in a YAML file is one line with file, line, key and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from hilbench.config.board import Board, boards, boards_dir, load_board
from hilbench.config.experiment import Experiment, load_experiment
from hilbench.config.load import load
from hilbench.core.errors import SpecError, UsageError
from hilbench.core.paths import experiments_dir
from hilbench.pipeline.matrix import jobs

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
    assert experiment.models == ("simple_0",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("epochs", "epoch"), "/e.yaml:9: unknown key 'training.epoch' (did you mean 'epochs'?)"),
        (("training:", "titel: x\ntraining:"), "/e.yaml:8: unknown key 'titel' (did you mean 'ti"),
        (("title: Mine\n", ""), "/e.yaml:1: key 'title' is missing"),
        (("epochs: 2", "epochs: two"), "/e.yaml:9: key 'training.epochs': Input should be a valid"),
        (("epochs: 2", "epochs: -1"), "/e.yaml:9: key 'training.epochs': Input should be greater"),
        (("schema: 1", "schema: 2"), "/e.yaml:1: key 'schema': Input should be 1"),
        (("[simple_0]", "[lstm, lstm]"), "/e.yaml:4: key 'models': named twice: lstm"),
        (("[simple_0]", "[]"), "/e.yaml:4: key 'models': Tuple should have at least 1 item"),
        (("[simple_0]", "[simple_0"), "not valid YAML"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    assert message in refuse(tmp_path, GOOD.replace(*change))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a mapping is expected, not an empty file"),
        ("- a\n- b\n", "a mapping is expected, not a list"),
        ("just words\n", "a mapping is expected, not a single str"),
        ("a: 1\na: 2\n", "not valid YAML"),
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


@pytest.mark.parametrize("path", sorted(experiments_dir().glob("*.yaml")), ids=lambda p: p.stem)
def test_every_shipped_experiment_is_right(path: Path) -> None:
    experiment = load(path, Experiment)
    assert experiment.name == path.stem
    assert jobs(experiment)
    assert set(experiment.figures.leave_out) <= set(experiment.models)


@pytest.mark.parametrize("name", boards())
def test_every_shipped_board_is_right(name: str) -> None:
    board = load_board(name)
    assert board.folder == boards_dir() / name
    assert board.cpu.flags[0] == f"-mcpu={board.cpu.core}"


def test_unknown_board_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown board 'mps2_an38' \(did you mean 'mps2_an386'"):
        load_board("mps2_an38")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("stack: 4K", "stack: 4G"), "key 'stack'"),
        (("stack: 4K", "stack: 640K"), "stack is larger than the ram region"),
        (
            ("length: 2M", "lenght: 2M"),
            "unknown key 'memory.flash.lenght' (did you mean 'length'?)",
        ),
        (("core: cortex-m4", "core: cortex-m5"), "key 'cpu.core'"),
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
