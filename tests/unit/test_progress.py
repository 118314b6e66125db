"""What a terminal shows while a campaign runs: a bar with the time left, and what workers do."""

from __future__ import annotations

import io
from functools import partial

import pytest
from journal_rows import row

from hilbench.cli import console, progress
from hilbench.pipeline.events import JobDone, StageStarted


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    file = io.StringIO()
    terminal = console.Printable(file=file, force_terminal=True, width=100, color_system=None)
    monkeypatch.setattr(console, "err", terminal)
    drawn_when_told = partial(progress.live.Live, auto_refresh=False)
    monkeypatch.setattr(progress.live, "Live", drawn_when_told)
    return file


def test_the_bar_says_what_is_done_and_each_worker_what_it_does(screen: io.StringIO) -> None:
    done = row("a", exe_ms=1.0, flash_bytes=1024, ram_bytes=1024)
    with progress.display([done.job, "[b]/x"], {done.job: 100.0}) as shown:
        shown(StageStarted(done.job, "train"))
        shown(StageStarted("[b]/x", "measure", "pi"))
        assert isinstance(shown, progress.Live)
        shown._live.refresh()
        assert "0/2 jobs" in screen.getvalue()
        assert f"{done.job}  train" in screen.getvalue()
        assert "[b]/x  measure on pi" in screen.getvalue()
        shown(JobDone(done, 50.0))
        screen.truncate(0)
        shown._live.refresh()
    assert "1/2 jobs" in screen.getvalue()
    assert "train" not in screen.getvalue()


def test_the_time_left_is_what_jobs_took_and_the_mean_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    work = progress.Work(["a", "b", "c", "c"], {"a": 30.0})
    assert work.seconds_left() == 120.0
    work.begin("a")
    work.begin("b")
    now[0] = 10.0  # two at a time
    assert work.seconds_left() == (20 + 20 + 30 + 30) / 2
    work.end("a", 10.0, measured=True)
    assert work.seconds_left() == (0 + 10 + 10) / 2
    work.end("c", 0.0, measured=False)
    assert work.seconds_left() == (0 + 10) / 2
    assert progress.Work(["a"], {}).seconds_left() is None
