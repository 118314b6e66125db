"""What can be refused is refused before anything runs; what cannot is resolved once."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hilbench import data as datasets
from hilbench.config.bench import Attachment, Bench
from hilbench.config.experiment import Experiment
from hilbench.config.load import load
from hilbench.config.optimisation import DEFAULT
from hilbench.core.errors import Skipped, SpecError, UsageError
from hilbench.core.settings import Settings
from hilbench.engines import aot
from hilbench.pipeline import plan
from hilbench.record.row import USUAL_OPTIMISATION
from hilbench.sources import named
from hilbench.sources.keras import catalogue

TEXT = """\
schema: 1
name: mine
title: Mine
models: [simple_0, lstm]
variants: [basic]
engines: [aot]
boards: [mps2_an386]
"""
NO_BENCH = Bench(schema=1)
SETTINGS = Settings.read({})


def experiment(folder: Path, text: str = TEXT) -> tuple[Path, Experiment]:
    path = folder / "mine.yaml"
    path.write_text(text)
    return path, load(path, Experiment)


def jobs(folder: Path, text: str = TEXT, bench: Bench = NO_BENCH) -> tuple[plan.Job, ...]:
    path, spec = experiment(folder, text)
    plan.check(spec, path)
    return plan.resolve(spec, bench, SETTINGS, folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEXT.replace("lstm", "lsmt"), ":4: unknown model 'lsmt' (did you mean 'lstm'?)"),
        (TEXT.replace("basic", "bsic"), ":5: unknown variant 'bsic' (did you mean 'basic'?)"),
        (TEXT.replace("aot", "aott"), ":6: unknown engine 'aott' (did you mean 'aot'?)"),
        (TEXT.replace("an386", "an387"), ":7: unknown board 'mps2_an387' (did you mean "),
        (TEXT + "figures: {leave_out: [gru]}\n", ":8: unknown model 'gru' (valid: lstm, simple_0)"),
        (TEXT + "data:\n  text: a.txt\n", ":9: data.text: no model of this experiment reads text"),
        (TEXT.replace("lstm]", "{model: lstm, data: {text: a.txt}}]"),
         ":4: data.text: this model does not read text"),
        (TEXT.replace("lstm]", "{model: net.tflite, training: {epochs: 3, seed: 1}}]"),
         ":4: model 'net' keeps its own weights and is not trained here: training.epochs would "),
        (TEXT.replace("lstm]", "'m.py:gru']") + "training: {recipes: [pruned]}\n",
         ":4: model 'gru' keeps its own weights and is not trained here: training.recipes would "),
        (TEXT.replace("lstm]", "{model: lstm, data: {samples: 601}}]"), ":4: 801 calibration and "),
        (TEXT.replace("lstm]", "{model: lstm, data: {file: none.npz}}]"), ":4: "),
        (TEXT.replace("simple_0, lstm]", "{model: shakespeare_1, data: {text: none.txt}}]"),
         ":4: data.text: "),
        (TEXT + "data:\n  samples: 601\n", "801 calibration and error samples, 'randomset_seq' has"
         " 800 in training (lower data.representative or data.samples)"),
    ],
)  # fmt: skip
def test_what_no_job_could_do_is_refused_with_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    path, spec = experiment(tmp_path, text)
    with pytest.raises(SpecError) as refused:
        plan.check(spec, path)
    assert str(refused.value).startswith(f"{path}:")
    assert message in str(refused.value)


def test_a_text_that_cannot_be_used_is_refused_with_its_line(tmp_path: Path) -> None:
    text = TEXT.replace("simple_0", "shakespeare_1") + f"data:\n  text: {tmp_path}/none.txt\n"
    path, spec = experiment(tmp_path, text)
    with pytest.raises(SpecError, match=r"mine\.yaml:9: data\.text: .*none\.txt"):
        plan.check(spec, path)
    (tmp_path / "none.txt").write_text("to be " * 20_000)
    plan.check(spec, path)


def test_a_job_has_all_that_it_will_need(tmp_path: Path) -> None:
    first, second = jobs(tmp_path)
    assert (first.id, second.id) == ("simple_0/basic/aot/mps2_an386", "lstm/basic/aot/mps2_an386")
    assert first.station.target.kind == "qemu"
    assert first.station.cycle_model is not None
    assert first.station.cycle_model.core.name == "cortex-m4"
    assert (first.trial, first.refusal, first.optimisation) == (None, None, "-O3")
    assert first.limits.measure == 600


def test_optimisation_is_an_axis_and_the_usual_one_is_not_spelt(tmp_path: Path) -> None:
    found = jobs(tmp_path, TEXT + "optimisations: [-O3, -Os]\n")
    assert [job.id for job in found[:2]] == [
        "simple_0/basic/aot/mps2_an386",
        "simple_0/basic/aot/mps2_an386/Os",
    ]
    assert [job.id for job in found] == plan.ids(
        experiment(tmp_path)[1].model_copy(update={"optimisations": ("-O3", "-Os")}), tmp_path
    )
    assert USUAL_OPTIMISATION == DEFAULT
    with pytest.raises(SpecError, match=r"mine\.yaml:8: key 'optimisations"):
        experiment(tmp_path, TEXT + "optimisations: [-O4]\n")


def test_the_bench_decides_what_drives_a_board(tmp_path: Path) -> None:
    entry = Attachment(board="mps2_an386", probe="P", emulated_by="qemu")
    (job, _) = jobs(tmp_path, bench=Bench(schema=1, boards=(entry,)))
    assert job.station.target.kind == "pyocd"
    assert job.station.attached == (entry,)
    assert job.station.kinds == {"pyocd", "qemu"}
    real = replace(job.station, attached=(Attachment(board="mps2_an386", probe="P"),))
    assert not real.emulated


def test_a_board_that_is_not_on_the_bench_refuses_its_jobs_alone(tmp_path: Path) -> None:
    text = TEXT.replace("[mps2_an386]", "[mps2_an386, nucleo_l4r5zi]")
    refusals = {job.id: job.refusal for job in jobs(tmp_path, text)}
    assert refusals["lstm/basic/aot/mps2_an386"] is None
    assert "no board 'nucleo_l4r5zi' in the bench file" in str(
        refusals["lstm/basic/aot/nucleo_l4r5zi"]
    )


def test_an_unknown_data_set_refuses_the_jobs_of_its_model_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = catalogue.models()
    broken = replace(known["lstm"], dataset="randomset")
    monkeypatch.setattr(named, "models", lambda: {**known, "lstm": broken})
    first, second = jobs(tmp_path)
    assert first.refusal is None
    assert str(second.refusal) == (
        "model 'lstm': unknown data set 'randomset' (did you mean 'randomset_seq'?)"
    )


def test_an_engine_that_is_not_configured_skips_its_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unconfigured(self: object, board: Any) -> bool:
        raise Skipped("no library")

    monkeypatch.setattr(aot.AotEngine, "supports", unconfigured)
    assert {job.refusal.status for job in jobs(tmp_path) if job.refusal} == {"skipped"}


def test_two_things_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = catalogue.find("lstm")
    other = replace(spec, units=3)
    monkeypatch.setattr(catalogue, "collect", lambda *_: [(spec,), (other,)])
    catalogue.models.cache_clear()
    with pytest.raises(UsageError, match=r"two models are named 'lstm', in hilbench\.sources"):
        catalogue.models()
    catalogue.models.cache_clear()
    assert datasets.datasets()


def test_256_jobs_are_planned_in_a_moment(tmp_path: Path) -> None:
    """Boards, engines and chips are resolved once each, not once per job."""
    loaded: list[str] = []
    models = ["simple_0", "simple_1", "simple_2", "lstm", "gru", "tiny_ad", "tiny_kws", "tiny_ic"]
    names = ["mps2_an386", "netduinoplus2", "nucleo_l4r5zi", "nucleo_l4r5zi_twin"]
    text = (
        TEXT.replace("simple_0, lstm", ", ".join(models))
        .replace("[basic]", "[basic, int8_only]")
        .replace("[aot]", "[aot, tflm]")
        .replace("mps2_an386", ", ".join(names))
    )
    _, spec = experiment(tmp_path, text + "optimisations: [-O3, -Os]\n")
    original = plan.load_board
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "load_board", lambda name: (loaded.append(name), original(name))[1])
        assert len(plan.resolve(spec, NO_BENCH, SETTINGS, tmp_path)) == 256
    assert loaded == names


def test_planning_imports_nothing_that_runs_a_job() -> None:
    code = (
        "import sys, hilbench.pipeline.selection; "
        "print([m for m in ('hilbench.pipeline.stages', 'hilbench.api', 'hilbench.link.session', "
        "'elftools', 'serial', 'pandas', 'matplotlib', 'tensorflow') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
