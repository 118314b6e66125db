"""The HTML report: what it says, that nothing in it is markup of others, and how it behaves."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import threading
from dataclasses import replace
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import report_rows as made
from chromium import Browser, browser
from figure_cases import many

from hilbench.config.limits import Limits
from hilbench.record.journal.details import Details, Stage
from hilbench.record.row import Row
from hilbench.report import html, verdict
from hilbench.report.campaign import campaign
from hilbench.report.drawing import chosen_kinds, picture
from hilbench.report.html import inline, live
from hilbench.report.recorded import Recorded
from hilbench.report.style import DARK, LIGHT

EVIL = "<img src=x onerror=alert(1)>"
CHROMIUM = shutil.which("chromium")


def rows() -> list[Row]:
    found = made.troubled_rows()
    return [Row({**row, "model": EVIL}) if row["model"] == "simple_1" else row for row in found]


def recorded(own: list[Row], logs: Path) -> Recorded:
    """The job that failed left a log; a journal of somebody else's points out of the folder."""
    (logs / "failed").mkdir(exist_ok=True)
    (logs / "failed" / "job.log").write_text("first\n" * 99 + f"the last {EVIL}\n")
    (logs.parent / "secret.log").write_text("secret")
    known = made.recorded(own)
    left = {
        own[11].job: Details((Stage("build", 2.5, True),), log_dir=str(logs / "failed")),
        own[12].job: Details(log_dir=str(logs / "failed" / ".." / "..")),
    }
    return replace(known, details={**known.details, **left})


def page(monkeypatch: pytest.MonkeyPatch, folder: Path) -> str:
    """Of one figure: each is drawn alike."""
    logs = folder / "cache"
    logs.mkdir(exist_ok=True)
    monkeypatch.setattr(html, "chosen_kinds", lambda _: chosen_kinds(["exe"]))
    own = rows()
    sides = [
        verdict.Side(name, {row.job: row for row in each})
        for name, each in (("before", made.campaign_rows()), ("after", own))
    ]
    changes = verdict.compare(sides[0], sides[1], Limits({}, {}))
    known = recorded(own, logs)
    text = html.page(own, f"A & B {EVIL}", (), changes, "before.csv", None, known, logs)
    return text.replace(str(logs), "LOGS")


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    with pytest.MonkeyPatch.context() as patch:
        return page(patch, tmp_path_factory.mktemp("page"))


class _Read(HTMLParser):
    """Elements with their attributes, and the text outside of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self._mute = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._mute += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._mute -= tag in ("script", "style")
        self.said += " " if tag in ("td", "dt", "dd") else ""

    def handle_data(self, data: str) -> None:
        self.said += "" if self._mute else data


def test_everything_is_said_without_scripts(text: str) -> None:
    said = " ".join(_Read(text).said.split())
    assert (
        "14 jobs: 11 ok, 1 does not fit, 1 failed, 1 skipped. Against before.csv: 3 worse" in said
    )
    assert "does not fit: ram overflows by 12345 bytes" in said
    assert "Variants basic, int8_only Engines aot Boards mps2_an386 Times none, instr" in said
    assert "hilbench run rnn --model lstm --variant basic --engine aot --board mps2_an386" in said
    assert "-mcpu=cortex-m4 -mthumb -O3 -ffast-math" in said
    assert said.count("arm-none-eabi-gcc 12.2.1") == 2  # of all figures, and common to all jobs
    assert "Instructions per inference (emulated, not a time)" in said


def test_a_name_stays_a_text_and_nothing_is_fetched(text: str) -> None:
    read = _Read(text)
    assert EVIL in read.said
    names = {tag for tag, _ in read.elements}
    assert not names & {"img", "iframe", "object", "embed", "foreignobject"}
    assert not re.search(r"https?://", text)
    for tag, attributes in read.elements:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("href", "xlink:href", "src"):
            assert (attributes.get(name) or "#").startswith(("#", "data:,")), (tag, attributes)
    policy = [a["content"] for t, a in read.elements if "http-equiv" in a and t == "meta"]
    assert "default-src 'none'" in str(policy[0])


def test_what_all_captions_say_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    few = chosen_kinds(["exe", "error", "params_macs"])
    monkeypatch.setattr(html, "chosen_kinds", lambda _: few)
    rows = [made.ok(model, "basic") for model in ("lstm", "gru", "simple_1")]
    shared, figures = html._figures(campaign("T", rows, ("simple_1",)), None)
    assert shared[0].startswith("Board mps2_an386 at 25 MHz. Engine aot, ")
    assert shared[1:] == ["Left out by the experiment: simple_1."]
    said = {each.name: each.caption for each in figures}
    assert said["exe"] == (few[0].note,)
    assert said["error"] == ()
    assert said["params_macs"][-1] == "Left out by the experiment: simple_1."


def test_a_page_of_many_jobs_stays_small() -> None:
    """Of one job of many: what it says, and of the figure that has most parts."""
    rows = many(26)
    known = made.recorded(rows)
    said = html.contents.of(rows, "T", (), "", known)
    profiles = [job.about.profile for job in said.jobs if job.about.profile]
    assert len(profiles) == len(rows) == 52
    assert {(len(each.operators), len(each.functions)) for each in profiles} == {(3, 0)}
    wanted = campaign("T", rows, (), known)
    ((_, svg),), _ = picture(chosen_kinds(["profile"])[0], wanted, LIGHT, html._INLINE)
    assert len(svg) < 150_000


def test_links_lead_somewhere_and_ids_are_unique(text: str) -> None:
    read = _Read(text)
    ids = [str(a["id"]) for _, a in read.elements if "id" in a]
    assert len(ids) == len(set(ids))
    targets = {
        str(a[name])[1:]
        for _, a in read.elements
        for name in ("href", "xlink:href")
        if str(a.get(name, "")).startswith("#")
    }
    assert targets <= set(ids)


def test_the_same_rows_give_the_same_text(
    text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert page(monkeypatch, tmp_path) == text


def test_what_the_journal_knows_of_a_job_is_on_its_page(text: str) -> None:
    """Stages, where the time goes, the end of a failed one's log, and no file of other folders."""
    said = " ".join(_Read(text).said.split())
    assert "Stages build 1.25 s measure 3.50 s together 4.75 s" in said
    assert "FULLY_CONNECTED 3 16,214,850 50.0 % 2,000,000 8.11" in said
    assert "build 2.50 s, from the cache" in said
    assert "The end of job.log first first" in said and f"first the last {EVIL}" in said
    assert said.count("first first first") < 40 and "secret" not in said


def test_published_numbers_stand_beside_those_of_the_same_network(text: str) -> None:
    said = " ".join(_Read(text).said.split())
    assert re.search(r"lstm/basic/aot/mps2_an386 Flash \(kB\) [\d.]+ [\d.]+ [\d.]+ differs", said)
    assert "Execution time (ms)" not in said  # instructions are none


def test_a_figure_takes_the_colours_of_the_page() -> None:
    svg = (
        '<?xml?><!DOCTYPE svg><svg xmlns="x" width="5pt" height="4pt"><g id="a" style="fill: {}"/>'
        '<use href="#a"/>'
    )
    drawn = inline.svg(svg.format(LIGHT.text.lower()), "exe", 'A "b"')
    assert drawn.startswith('<svg role="img" aria-label="A &quot;b&quot;">')
    name = re.findall(r'id="exe-a" style="fill: var\((--c\w+)\)"', drawn)[0]
    assert f"{name}:{LIGHT.text.lower()};" in inline.VARIABLES
    assert f"{name}:{DARK.text.lower()};" in inline.VARIABLES


def test_a_figure_is_brief() -> None:
    """What it says stays, digits of a text included."""
    text = (
        '<text style="font-size: 7px; font-family: \'A\', b; fill: red" x="1.23456">1.23456</text>'
    )
    drawn = inline.svg(f'<svg a="1"><g id="b">\n {text}\n{text}<g id="c"/></g></svg>', "exe", "A")
    said = '<text class="exe-0" x="1.23">1.23456</text>'
    assert drawn == (
        "<style>.exe-0{font-size: 7px; fill: red}</style>"
        f'<svg role="img" aria-label="A" a="1"><g>{said}{said}</g></svg>'
    )


def test_a_page_is_served_to_this_computer_alone(tmp_path: Path) -> None:
    """At an address that nobody guesses, under no other name, and anew when its rows are new."""
    csv, rendered = tmp_path / "mine.csv", []

    def render(rows: str) -> str:
        rendered.append(rows)
        return "<p>page</p>"

    server = live.Server(csv, render)
    serving = threading.Thread(target=server.forever, daemon=True)
    serving.start()
    place = urlsplit(server.address)
    assert place.hostname == "127.0.0.1"

    def asked(path: str, host: str = place.netloc) -> tuple[int, str]:
        connection = http.client.HTTPConnection(place.netloc, timeout=30)
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    assert asked(place.path) == asked(place.path) == (200, "<p>page</p>")
    assert asked(place.path, "somebody.example")[0] == 421
    assert [asked(path)[0] for path in ("/", "/x/", f"{place.path}../x")] == [404, 404, 404]
    assert "no campaign is known" in asked(f"{place.path}state")[1]
    assert len(rendered) == 1
    csv.write_text("new")
    asked(place.path)
    assert rendered[0] == "none" != rendered[1]
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.2", place.port or 0), timeout=5)
    server.close()
    serving.join(30)
    assert not serving.is_alive()


def test_a_browser_that_goes_away_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    with live.Listener((live.HOST, 0), BaseHTTPRequestHandler) as listener:
        for error, traces in ((BrokenPipeError(), 0), (ZeroDivisionError(), 1)):
            try:
                raise error
            except (BrokenPipeError, ZeroDivisionError):
                listener.handle_error(None, (live.HOST, 1))
            assert capsys.readouterr().err.count("Traceback") == traces


def test_a_campaign_that_has_just_begun_has_a_page() -> None:
    text = html.page([], "Mine", live="none")
    assert "No job is done yet." in _Read(text).said
    assert "connect-src 'self'" in text


@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
def test_it_behaves_in_a_browser(text: str, tmp_path: Path) -> None:
    """Sorts, filters, changes its theme and opens jobs, by keyboard; its console stays empty."""
    file = tmp_path / "report.html"
    file.write_text(text)
    with browser(str(CHROMIUM), tmp_path) as chromium:
        chromium.dark(True)
        chromium.open(file)
        back = "getComputedStyle(document.body).backgroundColor"
        assert chromium.run(back) == "rgb(21, 23, 28)"
        chromium.run("document.getElementById('theme').focus()")
        chromium.press("Enter")
        assert chromium.run(back) == "rgb(244, 245, 247)"
        _check_the_table(chromium)
        _check_enlarging(chromium)
        chromium.run("document.querySelector('#table tbody tr:not([hidden]) a').focus()")
        chromium.press("Enter")
        chromium.wait_for("document.activeElement.tagName === 'SUMMARY'")
        job = "document.activeElement.parentNode"
        assert chromium.run(f"{job}.open && '#' + {job}.id === location.hash")
        assert chromium.heard == []
        assert {address.split("#")[0] for address in chromium.asked} == {file.as_uri()}


def _check_enlarging(chromium: Browser) -> None:
    """A press of the button makes a figure as wide as the page, the next one small again."""
    wide = "document.querySelector('figure').getBoundingClientRect().width"
    small = chromium.run(wide)
    for pressed, said in (("true", "Reduce"), ("false", "Enlarge")):
        chromium.run("document.querySelector('.enlarge').focus()")
        chromium.press("Enter")
        assert chromium.run("document.activeElement.getAttribute('aria-pressed')") == pressed
        assert chromium.run("document.activeElement.textContent") == said
        assert (chromium.run(wide) > 1.5 * small) == (pressed == "true")
    assert chromium.run(wide) == small


def _check_the_table(chromium: Browser) -> None:
    def column(nth: int) -> list[Any]:
        cells = (
            f"[...document.querySelectorAll('#table tbody tr:not([hidden]) td:nth-child({nth})')]"
        )
        found: list[Any] = chromium.run(f"{cells}.map(cell => cell.textContent)")
        return found

    headings = chromium.run("[...document.querySelectorAll('#table th')].map(e => e.innerText)")
    nth = headings.index("instructions") + 1
    button = f"document.querySelector('#table th:nth-child({nth}) button')"
    for sign in (1, -1):
        chromium.run(f"{button}.focus()")
        chromium.press("Enter")
        numbers = [float(text.replace(",", "")) for text in column(nth) if text != "-"]
        assert numbers == sorted(numbers, reverse=sign < 0)
        assert column(nth)[-3:] == ["-", "-", "-"]
    chromium.run("filter.value = 'LSTM failed'; filter.dispatchEvent(new Event('input'))")
    assert column(1) == ["lstm"]
    assert chromium.run("document.getElementById('count').textContent") == "1 of 14 jobs"
