"""A board.yaml is data: nothing in it reaches a compiler, CMake or QEMU as anything else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hilbench.config import board as spec
from hilbench.core.doors import PROJECT_FILE
from hilbench.core.errors import SpecError, UsageError

GOOD = (spec.boards_dir() / "mps2_an386" / "board.yaml").read_text(encoding="utf-8")
CMAKE = r'"x]==] )\nfile(WRITE \"PWN\" \"..\")\nset(U [==[y"'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where boards are looked for: one folder `mine`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / PROJECT_FILE).touch()
    mine = tmp_path / "boards" / "mine"
    mine.mkdir(parents=True)
    return mine


def write(folder: Path, *change: str) -> None:
    text = GOOD.replace("name: mps2_an386", f"name: {folder.name}")
    if change:
        assert change[0] in text
        text = text.replace(*change, 1)
    (folder / "board.yaml").write_text(text, encoding="utf-8")


def refusal(folder: Path, name: str = "mine") -> str:
    with pytest.raises(SpecError) as caught:
        spec.load_board(name)
    said = str(caught.value)
    assert said.startswith(str(folder / "board.yaml")) and "\n" not in said
    return said


def test_the_good_one_is_good(folder: Path) -> None:
    write(folder)
    assert spec.load_board("mine").uart_source.name == "semihosting.c"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("fpu: fpv4-sp-d16", f"fpu: {CMAKE}", "cpu"),
        ("fpu: fpv4-sp-d16", 'fpu: "fpv4-sp-d16;-include;/etc/hostname"', "cpu"),
        ("fpu: fpv4-sp-d16", 'fpu: "fpv4-sp-d16;-wrapper;/bin/sh,-c,touch PWN"', "cpu"),
        ("isa: [dsp]", 'isa: ["../../x"]', "cpu"),
        ("core: cortex-m4", 'core: "cortex-m4 -wrapper"', "cpu.core"),
        ("core: cortex-m4", "core: host", "cpu.core"),
        ("driver: semihosting", f"driver: {CMAKE}", "uart.driver"),
        ("driver: semihosting", "driver: ../../../evil", "uart.driver"),
        ("driver: semihosting", "driver: /etc/evil", "uart.driver"),
        ("driver: semihosting", "driver: nosuch", "uart.driver"),
        ("driver: cmsdk", f"driver: {CMAKE}", "counter.driver"),
        ("driver: cmsdk", "driver: cmdsk", "counter.driver"),
        ("machine: mps2-an386", 'machine: "mps2-an386,dumpdtb=FILE"', "target.machine"),
        ("machine: mps2-an386", 'machine: "-h"', "target.machine"),
        ("origin: 0x20000000", "origin: 0x120000000", "memory.ram.origin"),
        ("length: 2M", "length: 0", "memory.flash"),
        ("hz: 25000000, unit", "hz: 0, unit", "counter.hz"),
        ("name: zero_wait_m4", "name: ../../x", "chip"),
        ("cpu:", "arch: riscv\ncpu:", ""),
    ],
)
def test_what_it_says_is_one_of_a_list_or_of_a_narrow_form(
    folder: Path, old: str, new: str, key: str
) -> None:
    write(folder, old, new)
    said = refusal(folder) if "../../x" not in new or "isa" in new else refusal_of_a_chip()
    assert key in said


def refusal_of_a_chip() -> str:
    with pytest.raises(spec.SpecError.__mro__[1]) as caught:
        spec.load_board("mine")
    return str(caught.value)


@pytest.mark.parametrize("name", ['a"b', "a*", "A", "a b", "$(touch PWN)", "ü"])
def test_the_name_of_the_folder_as_well(folder: Path, name: str) -> None:
    other = folder.parent / name
    other.mkdir()
    text = GOOD.replace("name: mps2_an386", f"name: '{name}'")
    (other / "board.yaml").write_text(text, encoding="utf-8")
    said = refusal(other, name)
    assert re.search(r"board\.yaml:\d+: key 'name': must be a name of a-z, 0-9 and _", said)


def test_a_core_that_is_not_the_chips(folder: Path) -> None:
    write(folder, "core: cortex-m4", "core: cortex-m7")
    assert "key 'chip.name': zero_wait_m4 has a cortex-m4, the board a cortex-m7" in refusal(folder)


def test_drivers_in_the_boards_own_folder(folder: Path) -> None:
    write(folder, "driver: semihosting", "driver: own")
    (folder / "uart").mkdir()
    (folder / "uart" / "own.c").touch()
    assert spec.load_board("mine").uart_source == folder / "uart" / "own.c"
    (folder / "counter").mkdir()
    (folder / "counter" / "cmsdk.c").touch()
    assert "key 'counter.driver': two drivers 'cmsdk'" in refusal(folder)


def test_two_boards_of_one_name(folder: Path) -> None:
    twin = folder.parent / "mps2_an386"
    twin.mkdir()
    write(twin)
    with pytest.raises(UsageError, match=r"two boards are named 'mps2_an386': one in hilbench .*"):
        spec.load_board("mine")
