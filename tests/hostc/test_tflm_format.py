"""The glue's printf, beside Python's: what TFLM's messages look like in a record."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import hilbench.engines.tflm

GLUE = Path(hilbench.engines.tflm.__file__).parent / "glue"
WRAPPER = """\
#include "format.h"

int say(char *buffer, size_t size, const char *text, ...)
{
    va_list arguments;

    va_start(arguments, text);
    const int length = format(buffer, size, text, arguments);
    va_end(arguments);
    return length;
}
"""


@pytest.fixture(scope="module")
def say(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    folder = tmp_path_factory.mktemp("format")
    wrapper, library = folder / "wrapper.c", folder / "format.so"
    wrapper.write_text(WRAPPER)
    command = ["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"]
    sources = [str(wrapper), str(GLUE / "format.c")]
    subprocess.run([*command, f"-I{GLUE}", *sources, "-o", str(library)], check=True)
    function = ctypes.CDLL(str(library)).say
    function.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p]

    def call(text: str, *arguments: object, size: int = 100) -> str:
        buffer = ctypes.create_string_buffer(size + 1)
        buffer.raw = b"#" * (size + 1)
        length = function(buffer, size, text.encode(), *arguments)
        assert buffer.raw[size : size + 1] == b"#"
        assert length >= len(buffer.value)
        return buffer.value.decode()

    return call


@pytest.mark.parametrize("value", [0, 7, -1, 2**31 - 1, -(2**31)])
def test_integers(say: Callable[..., str], value: int) -> None:
    assert say("%d|%i|%5d", value, value, value) == f"{value}|{value}|{value}"


def test_unsigned_hexadecimal_and_sizes(say: Callable[..., str]) -> None:
    assert say("%u %x %zu", 2**32 - 1, 0xABC, ctypes.c_size_t(12)) == "4294967295 abc 12"
    assert say("%llu", ctypes.c_uint64(2**64 - 1)) == str(2**64 - 1)


def test_words_and_characters(say: Callable[..., str]) -> None:
    assert say("Node %s (%c) %% %s", b"ADD", b"x"[0], None) == "Node ADD (x) % (null)"


@pytest.mark.parametrize("value", [0.0, 0.5, -3.14159, 1234.5678, 0.0004, -0.9999])
def test_reals_have_three_decimals(say: Callable[..., str], value: float) -> None:
    assert say("%f", ctypes.c_double(value)) == f"{value:.3f}"


def test_reals_beyond_reason(say: Callable[..., str]) -> None:
    assert say("%g %f", ctypes.c_double(float("nan")), ctypes.c_double(1e30)) == "(large) (large)"


def test_no_more_than_fits(say: Callable[..., str]) -> None:
    assert say("%s", b"abcdefgh", size=4) == "abc"
    assert say("ends in %", size=20) == "ends in "
