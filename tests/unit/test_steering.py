"""Which jobs are run, in which order, how many at a time, and what is said of those left."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_cli import Cli, cli  # noqa: F401
from test_runner import EXPERIMENT, JOBS, FakeStages, _plain_values  # noqa: F401

from hilbench.cli import console
from hilbench.cli.commands.run import going_on
from hilbench.core.errors import ConvertError, UsageError
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.pipeline.runner import Runner
from hilbench.pipeline.selection import Chosen, Selection, select
from hilbench.pipeline.steering import failed, narrowed, ordered, pool_size, standing
from hilbench.record.journal import Journal, Plan
from hilbench.record.journal.overview import overview

IDS = [job.id for job in JOBS]
BROKEN = "lstm/basic/aot/mps2_an386"


def _run(folder: Path, stages: FakeStages, ids: list[str], stop: bool = False) -> list[str]:
    """Ids of the jobs that are left."""
    plan = Plan("mine", "mine.yaml", tuple(IDS), tuple(ids))
    with Journal.open(folder).begin(plan) as campaign:
        runner = Runner(stages, campaign, lambda _: None, Owner(), 1, stop_on_failure=stop)  # type: ignore[arg-type]
        runner.run([job for job in JOBS if job.id in ids])
        return campaign.left()


def test_only_what_failed_and_only_what_is_missing(tmp_path: Path) -> None:
    _run(tmp_path, FakeStages({BROKEN: ConvertError("no")}), IDS[:3])
    asked = Selection(Path(), Path(), EXPERIMENT, JOBS, IDS)

    def chosen(**only: bool) -> list[str]:
        how = {"only_failed": False, "only_missing": False, **only}
        return [job.id for job in narrowed(asked, tmp_path, **how).jobs]

    assert chosen() == IDS
    assert chosen(only_failed=True) == [BROKEN]
    assert chosen(only_missing=True) == IDS[3:]
    assert chosen(only_failed=True, only_missing=True) == [BROKEN, IDS[3]]
    assert failed(standing(tmp_path, "mine")) == {BROKEN}


def test_what_failed_is_first_then_the_longest() -> None:
    seconds = {IDS[0]: 1.0, IDS[1]: 9.0, BROKEN: 0.1}  # the fourth is taken for the mean: 3.4
    assert [job.id for job in ordered(JOBS, {BROKEN}, seconds, None)] == [
        BROKEN, IDS[1], IDS[3], IDS[0],
    ]  # fmt: skip
    first, again, other = (ordered(JOBS, {BROKEN}, seconds, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert {job.id for job in first} == set(IDS)


def test_a_run_that_stops_at_a_failure_says_what_is_left(tmp_path: Path) -> None:
    stages = FakeStages({BROKEN: ConvertError("no")})
    assert IDS[2] == BROKEN
    assert _run(tmp_path, stages, IDS, stop=True) == IDS[3:]
    assert sorted(stages.measured) == sorted(IDS[:2])
    (campaign,) = overview(tmp_path / "journal.sqlite")
    assert (campaign.state, campaign.waiting, campaign.not_ok) == ("stopped", 1, 1)
    assert _run(tmp_path, stages, IDS) == []  # --keep-going


def test_the_command_that_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for typed, said in {
        "hilbench run x --resume --no-plot": "hilbench run x --resume --no-plot",
        "hilbench run x --repeat 3 --only-failed": "hilbench run x --only-failed --resume",
        "hilbench run x --repeat=3": "hilbench run x --resume",
    }.items():
        monkeypatch.setattr(console, "command_line", lambda typed=typed: typed)
        assert going_on() == said


def test_workers_follow_from_cores_memory_and_boards() -> None:
    def job(lane: str, lanes: int) -> SimpleNamespace:
        return SimpleNamespace(lane=lane, station=SimpleNamespace(lanes=lanes))

    gib = 1 << 30
    emulated, real = [job("qemu", 0)] * 50, [job("nucleo", 2)] * 50
    assert pool_size(emulated, 8, 64 * gib) == 8  # type: ignore[arg-type]
    assert pool_size(emulated, 8, 7 * gib) == 3  # type: ignore[arg-type]
    assert pool_size(emulated[:3], 8, 64 * gib) == 3  # type: ignore[arg-type]
    assert pool_size(real, 8, 64 * gib) == 4  # type: ignore[arg-type]
    assert pool_size(real, 2, gib) == 1  # type: ignore[arg-type]


def test_patterns_and_tags_choose_models(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    models = "[{model: lstm, tags: [fast, small]}, {model: gru, tags: [fast]}, simple_0]"
    file.write_text(
        f"schema: 1\nname: mine\ntitle: t\nmodels: {models}\n"
        "variants: [basic, int8_only]\nengines: [aot, tflm]\nboards: [mps2_an386]\n"
    )

    def chosen(**how: list[str]) -> str:
        jobs = select(Settings.read({}), str(file), Chosen(**how)).jobs  # type: ignore[arg-type]
        return " ".join(dict.fromkeys(f"{j.model.name}/{j.variant.name}/{j.engine.name}"
                                      for j in jobs))  # fmt: skip

    assert chosen(models=["l*", "simple_?"], variants=["int8*"], engines=["a*"]) == (
        "lstm/int8_only/aot simple_0/int8_only/aot"
    )
    assert chosen(tags=["f*"], variants=["basic"], engines=["aot"]) == (
        "lstm/basic/aot gru/basic/aot"
    )
    assert chosen(tags=["fast"], models=["gru"], variants=["basic"], engines=["tflm"]) == (
        "gru/basic/tflm"
    )
    for how, said in {
        ("models", "x*"): r"mine.yaml has no model 'x\*' \(valid: gru, lstm, simple_0\)",
        ("engines", "x*"): r"mine.yaml has no engine 'x\*'",
        ("tags", "fats"): r"mine.yaml has no tag 'fats' \(did you mean 'fast'\?\)",
    }.items():
        with pytest.raises(UsageError, match=said):
            chosen(**{how[0]: [how[1]]})
    with pytest.raises(UsageError, match="no model has both such a name and such a tag"):
        chosen(models=["gru"], tags=["small"])


def test_repetitions_are_campaigns(cli: Cli) -> None:  # noqa: F811
    typed = ("run", "smoke", "--engine", "tflm", "--no-plot", "--repeat", "2", "--shuffle", "1")
    assert cli(*typed)[0] == 1  # without a library its jobs are skipped
    (latest,) = json.loads(cli("status", "--json")[1])["campaigns"]
    assert (latest["campaign"], latest["state"]) == (2, "done")
    code, out, err = cli("run", "smoke", "--engine", "tflm", "--no-plot", "--only-missing")
    assert (code, out) == (0, "") and "nothing to do" in err
    assert cli(*typed, "--resume")[0] == 2
