"""`--resume` keeps a row only while a new run would have the same; what is no job's goes away."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from heart import Heart

from hilbench.config.bench import Attachment
from hilbench.core.errors import UsageError
from hilbench.core.paths import experiments_dir, package_dir
from hilbench.pipeline import campaign, decided, measuring
from hilbench.pipeline.events import JobDone
from hilbench.pipeline.measuring import Drivers, Here
from hilbench.pipeline.plan import Job, Station
from hilbench.pipeline.stages import Prepared
from hilbench.record import store, tasks
from hilbench.record.journal import Journal, Plan
from hilbench.record.row import Row

PLUGIN = Here._plugin  # before a Heart puts another there
DRIVERS = Drivers(("qemu 7.2",), "3.5", "a plugin")


@pytest.fixture
def heart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Heart:
    return Heart(tmp_path, monkeypatch)


def digest(heart: Heart, job: Job | None = None) -> str:
    return heart.stages.prepare(job or heart.job, heart.events.append).decided_by


def test_nothing_changed_and_the_row_is_kept(heart: Heart) -> None:
    first = heart.run()
    assert first["status"] == "ok", first.get("reason")
    assert heart.run(resume=True) == first
    assert heart.target.starts == 1
    assert [event.kept for event in heart.events if isinstance(event, JobDone)] == [False, True]


@pytest.mark.parametrize(
    "settings",
    [
        {"measure": {"warmups": 2}},
        {"measure": {"repetitions": 11}},
        {"data": {"samples": 11}},
        {"data": {"published": True}},
        {"training": {"epochs": 4}},
        {"limits": {"measure": 60}},
    ],
)
def test_another_setting_is_measured_again(heart: Heart, settings: dict[str, object]) -> None:
    first = heart.run()
    heart.settings = settings
    again = heart.run(resume=True)
    assert heart.target.starts == 2
    assert again["decided_by"] != first["decided_by"]


@pytest.mark.parametrize(
    "settings",
    [
        {"title": "Ours"},
        {"figures": {"leave_out": ("tiny",)}},
        {"limits": {"train": 60, "wait": 60}},
    ],
)
def test_what_no_number_depends_on_changes_nothing(
    heart: Heart, settings: dict[str, object]
) -> None:
    heart.run()
    heart.settings = settings
    heart.run(resume=True)
    assert heart.target.starts == 1


def _chip(at: Station) -> Station:
    model = at.cycle_model
    assert model is not None
    slower = model.memory.model_copy(update={"wait_states": 1})
    return replace(at, cycle_model=replace(model, memory=slower))


def _core(at: Station) -> Station:
    model = at.cycle_model
    assert model is not None
    core = model.core.model_copy(update={"name": "another"})
    return replace(at, cycle_model=replace(model, core=core))


def _clock(at: Station) -> Station:
    return replace(at, board=at.board.model_copy(update={"clock_hz": at.board.clock_hz + 1}))


def _bench(at: Station) -> Station:
    return replace(at, attached=(Attachment(board=at.board.name, probe="P"),))


@pytest.mark.parametrize("change", [_chip, _core, _clock, _bench])
def test_another_station_is_another_digest(
    heart: Heart, change: Callable[[Station], Station]
) -> None:
    """A chip's table, a core's, the board file, the bench file."""
    at = heart.resolved.station
    assert decided.station(at, DRIVERS) == decided.station(replace(at), DRIVERS)
    assert decided.station(at, DRIVERS) != decided.station(change(at), DRIVERS)


def test_like_boards_of_a_bench_are_one(heart: Heart) -> None:
    """However many there are and in whichever order; one that is driven in another way is not."""

    def digest_of(*boards: dict[str, object]) -> object:
        attached = tuple(Attachment(board=heart.job.board.name, **each) for each in boards)  # type: ignore[arg-type]
        return decided.station(replace(heart.resolved.station, attached=attached), DRIVERS)

    one, other = {"probe": "A", "serial": "C"}, {"probe": "B", "power_cycle": ("cycle", "2")}
    slow = {"probe": "C", "frequency_hz": 100_000}
    assert digest_of(one) == digest_of(other) == digest_of(other, one)
    assert len({str(digest_of(*each)) for each in ([one], [slow], [one, slow])}) == 3
    assert digest_of(one, slow) == digest_of(slow, one)


@pytest.mark.parametrize("where, what", [(measuring, "target_version"), (decided, "code")])
def test_another_emulator_or_hilbench_is_another_digest(
    heart: Heart, monkeypatch: pytest.MonkeyPatch, where: ModuleType, what: str
) -> None:
    first = digest(heart)
    monkeypatch.setattr(where, what, lambda *_: "qemu 99")
    assert digest(heart) != first


def test_another_plugin_is_another_digest(heart: Heart) -> None:
    prepared = heart.prepare()
    assert decided.by(prepared, DRIVERS) != decided.by(prepared, replace(DRIVERS, plugin="another"))


METRIC = """
from hilbench.record.tasks import TaskMetric
METRIC = TaskMetric("share", "Share", "A share.", "classes", lambda outputs, labels: 0.5)
"""


def test_a_metric_of_the_project_is_part_of_the_digest(
    heart: Heart, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its column was left empty, and kept what the metric before a change had said."""
    monkeypatch.setattr(decided, "found_tasks", tasks.found_tasks.__wrapped__)
    monkeypatch.chdir(heart.folder)
    found = [digest(heart)]
    (heart.folder / "hilbench.yaml").write_text("schema: 1\n")
    (heart.folder / "metrics").mkdir()
    for metric in (METRIC, METRIC.replace("0.5", "0.25")):
        (heart.folder / "metrics" / "share.py").write_text(metric)
        found.append(digest(heart))
    assert len(set(found)) == 3


def test_the_code_of_a_users_target_is_part_of_the_digest(
    heart: Heart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = tmp_path / "a_driver.py"
    driver.write_text("from heart import FakeTarget\nclass Target(FakeTarget):\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    at = replace(heart.job.station, target=importlib.import_module("a_driver").Target())
    before = decided.station(at, DRIVERS)
    driver.write_text(driver.read_text() + "# another\n")
    assert decided.station(at, DRIVERS) != before


def _elf(prepared: Prepared) -> Prepared:
    other = prepared.firmware.elf.with_name("other.elf")
    other.write_text("another image")
    return replace(prepared, firmware=replace(prepared.firmware, elf=other))


@pytest.mark.parametrize(
    "change",
    [
        _elf,
        lambda p: replace(p, oracle=replace(p.oracle, runtime="another oracle")),
        lambda p: replace(p, oracle=replace(p.oracle, arena_bytes=1001)),
        lambda p: replace(p, sources=replace(p.sources, library="another library")),
        lambda p: replace(p, sources=replace(p.sources, library_build="-Os")),
        lambda p: replace(p, sources=replace(p.sources, arena_parts={"persistent": 8})),
        lambda p: replace(p, firmware=replace(p.firmware, flags="-Os")),
        lambda p: replace(p, firmware=replace(p.firmware, compiler="another compiler")),
        lambda p: replace(p, firmware=replace(p.firmware, c_library="newlib 4")),
        lambda p: replace(p, network=replace(p.network, profiler_macs=9)),
        lambda p: replace(p, network=replace(p.network, sha256="other weights")),
        lambda p: replace(p, data="the user's text"),
        lambda p: replace(p, samples=replace(p.samples, rounded=1)),
        lambda p: replace(p, samples=replace(p.samples, labels=p.samples.inputs[0])),
        lambda p: replace(p, samples=replace(p.samples, inputs=p.oracle.outputs)),
        lambda p: replace(p, samples=replace(p.samples, expected=p.oracle.outputs)),
        lambda p: replace(p, oracle=replace(p.oracle, outputs=p.samples.inputs)),
        lambda p: replace(p, converted=replace(p.converted, converter="another converter")),
    ],
)
def test_whatever_a_stage_gave_is_part_of_the_digest(
    heart: Heart, change: Callable[[Prepared], Prepared]
) -> None:
    prepared = heart.prepare()
    assert decided.by(prepared, DRIVERS) == decided.by(replace(prepared), DRIVERS)
    assert decided.by(change(prepared), DRIVERS) != decided.by(prepared, DRIVERS)


def test_a_row_without_a_digest_is_measured_again(heart: Heart) -> None:
    """One of an older hilbench."""
    first = heart.run()
    path = heart.folder / "mine.csv"
    old = Row({name: value for name, value in first.items() if name != "decided_by"})
    store.write_atomically(path, store.to_csv([old]))  # changed by hand: that counts
    assert heart.run(resume=True)["decided_by"] == first["decided_by"]
    assert heart.target.starts == 2


def test_a_failed_row_is_never_kept(heart: Heart) -> None:
    heart.target.device = {"init_error": "no"}
    assert heart.run()["status"] == "failed"
    heart.target.device = {}
    assert heart.run(resume=True)["status"] == "ok"


def test_the_plugin_is_named_by_what_it_is_made_from(
    heart: Heart, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On every emulated board, with a chip or without."""
    named = PLUGIN(heart.stages.site, heart.job.station)
    assert len(named) == 32 or "gcc" in named
    monkeypatch.setattr(Station, "emulated", False)
    assert PLUGIN(heart.stages.site, heart.job.station) == "not watched"


def rows(*models: str, file: str = "a.yaml") -> list[Row]:
    return [
        Row({"schema": 1, "experiment": "mine", "experiment_file": file, "model": model,
             "variant": "basic", "engine": "aot", "board": "b", "status": "ok"})
        for model in models
    ]  # fmt: skip


def test_rows_of_jobs_that_are_no_more_leave_the_file_and_are_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    store.write_atomically(path, store.to_csv(rows("lstm", "gru")))
    begin(tmp_path, "lstm/basic/aot/b")
    assert [row["model"] for row in store.read(path)] == ["lstm"]
    begin(tmp_path, "gru/basic/aot/b", "lstm/basic/aot/b")
    assert [row["model"] for row in store.read(path)] == ["gru", "lstm"]


def begin(folder: Path, *order: str, file: str = "a.yaml") -> None:
    with Journal.open(folder).begin(Plan("mine", file, order, ())):
        pass


def test_two_experiments_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    store.write_atomically(path, store.to_csv(rows("lstm")))
    begin(tmp_path, "lstm/basic/aot/b")
    with pytest.raises(UsageError, match=r"mine\.csv holds rows of another experiment .* a\.yaml"):
        begin(tmp_path, "lstm/basic/aot/b", file="b.yaml")


def test_an_experiments_file_is_named_alike_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert campaign.origin(Path("mine.yaml"), Path("results")) == "../mine.yaml"
    assert campaign.origin(tmp_path / "mine.yaml", tmp_path / "results") == "../mine.yaml"
    shipped = experiments_dir() / "smoke.yaml"
    assert campaign.origin(shipped, Path("results")) == "hilbench:smoke"
    public = package_dir() / "data" / "public"
    assert campaign.origin(public, Path("results")) == "hilbench:public"
