"""Images for the emulated Cortex-M4: what is in them, and what cannot be built."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from elftools.elf.elffile import ELFFile
from family_tools import require

from hilbench.config.board import Board, boards, load_board
from hilbench.config.optimisation import Optimisation
from hilbench.core.artifacts import EngineSources, Firmware
from hilbench.core.deadline import Deadline
from hilbench.core.errors import BuildError, DeadlineExceeded, DoesNotFit
from hilbench.core.paths import firmware_dir
from hilbench.image import elf, image

pytestmark = pytest.mark.emulator
# A constructor keeps what it mentions from being dropped by the linker.
KEEP = '__attribute__((constructor)) static void keep(void) {{ __asm volatile("" : : "r"({})); }}\n'
DATA = """
#include <stdint.h>

static const uint8_t weights[5000] __attribute__((section(".rodata.weights.w0"))) = {1};
static uint8_t arena[7000] __attribute__((section(".bss.arena"), aligned(16)));
static uint32_t table[250] = {1};

__attribute__((constructor)) static void keep(void)
{
    __asm volatile("" : : "r"(weights), "r"(arena), "r"(table) : "memory");
}
"""


@pytest.fixture(scope="module")
def board() -> Board:
    return load_board("mps2_an386")


def sources(folder: Path, text: str, name: str = "data.c") -> EngineSources:
    """The empty engine and one more file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    base = image.base_sources()
    return replace(base, sources=(*base.sources, folder / name))


def build(made_of: EngineSources, board: Board, folder: Path) -> Firmware:
    return image.build(made_of, board, folder, Deadline.after(100, "building"))


@pytest.fixture(scope="module")
def base(board: Board, tmp_path_factory: pytest.TempPathFactory) -> Firmware:
    return build(image.base_sources(), board, tmp_path_factory.mktemp("base"))


def test_sizes_by_part(base: Firmware, board: Board, tmp_path: Path) -> None:
    found = build(sources(tmp_path, DATA), board, tmp_path / "build").sizes
    assert found.weights_bytes == 5000
    assert found.arena_bytes == 7000
    assert found.stack_bytes == 4096
    assert found.code_bytes == found.flash_bytes - 5000
    # The table is stored in flash and has its place in RAM.
    more_flash = found.flash_bytes - base.sizes.flash_bytes
    assert more_flash == pytest.approx(5000 + 1000, abs=64)
    more_ram = found.ram_bytes - base.sizes.ram_bytes
    assert more_ram == pytest.approx(7000 + 1000, abs=16)


def test_the_base_firmware_is_small(base: Firmware) -> None:
    assert base.sizes.flash_bytes < 4096
    assert base.sizes.ram_bytes - base.sizes.stack_bytes < 3 * 1024


USES = """\
#include <math.h>
#include <string.h>
volatile float number;
int size;
char bytes[64];
__attribute__((constructor)) static void use(void)
{
    number = expf(number);
    memset(bytes, 0, (unsigned)size);
}
"""


def test_functions_of_the_c_library_are_named(base: Firmware, board: Board, tmp_path: Path) -> None:
    said = build(sources(tmp_path, USES), board, tmp_path / "build").c_library
    assert re.match(r"newlib \d.+; libc_nano\.a: .*memset \(\d+ bytes, memset\.o\)", said)
    assert re.search(r"; libm\.a: expf \(\d+ bytes, \w*f_exp\.o\)", said)
    assert re.fullmatch(r"newlib [\d.]+", base.c_library), "the harness needs none"


def test_the_same_image_from_different_folders(board: Board, tmp_path: Path) -> None:
    text = DATA + KEEP.replace("keep", "name").format("__FILE__")
    images = [
        build(sources(tmp_path / name / "engine", text), board, tmp_path / name / "out")
        for name in ("here", "a/much/longer/path")
    ]
    assert images[0].sha256 == images[1].sha256
    assert str(tmp_path).encode() not in images[0].elf.read_bytes()
    assert str(firmware_dir()).encode() not in images[0].elf.read_bytes()


def test_a_copy_of_the_firmware_folder_gives_the_same_image(
    base: Firmware, board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(firmware_dir(), tmp_path / "copy")
    for module in ("image.image", "image.cmake", "config.board"):
        monkeypatch.setattr(f"hilbench.{module}.firmware_dir", lambda: tmp_path / "copy")
    assert build(image.base_sources(), board, tmp_path / "out").sha256 == base.sha256


@pytest.mark.parametrize("name", ["a b", "x,y", "it's", "%s", "#1 (2) {3}", "a&b<c>d", "*~!", "ü"])
def test_folders_of_any_name(base: Firmware, board: Board, tmp_path: Path, name: str) -> None:
    assert build(image.base_sources(), board, tmp_path / name).sha256 == base.sha256


@pytest.mark.parametrize(
    "name", ["a;b", "a$b", "]==]", "a[b", "a|b", 'a"b', "a\\b", "a\nb", "a\x1bb"]
)
def test_folders_that_cmake_would_take_apart(board: Board, tmp_path: Path, name: str) -> None:
    with pytest.raises(BuildError, match=r"^'.*' cannot be handed to CMake: .* \(use a folder"):
        build(image.base_sources(), board, tmp_path / name)


def test_building_again_in_the_same_folder(board: Board, tmp_path: Path) -> None:
    first = build(sources(tmp_path, DATA), board, tmp_path / "build")
    second = build(sources(tmp_path, DATA.replace("{1}", "{2}")), board, tmp_path / "build")
    third = build(sources(tmp_path, DATA), board, tmp_path / "build")
    assert first.sha256 == third.sha256 != second.sha256


@pytest.mark.parametrize(
    ("region", "text"),
    [
        ("ram", "static char big[1 << 20];\n" + KEEP.format("big")),
        ("flash", "static const char big[3 << 20] = {1};\n" + KEEP.format("big")),
    ],
)
def test_what_does_not_fit(board: Board, tmp_path: Path, region: str, text: str) -> None:
    with pytest.raises(DoesNotFit) as caught:
        build(sources(tmp_path, text), board, tmp_path / "build")
    assert caught.value.region == region
    assert 300_000 < caught.value.overflow_bytes < 1_100_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("int f(void) { return nowhere; }", r"^data\.c:1: 'nowhere' undeclared"),
        ("static int unused;", r"^data\.c:1: 'unused' defined but not used"),
        ("int g(void);\n" + KEEP.format("g"), "undefined reference to 'g'"),
        ("#include <stdlib.h>\n" + KEEP.format("malloc(4)"), "undefined reference to '_sbrk'"),
    ],
)
def test_sources_that_do_not_compile_or_link(
    board: Board, tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(BuildError, match=message):
        build(sources(tmp_path, text + "\n"), board, tmp_path / "build")


def test_cpp_is_possible_and_its_flags_are_its_own(board: Board, tmp_path: Path) -> None:
    text = "struct S { S(); int v; } s; S::S() : v(4) {}\n"
    built = build(sources(tmp_path, text, "glue.cc"), board, tmp_path / "build")
    c, harness, cpp, link = built.flags.split("; ")
    assert c.startswith("C: -mcpu=cortex-m4 ") and "-std=c11" in c
    assert harness.startswith("C of the harness: ") and " -Os " in harness
    assert cpp.startswith("C++: -mcpu=cortex-m4 ") and cpp.endswith("-fno-threadsafe-statics")
    assert "-std=c11" not in cpp and "-std=c++17" in cpp
    assert link.startswith("link: -mcpu=cortex-m4 ") and "-Wl,--gc-sections" in link
    assert str(tmp_path) not in built.flags


@pytest.mark.parametrize("level", get_args(Optimisation))
def test_the_flags_are_those_that_the_compiler_says_it_had(
    board: Board, tmp_path: Path, level: Optimisation
) -> None:
    """GCC writes its options into the debug information."""
    deadline = Deadline.after(100, "building")
    built = image.build(image.base_sources(), board, tmp_path, deadline, level)
    with built.elf.open("rb") as file:
        units = ELFFile(file).get_dwarf_info().iter_CUs()
        said = {unit.get_top_DIE().attributes["DW_AT_producer"].value.decode() for unit in units}
    recorded = dict(part.split(": ") for part in built.flags.split("; "))
    ours = [words.split() for words in said if "-std=c11" in words]
    only_harness = "-fno-tree-loop-distribute-patterns"
    assert {only_harness in words for words in ours} == {True, False}
    for words in ours:
        group, expected = ("C of the harness", "-Os") if only_harness in words else ("C", level)
        kept = {flag for flag in recorded[group].split() if not flag.startswith("-W")}
        assert kept <= set(words)
        assert [word for word in words if word.startswith("-O")] == [expected]


def test_a_build_that_takes_too_long(board: Board, tmp_path: Path) -> None:
    with pytest.raises(DeadlineExceeded, match="building took longer"):
        image.build(image.base_sources(), board, tmp_path, Deadline.after(0.01, "building"))


@pytest.mark.parametrize("name", boards())
def test_every_board_builds(name: str, tmp_path: Path) -> None:
    board = require(load_board(name))
    built = build(image.base_sources(), board, tmp_path)
    with built.elf.open("rb") as file:
        program = ELFFile(file)
        flash = board.memory.flash.origin
        vectors = next(s for s in program.iter_segments() if s["p_paddr"] == flash)
        if board.family.name != "cortex_m":
            assert program.header["e_entry"] == board.memory.flash.origin
            return
        stack, reset = (int.from_bytes(vectors.data()[i : i + 4], "little") for i in (0, 4))
        assert stack == board.memory.ram.origin + board.stack
        assert reset == program.header["e_entry"]


def test_addresses_become_source_lines(base: Firmware) -> None:
    with base.elf.open("rb") as file:
        symbols = ELFFile(file).get_section_by_name(".symtab")
        address = symbols.get_symbol_by_name("engine_invoke")[0]["st_value"]
    locate = elf.locator(base.elf)
    lines = (firmware_dir() / "base" / "no_engine.c").read_text().splitlines()
    line = 1 + lines.index("int engine_invoke(void)")
    assert locate(address) in {f"engine_invoke at no_engine.c:{line + i}" for i in range(4)}
    assert locate(0xFFFF0000) == ""


def test_of_two_lines_at_an_address_the_last_one_holds(tmp_path: Path) -> None:
    """As where inlined code begins: the first operator of a profile was nobody's."""
    lines = ".loc 1 20 0\n.loc 1 10 0 view .LVU1\nnop\n.loc 1 21 0\nbx lr\n"
    head = '.thumb\n.file 1 "a.c"\n.thumb_func\n.type f, %function\nf:\n'
    (tmp_path / "a.s").write_text(f"{head}{lines}.size f, . - f\n")
    subprocess.run(["arm-none-eabi-as", "a.s", "-o", "a.o"], cwd=tmp_path, check=True)
    locate = elf.locator(tmp_path / "a.o")
    assert [locate(address) for address in (1, 2)] == ["f at a.c:10", "f at a.c:21"]
