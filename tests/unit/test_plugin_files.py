"""What the plugin is told and what it says: both files, without QEMU."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hilbench.arch import cortex_m
from hilbench.config.chip import MemoryTiming
from hilbench.config.core import load_core
from hilbench.core.deadline import Deadline
from hilbench.core.errors import TargetError
from hilbench.core.store import Store
from hilbench.cycles import config, shared_object, windows
from hilbench.cycles.config import Image, Range, disjoint

IMAGE = Image(
    flash=Range(0x08000000, 0x08200000),
    ram=Range(0x20000000, 0x200A0000),
    stack=Range(0x20000000, 0x20001000),
    start_mark=Range(0x08000100, 0x08000110),
    end_mark=0x08000110,
    functions=(Range(0x08000100, 0x08000110), Range(0x08000110, 0x08000140)),
)


def test_the_configuration_is_plain_lines(tmp_path: Path) -> None:
    path = tmp_path / "config"
    memory = MemoryTiming(wait_states=5, read_bytes=8, prefetch=True)
    config.write(path, load_core("cortex-m4"), memory, IMAGE, tmp_path / "out")
    lines = path.read_text().splitlines()
    assert "kind load 2 0 0 1 1 0" in lines
    assert "kind load_multiple_pc 1 1 3 0 0 0" in lines
    assert "kind fpu_divide 1 0 0 0 0 14" in lines
    assert "fetch_buffer 3" in lines
    assert "wait_states 5" in lines
    assert "prefetch 1" in lines
    assert "flash 0x8000000 0x8200000" in lines
    assert "end_mark 0x8000110" in lines
    assert lines[-2:] == ["function 0x8000110 0x8000140", f"output {tmp_path / 'out'}"]


def test_commas_in_paths_are_doubled_for_qemu() -> None:
    assert config.arguments(Path("/a,b/p.so"), Path("/c")) == [
        "-plugin",
        "file=/a,,b/p.so,config=/c",
    ]


def test_functions_are_sorted_and_aliases_left_out() -> None:
    ranges = [Range(8, 12), Range(0, 4), Range(8, 10), Range(4, 4), Range(11, 20)]
    assert disjoint(ranges) == (Range(0, 4), Range(8, 12))


def record(**changes: Any) -> dict[str, Any]:
    return {
        "window": 0,
        "instructions": 10,
        "cycles": 14,
        "taken_branches": 2,
        "kinds": {"alu": 8, "branch": 2},
        "loads": {"flash": 1, "ram": 2, "other": 0},
        "stores": {"flash": 0, "ram": 3, "other": 0},
        "unaligned": 0,
        "unaligned_at": 0,
        "stack_low": 0x20000F00,
        "breakdown": {
            "issue": 10, "address": 1, "unaligned": 0, "fpu": 0, "refill": 2, "fetch": 0, "data": 1,
        },
        "flash_reads": {"instruction": 4, "data": 1},
        "calls": [[3, -1, 0, 0, 6, 8], [7, 3, 0x08000104, 1, 4, 6]],
        **changes,
    }  # fmt: skip


def write(path: Path, *records: dict[str, Any], rest: str = "") -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in records) + rest)
    return path


def test_windows_are_read_in_order(tmp_path: Path) -> None:
    first, second = windows.read(write(tmp_path / "w", record(), record(window=1, cycles=15)))
    assert (first.cycles, second.cycles) == (14, 15)
    assert first.loads == windows.Accesses(flash=1, ram=2, other=0)
    assert first.breakdown.refill == 2
    assert (first.instruction_reads, first.data_reads) == (4, 1)


def test_parents_become_positions(tmp_path: Path) -> None:
    """The plugin numbers its nodes over all windows."""
    (window,) = windows.read(write(tmp_path / "w", record()))
    root, child = window.calls
    assert (root.parent, root.function, root.cycles) == (-1, 0, 8)
    assert (child.parent, child.site, child.instructions) == (0, 0x08000104, 4)


def test_a_line_still_being_written_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "w", record(), rest='{"window": 1, "instr')
    assert len(windows.read(path)) == 1


@pytest.mark.parametrize("text", ["{}\n", "no json\n", "[]\n", '{"window": 0, "loads": 3}\n'])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "w"
    path.write_text(text)
    with pytest.raises(TargetError, match="the plugin's record cannot be read"):
        windows.read(path)


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="No such file"):
        windows.read(tmp_path / "none")


def test_without_qemu_there_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    plugin = shared_object.ensure_plugin(
        Store(tmp_path), cortex_m.EMULATOR, Deadline.after(5, "plugin")
    )
    assert plugin == shared_object.Plugin(None, "qemu-system-arm is not installed")


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("gcc", "qemu", "reason"),
    [
        ("echo 'plugin.c:1: error: oops'; exit 1", "", "the plugin does not compile: plugin.c:1"),
        (
            'while [ "$1" != -o ]; do shift; done; : > "$2"',
            "echo 'qemu: -plugin: invalid option'; exit 1",
            "QEMU does not load the plugin: qemu: -plugin: invalid option",
        ),
    ],
)
def test_a_machine_that_cannot_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gcc: str, qemu: str, reason: str
) -> None:
    version = '[ "$1" = --version ] && echo 1.0 && exit 0'
    script(tmp_path / "gcc", f"{version}\n{gcc}")
    script(tmp_path / "qemu-system-arm", f"{version}\n{qemu}")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    plugin = shared_object.ensure_plugin(
        Store(tmp_path / "cache"), cortex_m.EMULATOR, Deadline.after(30, "plugin")
    )
    assert plugin.path is None
    assert plugin.reason.startswith(reason)
