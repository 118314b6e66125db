"""The stages of a job with a fake device: what a row says is what happened."""

from __future__ import annotations

import errno
import logging
import os
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from fake_device import Doubler
from heart import BYTES, Heart, oracle

from hilbench.cli.console import listening
from hilbench.core import registry
from hilbench.core.artifacts import BenchUse, Compression, Network, RunFacts
from hilbench.core.errors import DeadlineExceeded, JobError, TargetError
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.link.messages import Info, Invoke
from hilbench.oracle import lite, tflm
from hilbench.pipeline import logs, profiling, values
from hilbench.pipeline.events import JobDone, StageDone, StageStarted
from hilbench.pipeline.selection import Selection
from hilbench.pipeline.stages import Prepared
from hilbench.tflite.graph import Graph, Operator, Tensor


@pytest.fixture
def heart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Heart:
    return Heart(tmp_path, monkeypatch)


def waiting_for_data() -> Graph:
    """A loop whose condition is one of its values."""
    flag = Tensor(0, "flag", (), "bool")
    once = Graph(
        (flag, replace(flag, index=1)), (Operator(0, "LOGICAL_NOT", (0,), (1,)),), (0,), (1,)
    )
    options = {"cond_subgraph_index": 1, "body_subgraph_index": 2}
    called = (Graph((flag,), (), (0,), (0,)), once)
    return replace(once, operators=(Operator(0, "WHILE", (0,), (1,), options),), subgraphs=called)


def log_dir(heart: Heart) -> Path:
    (done,) = (event for event in heart.events if isinstance(event, JobDone))
    return Path(done.log_dir)


def test_a_row_has_what_the_device_said(heart: Heart) -> None:
    heart.target.device = {"stack_used": 123}
    row = heart.run()
    assert row["status"] == "ok", row.get("reason")
    per_tick = heart.job.board.counter.per_tick
    assert row["exe_instructions"] == 100 * per_tick
    assert (row["exe_kind"], row["stack_used_bytes"]) == ("instructions", 123)
    assert row["oracle_max_lsb"] == 0
    assert row["self_test"] == "400000 instructions for a loop of 400000 instructions"
    assert (row["flash_bytes"], row["ram_bytes"]) == (2000, 1000)
    assert row["flags"] == "-O3"


def test_the_stages_come_in_their_order_and_the_second_time_from_the_cache(heart: Heart) -> None:
    heart.run()
    started = [event.stage for event in heart.events if isinstance(event, StageStarted)]
    assert started == [
        "read", "samples", "convert", "compile", "oracle", "build", "build", "wait", "measure"
    ]  # fmt: skip
    heart.events.clear()
    heart.run()
    fresh = {e.stage for e in heart.events if isinstance(e, StageDone) and not e.cached}
    assert fresh == {"wait", "measure"}


def test_a_device_that_answers_something_else_than_tflm_is_shown(heart: Heart) -> None:
    class Off(Doubler):
        def invoke(self) -> int:
            ticks = super().invoke()
            first = self.outputs[0]
            self.outputs = [bytes([(first[0] + 3) % 256]) + first[1:]]
            return ticks

    heart.target.engine = Off(size=BYTES)
    row = heart.run()
    assert row["oracle_max_lsb"] == 3
    assert "the device is up to 3 LSB from TFLM on the host" in row["notes"]


def test_what_tflm_cannot_run_is_compared_with_tensorflow_lite(
    heart: Heart, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> NoReturn:
        raise TargetError("it has no such kernel")

    monkeypatch.setattr(tflm, "run", refused)
    monkeypatch.setattr(lite, "run", oracle)
    row = heart.run()
    assert (row["reference"], row["error_mae"]) == ("TensorFlow Lite on the host", 0)
    assert row["oracle"] == "none: it has no such kernel"
    monkeypatch.setattr(lite, "run", refused)
    monkeypatch.setattr(lite, "fingerprint", lambda *_: {"another": "key"})
    row = heart.run()
    assert "compared with nothing: it has no such kernel" in row["notes"]
    assert "reference" not in row


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        ({"board": "another"}, "another"),
        ({"model": "0" * 64}, "model"),
        ({"image": "0" * 16}, "image"),
    ],
)
def test_another_image_ends_the_job_before_anything_is_measured(
    heart: Heart, lie: dict[str, object], message: str
) -> None:
    heart.target.device = {"lies": {Info: lie}}
    row = heart.run()
    assert row["status"] == "failed"
    assert message in str(row["reason"])
    assert heart.target.engine.invocations == 0
    assert not any(name.startswith("exe_") for name in row)


def test_a_failed_job_leaves_a_transcript_of_the_link(heart: Heart) -> None:
    heart.target.device = {"faults_on": Invoke}
    assert heart.run()["status"] == "failed"
    said = (log_dir(heart) / logs.FILE).read_text()
    assert "DEBUG -> HELLO #1" in said
    assert "DEBUG -> INVOKE #" in said
    assert "DEBUG <- FAULT #" in said


def test_each_job_keeps_its_own_thread_alone(tmp_path: Path) -> None:
    log = logging.getLogger("hilbench.link.exchange")
    with logs.kept(tmp_path):
        other = threading.Thread(target=log.debug, args=("another job's",))
        other.start()
        other.join()
        log.debug("this job's")
    log.debug("after it")
    (line,) = (tmp_path / logs.FILE).read_text().splitlines()
    assert line.endswith("DEBUG this job's")


def test_the_transcript_is_on_its_own_only_while_a_job_keeps_it(tmp_path: Path) -> None:
    """pytest listens to each logger that is on its own when a test begins, and shows all of it."""
    package, transcript = logging.getLogger("hilbench"), logging.getLogger("hilbench.link")

    (tmp_path / "other").mkdir()
    before = len(package.handlers), len(transcript.handlers)
    with logs.kept(tmp_path):
        with logs.kept(tmp_path / "other"):
            assert not transcript.propagate
        assert not transcript.propagate and transcript.isEnabledFor(logging.DEBUG)
    assert transcript.propagate and transcript.level == logging.NOTSET
    assert (len(package.handlers), len(transcript.handlers)) == before


def test_verbose_says_what_each_stage_does(
    heart: Heart, capsys: pytest.CaptureFixture[str]
) -> None:
    for level, said in ((logging.INFO, True), (logging.WARNING, False)):
        with listening(level):
            heart.prepare()
        assert (f"{heart.job.id}: compile" in capsys.readouterr().err) is said


@pytest.mark.parametrize(("step", "stage"), [("reserve", "wait"), ("start", "measure")])
def test_an_oserror_of_a_board_or_probe_ends_one_job(heart: Heart, step: str, stage: str) -> None:
    """It was said to be the cache's, with the end of the campaign."""

    def gone(*_: object, **__: object) -> None:
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV), "/dev/bus/usb/001/004")

    setattr(heart.target, step, gone)
    row = heart.run()
    said = f"{stage} failed: [Errno 19] No such device: '/dev/bus/usb/001/004'"
    assert (row["status"], row["reason"]) == ("failed", said)


def test_waiting_for_a_board_has_a_limit_of_its_own(heart: Heart) -> None:
    """The time of the job begins when a board is free."""
    heart.settings = {"limits": {"measure": 50, "wait": 60}}
    assert heart.run()["status"] == "ok"
    (waited,), measuring = heart.target.waited, heart.target.measuring
    assert measuring is not None
    assert (waited.seconds, measuring.seconds) == (60, 50)
    assert measuring.expires - measuring.seconds >= heart.target.free


THEIRS = """
from hilbench.engines.aot import ENGINE

class Theirs(type(ENGINE)):
    def compile(self, *what):
        return {}["x"]

ENGINE = Theirs()
"""


def test_what_others_code_raises_ends_its_job_and_hilbenchs_own_is_a_bug(
    heart: Heart, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = heart.folder / "engines" / "theirs.py"
    path.parent.mkdir()
    path.write_text(THEIRS)
    module = registry.imported_file(path)
    assert module is not None
    row = heart.run(replace(heart.job, engine=module.ENGINE))
    assert (row["status"], row["reason"]) == ("failed", f"{path}:6: KeyError: 'x'")
    monkeypatch.setattr(values, "_provenance", lambda *_: {}["x"])
    with pytest.raises(KeyError):
        heart.run()


def test_a_refused_job_runs_nothing(heart: Heart) -> None:
    job = replace(heart.job, refusal=TargetError("no such board"))
    row = heart.run(job)
    assert (row["status"], row["reason"]) == ("failed", "no such board")
    assert not any(isinstance(event, StageStarted) for event in heart.events)


@pytest.mark.parametrize(
    ("profiled", "macs", "ratio", "noted"),
    [
        (None, 100, None, False),
        (100, None, None, False),
        (100, 0, None, False),
        (103, 100, 1.03, False),
        (0, 100, 0.0, True),
        (57, 827200, 57 / 827200, True),
        (390, 100, 3.9, True),
    ],
)
def test_a_row_says_where_tensorflow_counts_other_macs(
    heart: Heart,
    monkeypatch: pytest.MonkeyPatch,
    profiled: int | None,
    macs: int | None,
    ratio: float | None,
    noted: bool,
) -> None:
    prepared: Prepared = heart.prepare()
    prepared = replace(prepared, network=replace(prepared.network, profiler_macs=profiled))
    monkeypatch.setattr(values.opinfo, "matrix_macs", lambda _: macs)
    assert values._model(prepared)["profiler_macs_ratio"] == ratio
    note = f"TensorFlow's profiler counts {profiled} MACs, the graph has {macs}"
    assert (note in values._notes(prepared, prepared.oracle.outputs)) is noted


@pytest.mark.parametrize(
    ("recipes", "delta", "spared", "notes"),
    [
        (("pruned",), 0, (), (values.DENSE,)),
        (("pruned_blocks",), 0, ("skips",), ("skips",)),
        (("low_rank",), 0, (), ()),
        (("int8_weights",), 0, (), ()),
        (("clustered", "int8_weights"), 0, (), (values.DENSE,)),
        ((), 0, (), ()),
        ((), 0.1, ("rests",), ("rests",)),
        (("pruned",), 0.1, ("rests",), ("rests", values.REST)),
        (("pruned_blocks",), 0.1, ("skips", "rests"), ("skips", "rests")),
    ],
)
def test_what_leaves_nothing_out_does_not_run_dense(
    recipes: tuple[str, ...], delta: float, spared: tuple[str, ...], notes: tuple[str, ...]
) -> None:
    compression = Compression(recipes, 0)
    network = Network("n", "", (), (), compression=compression, least_move=delta)
    prepared: Any = SimpleNamespace(network=network, sources=SimpleNamespace(notes=spared))
    assert tuple(values._spared(prepared)) == notes


def test_a_board_of_the_bench_is_named(heart: Heart) -> None:
    use = BenchUse("PROBE", "chip 7", 1, "a retry")
    job = heart.job
    prepared = heart.stages.prepare(job, heart.events.append)
    measured = heart.stages.measure(prepared, heart.events.append)
    found = values.row_values(prepared, replace(measured, facts=RunFacts(use=use)))
    assert (found["probe"], found["chip"], found["failed_attempts"]) == ("PROBE", "chip 7", 1)


def test_a_profile_goes_through_the_same_stages(
    heart: Heart, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The fake device is not watched: all is prepared and measured, and then that is said."""
    monkeypatch.setattr(profiling.tools, "require", lambda jobs: None)
    selected = Selection(Path("mine.yaml"), Path("mine.yaml"), heart.experiment, (heart.job,), [])
    settings = replace(Settings.read({}), cache=tmp_path / "cache")
    with pytest.raises(TargetError, match="mps2_an386 has no profile: it is not emulated"):
        profiling.run_job(selected, settings, Owner(), heart.events.append)
    assert heart.target.starts == 1
    refused = replace(heart.job, refusal=TargetError("cannot run"))
    with pytest.raises(TargetError, match="cannot run"):
        profiling.run_job(
            replace(selected, jobs=(refused,)), settings, Owner(), heart.events.append
        )
    assert heart.target.starts == 1


def test_a_board_that_never_ends_is_told_with_the_loop_that_may_be_why(
    heart: Heart, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object) -> None:
        raise DeadlineExceeded("measure took longer than 9 s")

    prepared, stages = heart.prepare(), heart.stages
    monkeypatch.setattr(stages.site, "measure", late)
    loops = r"9 s \(the network has a WHILE that ends when its data say so"
    for graph, said in ((prepared.graph, "9 s$"), (waiting_for_data(), loops)):
        with pytest.raises(DeadlineExceeded, match=said):
            stages.measure(replace(prepared, graph=graph), heart.events.append)


def test_a_file_that_is_gone_since_the_plan_ends_its_job(heart: Heart) -> None:
    job = heart.job
    (file,) = (path for path in heart.folder.rglob("*.tflite") if "cache" not in path.parts)
    file.unlink()
    with pytest.raises(JobError, match=r"cannot read .*tiny\.tflite: No such file or directory"):
        heart.stages.prepare(job, heart.events.append)
