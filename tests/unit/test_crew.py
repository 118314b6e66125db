"""Figures drawn by children: the same bytes, only what has changed, and none is left."""

from __future__ import annotations

import threading
from pathlib import Path

import psutil
import pytest
import report_rows as made
from figure_cases import small_rows

from hilbench import report
from hilbench.cli import figures
from hilbench.cli.shown import Shown
from hilbench.core.errors import Interrupted
from hilbench.core.owner import Owner
from hilbench.pipeline.events import Event, JobDone
from hilbench.record import store
from hilbench.record.row import Row
from hilbench.report.campaign import campaign
from hilbench.report.crew import Crew, DrawingError
from hilbench.report.drawing import outdated
from hilbench.report.painter import Order, Source, answer
from hilbench.report.presets import Asked

SVG = Asked(formats=("svg",))


def crew_of(folder: Path, owner: Owner) -> Crew:
    csv = folder / "small.csv"
    store.write_atomically(csv, store.to_csv(small_rows()))
    source = Source(csv, "Small", (), folder)
    return Crew(source, folder / "by_children", SVG, owner, size=2)


def children() -> list[psutil.Process]:
    return [
        each
        for each in psutil.Process().children(recursive=True)
        if "hilbench.report.painter" in each.cmdline()
    ]


def test_children_draw_what_the_process_itself_draws(tmp_path: Path) -> None:
    names, owner = ["exe", "ram"], Owner()
    with crew_of(tmp_path, owner) as crew:
        found = dict(crew.draw(names))
        assert len(children()) == 2
        assert sorted(found) == names
        wanted = campaign("Small", small_rows())
        stale, paths = outdated(wanted, tmp_path / "by_children", SVG, names)
        assert not stale
        assert len(paths) == 4
        with pytest.raises(DrawingError, match="unknown figure 'exee'"):
            list(crew.draw(["exee"]))
        owner.stop()
        with pytest.raises(Interrupted):
            list(crew.draw(names))
    assert not children()
    assert not [each for each in threading.enumerate() if each.name == "painter"]
    report.draw(small_rows(), "alone", "Small", (), tmp_path, asked=SVG, names=names)
    for path in paths:
        alone = tmp_path / "alone" / path.relative_to(tmp_path / "by_children")
        assert path.read_bytes() == alone.read_bytes()


def test_an_answer_holds_nothing_where_nothing_is_new(tmp_path: Path) -> None:
    csv = tmp_path / "small.csv"
    store.write_atomically(csv, store.to_csv(small_rows()))
    order = Order(Source(csv, "Small", (), tmp_path), SVG, "params_macs")
    first = answer(order)
    assert sorted(first.files or {}) == ["dark/params_macs.svg", "params_macs.svg"]
    again = answer(Order(order.source, SVG, "params_macs", first.shows))
    assert (again.shows, again.files) == (first.shows, None)
    assert answer(Order(order.source, SVG, "history")).files is None
    csv.unlink()
    assert "small.csv" in answer(order).error


class Waiting(Crew):
    """Starts no child."""

    begun: list[str]

    def get_ready(self, size: int = 1) -> None:
        self.begun.append("ready")

    def begin(self, figures: object) -> None:
        self.begun.append("begin")


def test_figures_follow_rows_that_are_new_for_a_tenth_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, heard, now = small_rows(), list[Event](), [0.0]
    monkeypatch.setattr(figures.time, "monotonic", lambda: now[0])
    shown = Shown(tmp_path / "small.csv", "small", "Small")
    store.write_atomically(shown.csv, store.to_csv(rows[:-1]))
    crew = Waiting(Source(shown.csv, "Small", (), tmp_path), tmp_path, SVG, Owner(), 1)
    crew.begun = []
    following = figures.Following(shown, crew, heard.append)
    same = Row({**rows[0], "timestamp": "2027-01-01T00:00:00+00:00"})
    for at, row, then in (
        (100, same, []),
        (10, rows[-1], ["ready"]),
        (31, made.ok("gru", "basic"), ["ready", "begin"]),
    ):
        crew.begun, now[0] = [], at
        following(JobDone(row, 1.0))
        assert crew.begun == then
    crew.begun, crew.busy_seconds, now[0] = [], 5.0, 70.0
    following(JobDone(rows[-1], 1.0))
    assert crew.begun == ["ready"]
    now[0] = 81.0
    following(JobDone(rows[-1], 1.0))
    assert crew.begun == ["ready", "ready", "begin"]
    assert len(heard) == 5
