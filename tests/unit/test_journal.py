"""The journal: whole whatever happens, for any number of writers, and never a wrong row."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from journal_rows import begin, job, record, row, table

from hilbench.core import waits
from hilbench.core.errors import UsageError
from hilbench.core.owner import Owner
from hilbench.record import store
from hilbench.record.journal import (
    Journal,
    Part,
    Plan,
    Profile,
    living,
    reading,
    schema,
)
from hilbench.record.journal.database import FILE, Database
from hilbench.record.journal.details import Before, Stage, of_experiment
from hilbench.record.journal.history import history
from hilbench.record.journal.overview import overview


def test_rows_are_in_the_csv_in_the_order_of_the_experiment(tmp_path: Path) -> None:
    with begin(tmp_path, "a", "b", "c") as campaign:
        record(campaign, row("c"), row("a", macs=9, error_mae=1 / 3))
        assert campaign.left() == [job("b")]
    assert store.read(campaign.path) == [row("a", macs=9, error_mae=1 / 3), row("c")]
    assert table(tmp_path, "SELECT outcome FROM campaigns") == [("stopped",)]
    samples = "SELECT unit, number, count FROM samples WHERE attempt = 1"
    assert table(tmp_path, samples) == [("ticks", 0, 9), ("ticks", 1, 5), ("ticks", 2, 6)]


def test_how_a_row_came_about_is_told_of_the_attempt_that_measured(tmp_path: Path) -> None:
    """Its stages and its profile, beside that of other code, also through a row that was kept."""
    for cycles in (500, 400):
        with begin(tmp_path, "a") as campaign:
            attempt = campaign.attempt(job("a"))
            attempt.did("build", 2.5, cycles == 400)
            parts = (Part("MUL", 3, 9, cycles, 7), Part("main", 0, 2, 1))
            attempt.ended(row("a"), log_dir="there", profile=Profile(parts))
    with begin(tmp_path, "a") as campaign:
        found = campaign.row(job("a"))
        assert found is not None
        campaign.attempt(job("a")).kept(*found)
    with Database(tmp_path / FILE, writable=True).transaction() as connection:
        connection.execute("UPDATE campaigns SET hilbench_commit = 'c' || id")
    mine, details = of_experiment(tmp_path / FILE, "mine")[job("a")]
    assert (mine, details.stages, details.log_dir) == (
        row("a"),
        (Stage("build", 2.5, True),),
        "there",
    )
    assert details.profile is not None and details.before is not None
    assert [part.cycles for part in details.profile.operators] == [400]
    assert [part.name for part in details.profile.functions] == ["main"]
    assert details.before == Before("c1", row("a"), Profile((Part("MUL", 3, 9, 500, 7), parts[1])))


def test_a_journal_is_looked_at_in_one_of_its_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that another process makes between two looks has not "other tables"."""
    look, others = schema.of, []

    def of(connection: sqlite3.Connection) -> schema.Schema:
        if not others and threading.current_thread() is threading.main_thread():
            other = threading.Thread(target=lambda: Database(path, writable=True).close())
            others.append(other)
            other.start()
            other.join(0.3)
        return look(connection)

    path = tmp_path / FILE
    monkeypatch.setattr(schema, "of", of)
    Database(path, writable=True).close()
    others[0].join()
    Database(path, writable=False).close()


def test_the_csv_follows_while_the_campaign_runs(tmp_path: Path) -> None:
    with begin(tmp_path, "a", "b") as campaign:
        assert store.read(campaign.path) == []
        record(campaign, row("a"))
        for _ in range(100):
            if store.read(campaign.path):
                break
            threading.Event().wait(0.02)
        assert store.read(campaign.path) == [row("a")]


def test_a_csv_that_was_changed_or_deleted_by_hand_counts(tmp_path: Path) -> None:
    with begin(tmp_path, "a", "b", "c") as campaign:
        record(campaign, row("a"), row("b"), row("c"))
    changed = [row("a", macs=7), row("c")]
    store.write_atomically(campaign.path, store.to_csv(changed))
    with begin(tmp_path, "a", "b", "c"):
        assert store.read(campaign.path) == changed
    campaign.path.unlink()
    with begin(tmp_path, "a", "b", "c"):
        assert store.read(campaign.path) == []
    assert len(table(tmp_path, "SELECT id FROM attempts")) == 4


def test_an_old_csv_without_a_journal_is_taken_in(tmp_path: Path) -> None:
    store.write_atomically(tmp_path / "mine.csv", store.to_csv([row("b"), row("a")]))
    with begin(tmp_path, "a", "b") as campaign:
        found = campaign.row(job("b"))
    assert found is not None
    assert found[1] == row("b")
    assert store.read(campaign.path) == [row("a"), row("b")]


TESTS = str(Path(__file__).parents[1])
KILLED = """
    import os, signal, sys
    from pathlib import Path
    sys.path[:0] = [sys.argv[1]]
    import journal_rows as t
    with t.begin(Path(sys.argv[2]), "a", "b") as campaign:
        t.record(campaign, t.row("a"))
        campaign.attempt(t.job("b")).started("measure")
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_run_had_finished_is_there_and_the_rest_is_called_lost(
    tmp_path: Path,
) -> None:
    script = textwrap.dedent(KILLED)
    command = [sys.executable, "-c", script, TESTS, str(tmp_path)]
    killed = subprocess.Popen(command)
    os.waitid(os.P_PID, killed.pid, os.WEXITED | os.WNOWAIT)  # its number is not free yet
    (found,) = overview(tmp_path / FILE)
    assert (found.state, found.ok, found.waiting, found.running) == ("lost", 1, 1, ())
    with begin(tmp_path, "a", "b") as campaign:
        assert store.read(campaign.path) == [row("a")]
    assert killed.wait() == -signal.SIGKILL
    asked = "SELECT outcome FROM campaigns ORDER BY id"
    assert table(tmp_path, asked) == [("lost",), ("stopped",)]
    asked = "SELECT job, status, stage FROM attempts ORDER BY id"
    assert table(tmp_path, asked) == [(job("a"), "ok", ""), (job("b"), "lost", "measure")]


def test_status_says_what_runs_what_is_left_and_for_how_long(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_bytes(store.to_csv([row("d")]))  # took no time that is known
    with begin(tmp_path, "a", "b", "c", "d", "e") as campaign:
        assert overview(tmp_path / FILE)[0].seconds_left is None
        record(campaign, row("a"), row("b", status="failed", reason="no answer"))
        campaign.attempt(job("c")).started("measure", "pi")
        with campaign.database.transaction() as connection:
            connection.execute("UPDATE campaigns SET started = started - 60")
            connection.execute("UPDATE attempts SET started = ended - 60 WHERE status = 'ok'"
                               " AND stage != 'taken in'")  # fmt: skip
        (now,) = overview(tmp_path / FILE)
        assert (now.state, now.jobs, now.ok, now.not_ok, now.waiting) == ("running", 5, 1, 1, 2)
        doing = [(each.job, each.stage, each.host) for each in now.running]
        assert doing == [(job("c"), "measure", "pi")]
        assert 0 < now.jobs_per_hour <= 2 * 60
        assert now.seconds_left is not None
        assert 0 < now.seconds_left <= 180
    with begin(tmp_path, "z", experiment="other"):
        states = [(each.experiment, each.state) for each in overview(tmp_path / FILE)]
        assert states == [("mine", "stopped"), ("other", "running")]


WRITER = """
    import sys
    from pathlib import Path
    sys.path[:0] = [sys.argv[1]]
    import journal_rows as t
    from hilbench.core.owner import Owner
    me, models = sys.argv[3], [f"own{sys.argv[3]}", "shared0", "shared1"]
    with t.begin(Path(sys.argv[2]), *models) as campaign:
        print("ready", flush=True)
        sys.stdin.readline()
        for model in models:
            attempt = campaign.attempt(t.job(model))
            found = attempt.claim(f"all of {model}", Owner())
            if found is None:
                attempt.ended(t.row(model, macs=int(me)))
            else:
                attempt.kept(*found)
"""


def test_eight_runs_at_once_lose_nothing_and_measure_nothing_twice(tmp_path: Path) -> None:
    script = textwrap.dedent(WRITER)
    command = [sys.executable, "-c", script, TESTS, str(tmp_path)]
    runs = [
        subprocess.Popen(
            [*command, str(n)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for n in range(8)
    ]
    for each in runs:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in runs:
        each.communicate("go\n", timeout=60)
        assert each.returncode == 0
    models = [str(found["model"]) for found in store.read(tmp_path / "mine.csv")]
    assert sorted(models) == sorted([*(f"own{n}" for n in range(8)), "shared0", "shared1"])
    measured = table(tmp_path, "SELECT job FROM attempts WHERE status = 'ok'")
    assert set(Counter(measured).values()) == {1}
    assert table(tmp_path, "SELECT count(*) FROM attempts WHERE status = 'kept'") == [(14,)]


def test_who_waits_for_another_run_takes_its_row_or_measures_after_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In another experiment as well, where the row says so."""
    monkeypatch.setattr(waits, "SAID_AFTER", 0.0)
    other = os.getppid()
    with begin(tmp_path, "a") as first, begin(tmp_path, "a", experiment="other") as second:
        with first.database.transaction() as connection:
            whose = "UPDATE campaigns SET pid = ?, born = ? WHERE id = ?"
            connection.execute(whose, (other, living.born(other), first.id))
        working, waiting = first.attempt(job("a")), second.attempt(job("a"))
        assert working.claim("all of a", Owner()) is None
        threading.Timer(0.3, working.ended, [row("a")]).start()
        found = waiting.claim("all of a", Owner())
        assert found is not None
        assert waiting.kept(*found) == row("a", experiment="other")
        failing, waiting = first.attempt(job("a")), second.attempt(job("a"))
        assert failing.claim("changed", Owner()) is None
        threading.Timer(0.3, failing.ended, [row("a", status="failed")]).start()
        assert waiting.claim("changed", Owner()) is None
    assert len(caplog.messages) == 2
    for said in caplog.messages:
        assert said.startswith(f"waiting for process {other} (")
        assert said.endswith(f"): it measures what {job('a')} needs")


@pytest.mark.parametrize("version", range(1, schema.VERSION + 1))
def test_a_journal_of_any_version_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    path = tmp_path / FILE
    with sqlite3.connect(path) as old:
        for statements in schema.MIGRATIONS[:version]:
            for statement in statements:
                old.execute(statement)
        old.execute(f"PRAGMA user_version = {version}")
        old.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        old.execute(
            "INSERT INTO campaigns (experiment, file, command, host, pid, born, started, seen,"
            " outcome, hilbench, hilbench_commit, repository, repository_commit)"
            " VALUES ('mine', 'mine.yaml', '', 'h', 1, 1, 1, 1, 'done', '0', '', '', '')"
        )
    assert table(tmp_path, "SELECT experiment FROM campaigns") == [("mine",)]
    with begin(tmp_path, "a") as campaign:
        record(campaign, row("a"))
    assert table(tmp_path, "PRAGMA user_version") == [(schema.VERSION,)]
    assert table(tmp_path, "SELECT count(*) FROM campaigns") == [(2,)]


def test_eight_hundred_rows_are_not_eight_hundred_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    whole = store.write_atomically
    monkeypatch.setattr(
        store, "write_atomically", lambda path, data: (written.append(len(data)), whole(path, data))
    )
    models = [f"m{n}" for n in range(800)]
    with begin(tmp_path, *models) as campaign:
        record(campaign, *map(row, models))
    assert len(store.read(campaign.path)) == 800
    assert sum(written) < 20 * written[-1]


def test_history_is_every_measurement_with_its_commits_and_nothing_twice(tmp_path: Path) -> None:
    old = row("a", hilbench="0.0.9", macs=1)
    (tmp_path / "mine.csv").write_bytes(store.to_csv([old]))
    for commit, macs in (("c1", 2), ("c2", 3)):
        plan = Plan("mine", "mine.yaml", (job("a"),), (job("a"),), hilbench_commit=commit)
        with Journal.open(tmp_path).begin(plan) as campaign:
            record(campaign, row("a", macs=macs))
    with begin(tmp_path, "a") as campaign:
        campaign.attempt(job("a")).kept(*campaign.row(job("a")) or (0, old))
    found = history(tmp_path / FILE, "a*")
    assert [(each.hilbench_commit, each.row["macs"]) for each in found] == [
        ("", 1), ("c1", 2), ("c2", 3)
    ]  # fmt: skip
    assert history(tmp_path / FILE, job("a")) == history(tmp_path / FILE, "a/bas*") == found
    with pytest.raises(UsageError, match=r"no measurement of 'gru' .*it has those of a"):
        history(tmp_path / FILE, "gru")


def test_a_commit_is_all_of_its_campaigns_and_changed_ones_only_where_there_are_no_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ids = (job("a"), job("b"))
    runs = [("1111111a", True, "mine", "a", 1), ("1111111a", True, "mine", "b", 2),
            ("1111111a", True, "other", "b", 5), ("1111111a", False, "mine", "a", 3),
            ("2222222b", False, "mine", "a", 4)]  # fmt: skip
    for commit, clean, name, model, macs in runs:
        plan = Plan(name, "mine.yaml", ids, ids, repository_commit=commit, repository_clean=clean)
        with Journal.open(tmp_path).begin(plan) as campaign:
            record(campaign, row(model, macs=macs))

    def of(wanted: str) -> dict[str, object]:
        return {each.job: each["macs"] for each in reading.campaign(tmp_path / FILE, wanted)[0]}

    assert of("1111111") == {job("a"): 1, job("b"): 2}
    assert not caplog.text
    assert of("2222222") == of("") == of("5") == {job("a"): 4}
    assert "2222222 was measured with changes that were not committed" in caplog.text


def test_a_claim_whose_process_cannot_be_told_is_believed_while_it_is_heard_of() -> None:
    nobody = 2**40  # a number that no process has
    assert not living.alive(living.host(), nobody, 0.0, time.time() - 2 * living.SILENT_SECONDS)
    assert living.alive(living.host(), nobody, 0.0, time.time())
