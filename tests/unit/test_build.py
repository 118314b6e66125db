"""The parts of a build that need no compiler."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hilbench.config.board import Board, Cpu, boards, load_board
from hilbench.core.errors import BuildError, DoesNotFit, MissingTool
from hilbench.image import cmake, config, elf, flags, image, libraries, linker
from hilbench.image.programs import program

LOG = """\
[3/9] Building C object CMakeFiles/firmware.dir/engine.c.obj
FAILED: [code=1] CMakeFiles/firmware.dir/engine.c.obj
/usr/bin/arm-none-eabi-gcc -I/somewhere -o engine.c.obj -c /somewhere/engine.c
{}
ninja: build stopped: subcommand failed.
"""


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            "In file included from /somewhere/a.h:3,\n"
            "/somewhere/engine.c:12:5: error: 'x' undeclared (first use in this function)\n"
            "/somewhere/engine.c:13:5: error: 'y' undeclared",
            "engine.c:12: 'x' undeclared (first use in this function)",
        ),
        ("/a/b.c:1:10: fatal error: nope.h: No such file", "b.c:1: nope.h: No such file"),
        ("/a/b.s:7: Error: bad instruction `foo r0'", "b.s:7: bad instruction `foo r0'"),
        (
            "ld: engine.c.obj: in function `engine_invoke':\n"
            "engine.c:(.text.engine_invoke+0x4): undefined reference to `add_s8'",
            "undefined reference to 'add_s8'",
        ),
        ("the disk melted", "the build ended with exit status 1: ninja: build stopped"),
    ],
)
def test_the_first_error_of_a_log(said: str, message: str) -> None:
    error = cmake.error_in(LOG.format(said), "exit status 1")
    assert str(error).startswith(message)
    assert type(error) is BuildError


def test_an_overflow_names_the_region() -> None:
    said = "ld: region `ram' overflowed by 361632 bytes\ncollect2: error: ld returned 1 exit status"
    error = cmake.error_in(LOG.format(said), "exit status 1")
    assert isinstance(error, DoesNotFit)
    assert (error.region, error.overflow_bytes) == ("ram", 361632)
    assert error.status == "does_not_fit"


@pytest.mark.parametrize("name", boards())
def test_linker_script_and_header_of_every_board(name: str) -> None:
    board = load_board(name)
    script = linker.script(board)
    assert f"ORIGIN = {board.memory.flash.origin:#010x}" in script
    assert f"LENGTH = {board.memory.ram.length}\n" in script
    assert f". += {board.stack};" in script
    header = config.header(board)
    assert f'#define BOARD_NAME "{name}"\n' in header
    assert f"#define BOARD_COUNTER_HZ {board.counter.hz:#x}u\n" in header


def test_kernels_of_the_best_instruction_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kernels").mkdir()
    for name in (
        "add__ref.c",
        "add__dsp.c",
        "mul__ref.c",
        "conv__ref.c",
        "conv__dsp.c",
        "conv__mve.c",
        "fc__ref.c",
        "fc__vfp.c",
    ):
        (tmp_path / "kernels" / name).touch()
    monkeypatch.setattr(image, "firmware_dir", lambda: tmp_path)
    choose = lambda name, *isa: image.kernel_source(name, isa).name  # noqa: E731
    assert choose("add") == "add__ref.c"
    assert choose("add", "dsp") == "add__dsp.c"
    assert choose("mul", "dsp", "mve") == "mul__ref.c"
    assert choose("fc", "dsp", "vfp") == "fc__vfp.c"
    assert choose("conv", "dsp", "mve") == "conv__mve.c"
    with pytest.raises(BuildError, match=r"there is no kernel 'sub' \(no sub__ref\.c\)"):
        choose("sub", "dsp")


def test_an_fpu_has_kernels_of_its_own() -> None:
    assert load_board("mps2_an386").cpu.instruction_sets == ("dsp", "vfp")
    assert Cpu(core="cortex-m4", isa=("dsp",)).instruction_sets == ("dsp",)


def test_the_fingerprint_changes_with_what_shapes_an_image(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(image, "compiler_version", lambda _: "gcc 1")
    board = load_board("mps2_an386")
    before = image.fingerprint(board)
    assert image.fingerprint(board) == before
    assert image.fingerprint(changed(board, stack=8192)) != before
    assert image.fingerprint(changed(board, clock_hz=1)) != before
    assert image.fingerprint(load_board("nucleo_l4r5zi")) != before
    assert image.fingerprint(board, "-Os") != before == image.fingerprint(board, "-O3")
    monkeypatch.setattr(image, "compiler_version", lambda _: "gcc 2")
    assert image.fingerprint(board) != before


LINK = ": && /opt/gcc -mcpu=x -T/a/b.ld -Wl,--gc-sections 'a b.obj' -o firmware.elf  -lm && :"


def record(folder: Path, *commands: tuple[str, str]) -> Path:
    entries = [{"directory": "/", "file": file, "command": line} for file, line in commands]
    (folder / "compile_commands.json").write_text(json.dumps(entries))
    return folder


def test_flags_are_read_per_language(tmp_path: Path) -> None:
    c = "/opt/gcc -I'/a b/c' -isystem '/x y' '-DA=b c' -O2 -ffile-prefix-map=/a=b -o x -c /a.c"
    cpp = "/opt/g++ -I/a -Os -std=c++17 -o x -c /a.cc"
    folder = record(tmp_path, ("/a.c", c), ("/b.c", c.replace("/a.c", "/b.c")), ("/a.cc", cpp))
    assert flags.given(folder, LINK) == (
        "C: -DA=b c -O2; C++: -Os -std=c++17; link: -mcpu=x -Wl,--gc-sections -lm"
    )


def test_flags_of_kernels_stand_apart(tmp_path: Path) -> None:
    kernel = "gcc -O2 -falign-functions=32 -c /firmware/kernels/k.c"
    folder = record(tmp_path, ("/a.c", "gcc -O2 -c /a.c"), ("/firmware/kernels/k.c", kernel))
    assert flags.given(folder, LINK).startswith("C: -O2; C of kernels: -O2 -falign-functions=32; ")


def test_flags_of_the_harness_stand_apart(tmp_path: Path) -> None:
    loop = "gcc -O2 -Os -o CMakeFiles/harness.dir/runtime/bench.c.obj -c /firmware/runtime/bench.c"
    folder = record(tmp_path, ("/a.c", "gcc -O2 -c /a.c"), ("/firmware/runtime/bench.c", loop))
    assert flags.given(folder, LINK).startswith("C: -O2; C of the harness: -O2 -Os; ")


def test_flags_that_differ_within_a_language_are_no_record(tmp_path: Path) -> None:
    folder = record(tmp_path, ("/a.c", "gcc -O2 -c /a.c"), ("/b.c", "gcc -O3 -c /b.c"))
    with pytest.raises(BuildError, match=r"^C sources of one image were compiled with different"):
        flags.given(folder, LINK)
    (folder / "compile_commands.json").write_text("{")
    with pytest.raises(BuildError, match=r"^CMake left no readable compile_commands\.json"):
        flags.given(folder, LINK)


def changed(board: Board, **values: object) -> Board:
    return board.model_copy(update=values)


def test_a_missing_program_names_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool) as caught:
        program("arm-none-eabi-gcc")
    assert str(caught.value).startswith(
        "arm-none-eabi-gcc is not installed (apt-get install gcc-arm-none-eabi"
    )


def test_sizes_of_a_file_that_is_no_elf(tmp_path: Path) -> None:
    path = tmp_path / "firmware.elf"
    path.write_bytes(b"not at all")
    with pytest.raises(BuildError, match=r"firmware\.elf is not an ELF file"):
        elf.sizes(path, load_board("mps2_an386"))


def test_members_of_the_c_library_in_a_map() -> None:
    said = """\
Archive member included to satisfy reference by file (symbol)

/usr/lib (x)/hard/libm.a(lib_a-wf_exp.o)
                              CMakeFiles/firmware.dir/exp.c.obj (expf)
/usr/lib (x)/hard/libm.a(lib_a-ef_exp.o)
                              /usr/lib (x)/hard/libm.a(lib_a-wf_exp.o) (__ieee754_expf)
libc_nano.a(memcpy.o)         a.obj (memcpy)
/home/me/libtensorflow-microlite.a(add.cc.o) a.obj (_ZN6tflite12Register_ADDEv)

Discarded input sections

Linker script and memory map

/usr/lib/libm.a(lib_a-wf_log.o)
                              a.obj (logf)
"""
    assert libraries.taken(said) == [
        ("libm.a", "lib_a-wf_exp.o", "expf"),
        ("libm.a", "lib_a-ef_exp.o", "__ieee754_expf"),
        ("libc_nano.a", "memcpy.o", "memcpy"),
    ]
