"""How an archive was built is read from it: archives as TFLM's, by the cross compiler."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from hilbench.core import hashing
from hilbench.core.errors import BuildError
from hilbench.engines.tflm import built

CPU = ("-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16")
SOURCES = {
    "common.c": """
        const char *TfLiteTypeGetName(int type) { return type ? "a" : "b"; }
        #ifndef TF_LITE_STATIC_MEMORY
        void TfLiteTensorRealloc(void) {}
        #endif""",
    "core.cc": """
        #include <cassert>
        namespace tflite {
        class MicroInterpreter { public: int Invoke(); };
        int MicroInterpreter::Invoke() { return 0; }
        int ParseAdd(const void *op) { assert(op); return 0; }
        }
        #ifndef TF_LITE_STRIP_ERROR_STRINGS
        void MicroPrintf(const char *, ...) {}
        #endif""",
    "fully_connected.cc": """
        extern "C" int arm_fully_connected_s8(int);
        namespace tflite {
        int Register_FULLY_CONNECTED() { return arm_fully_connected_s8(1); }
        int Register_FULLY_CONNECTED_INT8() { return arm_fully_connected_s8(2); }
        }""",
    "tanh.cc": "namespace tflite { int Register_TANH() { return 1; } }",
    "arm_fully_connected_s8.c": "int arm_fully_connected_s8(int x) { return x + 1; }",
}


def build(folder: Path, options: Sequence[str], kernels: Sequence[str] = ()) -> str:
    """What is said of an archive of SOURCES; `kernels` are further options of theirs."""
    folder.mkdir()
    objects = []
    for name, text in SOURCES.items():
        (folder / name).write_text(text)
        more = kernels if "Register" in text else ()
        objects.append(f"{name}.o")
        compiler = "arm-none-eabi-g++" if name.endswith(".cc") else "arm-none-eabi-gcc"
        _run([compiler, *CPU, *options, *more, "-c", name, "-o", objects[-1]], folder)
    _run(["arm-none-eabi-ar", "rcs", "lib.a", *objects], folder)
    found = built.read(folder / "lib.a", hashing.of_file(folder / "lib.a"))
    assert found.static_memory == ("-DTF_LITE_STATIC_MEMORY" in options)
    return found.said


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True)


def test_builds_are_told_apart(tmp_path: Path) -> None:
    fast = build(tmp_path / "fast", ["-O3"])
    compiler, *rest = fast.split("; ")
    assert compiler.startswith("GCC 1")
    assert rest == [
        "optimisation -O2 or -O3",
        "checks on",
        "messages kept",
        "without TF_LITE_STATIC_MEMORY",
        "memcpy of the C library",
        "CMSIS-NN for FULLY_CONNECTED",
        "reference kernels for the rest (1)",
    ]
    small = build(tmp_path / "small", ["-Os"])
    assert small == fast.replace("-O2 or -O3", "-Os")


def test_what_dwarf_and_defines_say(tmp_path: Path) -> None:
    defines = ["-DNDEBUG", "-DTF_LITE_STATIC_MEMORY", "-DTF_LITE_STRIP_ERROR_STRINGS"]
    said = build(tmp_path / "release", ["-g", "-Os", *defines], ["-O3"])
    assert said.split("; ")[1:5] == [
        "optimisation -Os of CMSIS-NN, -O3 of kernels, -Os of the rest",
        "checks off (NDEBUG)",
        "messages left out (TF_LITE_STRIP_ERROR_STRINGS)",
        "TF_LITE_STATIC_MEMORY",
    ]
    assert build(tmp_path / "lto", ["-O3", "-flto", "-ffat-lto-objects"]).count("link-time") == 1


def test_what_cannot_be_told_is_unknown_and_broken_objects_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "lib.a"
    for name in ("a.s", "b.s"):
        (tmp_path / name).write_text(".global f\n.thumb_func\nf: bx lr\n")
    _run(["arm-none-eabi-as", "a.s", "-o", "a.o"], tmp_path)
    _run(["arm-none-eabi-ar", "rcs", "lib.a", "a.o"], tmp_path)
    assert built.read(path, "1").said.split("; ") == [
        "unknown", "optimisation unknown", "checks unknown", "messages unknown",
        "TF_LITE_STATIC_MEMORY unknown", "memcpy of the C library", "kernels unknown",
    ]  # fmt: skip
    content = bytearray((tmp_path / "a.o").read_bytes())
    content[32:36] = b"\xff\xff\xff\x7f"  # e_shoff
    (tmp_path / "a.o").write_bytes(content)
    path.unlink()
    _run(["arm-none-eabi-ar", "qS", "lib.a", "a.o"], tmp_path)
    with pytest.raises(BuildError, match="holds an object file that is broken"):
        built.read(path, "2")
