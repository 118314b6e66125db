"""The user's bench file."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from hilbench.config.bench import Attachment, Bench, Pack, load_bench
from hilbench.config.board import boards
from hilbench.config.load import Strict
from hilbench.config.probe import PyocdTarget
from hilbench.core.errors import SpecError, TargetError
from hilbench.core.paths import firmware_dir
from hilbench.core.settings import Settings

TWO = """\
schema: 1
boards:
- {board: nucleo_l4r5zi, probe: "066A", chip_id: 0x470}
- {board: nucleo_l4r5zi, probe: "066B", serial: "FT12", port: /dev/ttyUSB0}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "bench.yaml"
    monkeypatch.setenv("HILBENCH_BENCH", str(path))
    return path


def test_entries_of_a_board(file: Path) -> None:
    file.write_text(TWO)
    first, second = load_bench(Settings.read()).of("nucleo_l4r5zi")
    assert (first.probe, first.console, first.chip_id) == ("066A", "066A", 0x470)
    assert (second.console, second.port) == ("FT12", "/dev/ttyUSB0")
    assert load_bench(Settings.read()).of("mps2_an386") == ()


def test_no_file_is_an_empty_bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HILBENCH_BENCH", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert load_bench(Settings.read()) == Bench(schema=1)


def test_a_file_that_was_named_must_be_there(file: Path) -> None:
    """An empty bench instead would run the jobs somewhere else."""
    with pytest.raises(SpecError, match=r"no such bench file.*HILBENCH_BENCH.*boards discover"):
        load_bench(Settings.read())
    file.symlink_to(file.with_name("gone"))
    with pytest.raises(SpecError, match="No such file"):
        load_bench(Settings.read())


def test_default_place_follows_xdg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HILBENCH_BENCH", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", "/somewhere")
    assert Settings.read().bench == Path("/somewhere/hilbench/bench.yaml")


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (
            "[{board: mps2_an386, probe: p}, {board: netduinoplus2, probe: p}]",
            "a probe appears twice",
        ),
        (
            "[{board: mps2_an386, probe: p, port: /dev/x}, "
            "{board: mps2_an386, probe: q, port: /dev/x}]",
            "a console appears twice",
        ),
        (
            "[{board: mps2_an386, probe: p, serial: q}, {board: mps2_an386, probe: q, serial: p}]",
            "serial 'q' of probe 'p' is that of another probe",
        ),
        (
            "[{board: mps2_an386, probe: p}, {board: mps2_an386, probe: q, emulated_by: renode}]",
            "board 'mps2_an386' is driven by one target, not by pyocd and renode",
        ),
        (
            "[{board: mps2_an386, probe: p, target: mine, emulated_by: qemu}]",
            "either a target or is emulated_by",
        ),
        ("[{board: mps2_an386, prob: p}]", "unknown key"),
        (
            "[{board: mps2_an38, probe: p}]",
            r":2: .*unknown board 'mps2_an38' .did you mean 'mps2_an386'",
        ),
        ("[{board: mps2_an386, probe: p, connect_mode: gently}]", "connect_mode"),
    ],
)
def test_mistakes_are_refused(file: Path, entries: str, message: str) -> None:
    file.write_text(f"schema: 1\nboards: {entries}\n")
    with pytest.raises(SpecError, match=message) as caught:
        load_bench(Settings.read())
    assert str(file) in str(caught.value)


def test_pack_is_used_only_if_it_is_the_one_named(tmp_path: Path) -> None:
    pack = tmp_path / "chip.pack"
    with pytest.raises(TargetError, match="does not exist"):
        Pack(path=str(pack), sha256="0" * 64).checked()
    pack.write_bytes(b"pack")
    with pytest.raises(TargetError, match="SHA-256"):
        Pack(path=str(pack), sha256="0" * 64).checked()
    right = hashlib.sha256(b"pack").hexdigest()
    assert Pack(path=str(pack), sha256=right).checked() == pack


PAGE = firmware_dir().parent / "docs" / "boards.md"


@pytest.mark.parametrize("number", range(4))
def test_the_examples_of_the_guide_are_valid(number: int, file: Path) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 4
    file.write_text(examples[number])
    (entry,) = load_bench(Settings.read()).boards
    assert entry.board in boards()


@pytest.mark.parametrize(
    ("heading", "model"),
    [("| key | meaning |", Attachment), ("| key of the target | meaning |", PyocdTarget)],
)
def test_the_guide_explains_every_key(heading: str, model: type[Strict]) -> None:
    rows = PAGE.read_text(encoding="utf-8").split(heading)[1].split("\n\n")[0].splitlines()[2:]
    keys = {key for row in rows for key in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert keys == set(model.model_fields)
