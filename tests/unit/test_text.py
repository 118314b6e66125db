"""Text of others is harmless where it enters and where it leaves."""

from __future__ import annotations

import unicodedata

import pytest

from hilbench.cli import console
from hilbench.core.errors import JobError, SpecError
from hilbench.core.text import counted, one_line, printable, said

DIRECTION = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def test_nothing_that_moves_a_cursor_or_turns_text_around_passes() -> None:
    for code in range(0x110000):
        character = chr(code)
        harmful = (
            unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
            or unicodedata.bidirectional(character) in DIRECTION
            or character in "\u200e\u200f\u061c"
        )
        if harmful and character not in "\n\t":
            assert printable(character) == "\ufffd", hex(code)
        elif code not in (0xFFFE, 0xFFFF):
            assert printable(character) == character, hex(code)


def test_lines_end_as_lines_do() -> None:
    assert printable("a\r\nb\rc") == "a\nb\ufffdc"
    assert one_line(" a\n\tb \x1b[2J") == "a b \ufffd[2J"


def test_errors_carry_no_control_characters() -> None:
    error = JobError("device: \x1b]0;title\x07", remedy="see \x9b2J")
    assert str(error) == "device: \ufffd]0;title\ufffd (see \ufffd2J)"
    assert "\x1b" not in str(SpecError("a\x1b.yaml:1", "x"))


def test_the_terminal_gets_none_either(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_table(["name\x1b"], [["\x1b[2J:bomb:[bold]"]])
    console.print_text("\x1b[2J")
    console.say("\x1b[2J [bold]x[/]")
    console.fail("\x1b[2J")
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out + captured.err
    assert ":bomb:[bold]" in captured.out
    assert "[bold]x[/]" in captured.err


@pytest.mark.parametrize(("count", "said"), [(0, "0 jobs"), (1, "1 job"), (1200, "1,200 jobs")])
def test_one_is_not_plural(count: int, said: str) -> None:
    assert counted(count, "job") == said


def test_what_an_error_says_is_without_colours_and_without_the_layers_around_it() -> None:
    keras = ValueError(
        "Exception encountered when calling RNN.call().\n\n\x1b[1mno integer.\x1b[0m\n\n"
        "Arguments received by RNN.call():\n  • args=(1,)"
    )
    assert said(keras) == ["no integer."]
    assert said(ValueError("two\nlines")) == ["two", "lines"]
    assert said(ValueError("Exception encountered when calling x.")) != []
    assert said(ValueError()) == []
