"""Whatever others call a thing, every way out says just that and obeys nothing of it."""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import report_rows

from hilbench import report
from hilbench.cli import console
from hilbench.core.text import printable
from hilbench.record.row import Row
from hilbench.record.store import read, to_csv
from hilbench.report import drawing, html, tables
from hilbench.report.format import Export, found_formats
from hilbench.report.side_by_side import side_by_side_markdown
from hilbench.report.style import LIGHT
from hilbench.report.verdict import Change

TEXTS = {
    "a window title": "\x1b]0;owned\x07",
    "a clear screen": "\x1b[2J\x9b2J",
    "a carriage return": "ok\rno",
    "a turned file name": "\u202egpj.exe\u2066x",
    "a zero": "a\0b",
    "a lone surrogate": "a\udcffb",
    "mathtext": "Cost $\\bad$ {x} ^_ \\frac",
    "rich markup": "[bold red]x[/] [link=file:///etc/passwd]y[/link] :bomb:",
    "a script": "<script>alert(1)</script>",
    "an image": "<img src=x onerror=alert(1)>",
    "an entity": "&amp;&#60;]]>",
    "a formula": "=cmd|' /C calc'!A0",
    "another formula": "@SUM(1+1)*cmd|' /C calc'!A0",
    "quotes and commas": 'a "b", \'c\',\n\nd',
    "a table's end": "| x |\n| --- |",
    "10,000 characters": "x" * 10_000,
    "Chinese": "\u795e\u7ecf\u7f51\u7edc",
    "combining marks": "a" + "\u0300" * 50,
}  # fmt: skip


def rows(text: str) -> list[Row]:
    """A model of that name, and a job that failed for that reason."""
    ok = report_rows.ok("lstm", "basic")
    other = report_rows.ok("gru", "basic", "tflm")
    return [Row({**ok, "model": text}), report_rows.failed(other, "failed", text)]


def to_csv_and_back(text: str, folder: Path) -> str:
    path = folder / "e.csv"
    path.write_bytes(to_csv(rows(text)))
    assert read(path) == rows(text)
    with path.open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            assert not re.match(r"[=+\-@\t]", line["model"] + line["reason"])
    return path.read_text(encoding="utf-8")


def to_json(text: str, folder: Path) -> str:
    said = json.dumps([dict(row) for row in rows(text)])
    assert json.loads(said)[0]["model"] == rows(text)[0]["model"]
    return said


def to_markdown(text: str, folder: Path) -> str:
    said = tables.results_markdown(rows(text)) + side_by_side_markdown(rows(text))
    assert "<" not in said
    for line in said.splitlines():
        assert line[:2] in ("", "| ", "- ") or line in ("Not ok:", "Linked:") or "No model" in line
    return said


def to_svg(text: str, folder: Path) -> str:
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.filterwarnings("error", "Glyph 10 ")  # a newline in a name, drawn as a box
        patch.setattr(drawing, "THEMES", (LIGHT,))  # the dark ones have the same texts
        report.draw(rows(text[:200]), "e", text[:200], (), folder)
    files = sorted((folder / "e").glob("*.svg"))
    for path in files:
        root = ET.parse(path).getroot()
        assert not [e for e in root.iter() if e.tag.endswith(("script", "image", "}a"))]
    return "".join(path.read_text(encoding="utf-8") for path in files)


def to_other_programs(text: str, folder: Path) -> str:
    changes = [Change(rows(text)[0].job, "exe_cycles", 1.0, 2.0, "worse", text)]
    export = Export("e", text, rows(text), changes, text, "")
    written = {name: each.thing.write(export) for name, each in found_formats().items()}
    assert list(ET.fromstring(written["junit"]).iter("script")) == []
    assert json.loads(written["json"])["rows"][0]["model"] == rows(text)[0]["model"]
    assert pd.read_parquet(io.BytesIO(written["parquet"]))["model"][0] == rows(text)[0]["model"]
    markdown = written["markdown"].decode()
    assert "<" not in markdown
    return markdown + written["junit"].decode()


class Elements(HTMLParser):
    """All elements of a page, and what it says."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.said = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.said += data


def to_html(text: str, folder: Path) -> str:
    """Its figures are those of `to_svg`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html, "_figures", lambda *_: ([], []))
        said = html.page(rows(text), text)
        plain = html.page(rows("x"), "x")
    read = Elements(said)
    assert read.names == Elements(plain).names
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert " ".join(printable(text).split())[:50] in " ".join(read.said.split())
    return said


OUTLETS: dict[str, Callable[[str, Path], str]] = {
    "CSV": to_csv_and_back,
    "JSON": to_json,
    "Markdown": to_markdown,
    "SVG": to_svg,
    "other programs": to_other_programs,
    "HTML": to_html,
}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("outlet", OUTLETS)
def test_a_text_stays_a_text(outlet: str, text: str, tmp_path: Path) -> None:
    said = OUTLETS[outlet](TEXTS[text], tmp_path)
    assert said == printable(said)


@pytest.mark.parametrize("text", TEXTS)
def test_the_terminal_obeys_nothing(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = TEXTS[text]
    console.print_table(["model", "reason"], [[said, said]], title="t")
    console.print_text(said)
    console.say(said)
    console.fail(said)
    captured = capsys.readouterr()
    printed = captured.out + captured.err
    assert printed == printable(printed)
    if "[" in said and "\x1b" not in said:
        assert printed.count("[bold red]x[/]") == 5
