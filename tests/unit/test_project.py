"""A project folder: what is found there, what it says, and what is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hilbench.cli.commands.list_ import BROKEN, What, list_
from hilbench.config import adhoc, project
from hilbench.config.bench import Attachment, Bench
from hilbench.config.board import boards_dir, found_boards, load_board
from hilbench.config.chip import chips
from hilbench.config.core import cores
from hilbench.config.experiment import ModelEntry, Training
from hilbench.core import doors
from hilbench.core.errors import SpecError, UsageError
from hilbench.core.settings import Settings
from hilbench.data import found_datasets
from hilbench.engines.base import found_engines
from hilbench.pipeline.plan import station
from hilbench.pipeline.selection import Chosen, select
from hilbench.record.tasks import found_tasks
from hilbench.report.drawing import found_kinds
from hilbench.sources import find, named
from hilbench.targets.base import found_targets


def hilbench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hilbench", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "hilbench.yaml").write_text("schema: 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def copied_board(folder: Path, name: str) -> None:
    good = (boards_dir() / "mps2_an386" / "board.yaml").read_text()
    write(
        folder / "boards" / name / "board.yaml", good.replace("name: mps2_an386", f"name: {name}")
    )


def test_init_writes_a_project_whose_example_is_planned(tmp_path: Path) -> None:
    made = hilbench(tmp_path, "init", "mine")
    assert made.returncode == 0, made.stderr
    assert {p.name for p in (tmp_path / "mine").iterdir()} == {
        "boards", "data", "experiments", "hilbench.yaml", "models"
    }  # fmt: skip
    planned = hilbench(tmp_path / "mine", "plan", "example", "--json")
    assert planned.returncode == 0, planned.stderr
    jobs = [job["id"] for job in json.loads(planned.stdout)]
    assert len(jobs) == 4 and "small_32/int8_only/aot/mps2_an386" in jobs
    again = hilbench(tmp_path, "init", "mine")
    assert again.returncode == 2
    assert again.stderr == "hilbench: mine/hilbench.yaml: there is a project already\n"


def test_init_writes_over_nothing(tmp_path: Path) -> None:
    there = write(tmp_path / "models" / "small.py", "mine")
    refused = hilbench(tmp_path, "init")
    assert refused.returncode == 2 and "models/small.py exists" in refused.stderr
    assert there.read_text() == "mine" and not (tmp_path / "hilbench.yaml").exists()


def test_a_board_of_the_project(folder: Path) -> None:
    copied_board(folder, "ours")
    assert load_board("ours").cpu == load_board("mps2_an386").cpu
    assert found_boards()["ours"].origin == f"project {folder.name}"
    assert found_boards()["mps2_an386"].origin == "hilbench"


def test_a_network_named_alone_takes_what_the_project_says(folder: Path) -> None:
    copied_board(folder, "ours")
    write(
        folder / "hilbench.yaml",
        "schema: 1\ndefaults: {boards: [ours], variants: [int8], data: {samples: 3}}\n",
    )
    entry = ModelEntry(model="net.py:build")
    found = adhoc.experiment(entry)
    assert (found.boards, found.variants, found.data.samples) == (("ours",), ("int8",), 3)
    assert adhoc.experiment(entry, ("basic",)).variants == ("basic",)


def test_an_experiment_says_what_the_project_does_not(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    write(
        folder / "hilbench.yaml",
        "schema: 1\ndefaults:\n  engines: [aot]\n  variants: [basic]\n  boards: [mps2_an386]\n"
        "  data: {file: data/x.npz, samples: 4}\n",
    )
    text = "schema: 1\nname: a\ntitle: A\nmodels: [lstm]\nvariants: [int8]\ndata: {samples: 9}\n"
    inside = write(folder / "experiments" / "a.yaml", text)
    _, found = project.load_experiment("a")
    assert (found.engines, found.variants, found.data.samples) == (("aot",), ("int8",), 9)
    assert found.data.file == str(folder / "data" / "x.npz")
    assert project.load_experiment(str(inside))[1] == found
    outside = write(tmp_path_factory.mktemp("other") / "a.yaml", text)
    with pytest.raises(SpecError, match="key 'engines' is missing"):
        project.load_experiment(str(outside))


def test_a_wrong_project_file_has_a_line_and_a_remedy(folder: Path) -> None:
    write(folder / "hilbench.yaml", "schema: 1\ndefaults:\n  engine: [aot]\n")
    with pytest.raises(SpecError, match=r"yaml:3: unknown key 'defaults.engine' .*'engines'"):
        project.defaults()


def test_models_by_name(folder: Path) -> None:
    write(folder / "models" / "net.py", "def build(): ...\n")
    write(folder / "models" / "_shared.py", "")
    names = named.found()
    assert names["net"].origin == f"project {folder.name}" and names["lstm"].origin == "hilbench"
    assert "_shared" not in names
    assert find(ModelEntry(model="net"), Path("/"), Training()).name == "net"
    with pytest.raises(UsageError, match=r"unknown model 'nett' \(did you mean 'net'\?\)"):
        find(ModelEntry(model="nett"), folder, Training())


@pytest.mark.parametrize(("name", "other"), [("lstm.py", "hilbench"), ("net.tflite", "project")])
def test_two_models_of_one_name_are_refused(folder: Path, name: str, other: str) -> None:
    write(folder / "models" / "net.py", "def build(): ...\n")
    write(folder / "models" / name, "def build(): ...\n")
    with pytest.raises(UsageError, match=rf"two models are named '.*': one in {other}.*rename"):
        find(ModelEntry(model="gru"), folder, Training())


def test_samples_by_name(folder: Path) -> None:
    there = write(folder / "data" / "mine.csv", "a,b\n1,2\n")
    text = (
        "schema: 1\nname: e\ntitle: E\nmodels: [lstm]\nvariants: [basic]\nengines: [aot]\n"
        "boards: [mps2_an386]\ndata: {file: mine}\n"
    )
    write(folder / "experiments" / "e.yaml", text)
    assert project.load_experiment("e")[1].data.file == str(there)


ENGINE = """
from hilbench.engines.aot import ENGINE as AOT
class Mine(type(AOT)):
    name = "mine"
ENGINE = Mine()
"""
TARGET = """
class Mine:
    kind = "mine"
    def __init__(self, settings): pass
    check = reserve = start = __init__
TARGET = Mine
"""
FIGURE = """
from hilbench.report.figures.ram import FIGURE as RAM
from dataclasses import replace
FIGURE = replace(RAM, name="mine")
"""


def test_code_of_the_project(folder: Path) -> None:
    write(folder / "engines" / "e.py", ENGINE)
    write(folder / "targets" / "t.py", TARGET)
    write(folder / "figures" / "f.py", FIGURE)
    origin = f"project {folder.name}"
    assert found_engines()["mine"].origin == origin
    assert found_targets(Settings.read({}))["mine"].origin == origin
    assert found_kinds()["mine"].origin == origin
    drivers = doors.things(found_targets(Settings.read({})))
    attached = Attachment(board="nucleo_l4r5zi", probe="P", target="mine")
    at = station(load_board("nucleo_l4r5zi"), Bench(schema=1, boards=(attached,)), drivers)
    assert (at.target.kind, at.attached) == ("mine", (attached,))
    write(folder / "engines" / "twin.py", ENGINE)
    with pytest.raises(UsageError, match="two engines are named 'mine'"):
        found_engines()


METRIC = """
import numpy as np
from hilbench.record.tasks import TaskMetric
METRIC = TaskMetric("worst", "Worst", "Largest error.", "values",
                    lambda outputs, labels: float(np.abs(outputs - labels).max()))
"""


def test_what_is_broken_is_listed_as_such(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its reason, and beside all the others."""
    write(folder / "models" / "bad.py", "def build(:\n")
    write(folder / "boards" / "bad" / "board.yaml", "name: bad\n")
    for kind in ("chips", "cores", "experiments"):
        write(folder / kind / "bad.yaml", "name: bad\n")
    for kind in ("models", "boards", "chips", "cores", "experiments"):
        list_(What(kind), as_json=True)
        found = json.loads(capsys.readouterr().out)
        broken = [line for line in found if any(str(x).startswith(BROKEN) for x in line.values())]
        assert len(found) > len(broken) == 1
        assert next(iter(broken[0].values())) == "bad"
        assert re.search(r"/bad/board.yaml:1: |/bad\.(py|yaml):1: ", str(broken[0]))


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("engines", "ENGINE = 5", "ENGINE is of type int and no Engine"),
        ("engines", "from hilbench.engines.aot import ENGINE as e\nENGINE = type(e)",
             "ENGINE is the class AotEngine and no Engine"),
        ("metrics", "METRIC = 'top1'", "METRIC is of type str and no TaskMetric"),
        ("datasets", "DATASET = None", "DATASET is of type NoneType and no Dataset"),
        ("targets", "def TARGET(s):\n    return {}[0]", "TARGET: KeyError: 0"),
        ("targets", "class TARGET:\n    kind = 't'\n    def __init__(self, settings): ...",
         "TARGET is of type TARGET and no Target (without check, reserve, start)"),
    ],
)  # fmt: skip
def test_a_thing_that_is_none_is_left_out_and_said(
    folder: Path, caplog: pytest.LogCaptureFixture, kind: str, text: str, why: str
) -> None:
    """It ended each command in a traceback, or nobody heard of it."""
    found = {
        "engines": found_engines, "metrics": found_tasks.__wrapped__, "datasets": found_datasets,
        "targets": lambda: found_targets(Settings.read({})),
    }  # fmt: skip
    path = write(folder / kind / "bad.py", text)
    assert {each.origin for each in found[kind]().values()} == {"hilbench"}
    assert [record.message for record in caplog.records] == [f"{path} is left out: {why}"]


def test_a_metric_of_the_project_is_a_column(folder: Path) -> None:
    write(folder / "metrics" / "worst.py", METRIC)
    listed = hilbench(folder, "list", "metrics", "--json")
    rows = {row["metric"]: row["from"] for row in json.loads(listed.stdout)}
    assert rows["worst"] == f"project {folder.name}" and rows["top1"] == "hilbench"
    code = "from hilbench.record.metrics import BY_NAME; print(BY_NAME['worst_device'].label)"
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    assert "Worst" in shown.stdout
    write(folder / "metrics" / "twin.py", METRIC)
    refused = hilbench(folder, "run", "smoke")
    assert refused.returncode == 2
    assert "two metrics are named 'worst'" in refused.stderr and "Traceback" not in refused.stderr
    assert all(str(folder / "metrics" / name) in refused.stderr for name in ("worst.py", "twin.py"))


def test_what_a_package_adds(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "site"
    write(place / "netpack" / "__init__.py", "def build(units=4): ...\n")
    write(place / "netpack-1.dist-info" / "METADATA", "Metadata-Version: 2.1\nName: netpack\n")
    write(
        place / "netpack-1.dist-info" / "entry_points.txt",
        "[hilbench.models]\ntheirs = netpack:build\n",
    )
    monkeypatch.syspath_prepend(place)
    doors.entry_points.cache_clear()
    try:
        assert named.found()["theirs"].origin == "package netpack"
        entry = ModelEntry(model="theirs", units=8)  # type: ignore[call-arg]
        assert find(entry, folder, Training()).name == "theirs"
    finally:
        doors.entry_points.cache_clear()


def test_a_core_of_the_project_times_a_board_that_has_such_a_cpu(folder: Path) -> None:
    """As the one that `hilbench calibrate` writes; of another name it fitted no board."""
    board = (boards_dir() / "nucleo_l4r5zi_twin" / "board.yaml").read_text()
    board = board.replace("name: nucleo_l4r5zi_twin", "name: ours")
    write(folder / "boards" / "ours" / "board.yaml", board.replace("name: stm32l4r5,", "name: c,"))
    chip, core = chips()["stm32l4r5"].read_text(), cores()["cortex-m4"].read_text()
    chip = chip.replace("name: stm32l4r5", "name: c").replace("core: cortex-m4", "core: slow")
    write(folder / "chips" / "c.yaml", chip)
    core = core.replace("\nname: cortex-m4", "\nname: slow")
    write(folder / "cores" / "slow.yaml", core)
    with pytest.raises(SpecError, match="c has a slow, the board a cortex-m4"):
        load_board("ours")
    write(folder / "cores" / "slow.yaml", core + "cpu: cortex-m4\n")
    assert load_board("ours").cpu.core == "cortex-m4"


def test_options_of_a_family_in_an_experiment(folder: Path) -> None:
    write(
        folder / "experiments" / "o.yaml",
        "schema: 1\nname: o\ntitle: O\nvariants: [basic]\nengines: [aot]\nboards: [mps2_an386]\n"
        "models: [lstm, {model: lstm, name: lstm_128, units: 128}]\n",
    )
    jobs = select(Settings.read(), "o", Chosen()).jobs
    assert [job.model.name for job in jobs] == ["lstm", "lstm_128"]
    assert jobs[0].model.fingerprint() != jobs[1].model.fingerprint()


def test_what_is_of_another_user_is_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A hilbench.yaml that anybody can put into /tmp, and a module in a folder of everybody's."""
    write(folder / "metrics" / "evil.py", "from pathlib import Path\nPath('ran').touch()\n")
    write(folder / "models" / "mine.py", "")
    (folder / "models" / "gone.keras").symlink_to("nowhere")
    (folder / "below").mkdir()
    mine = (folder / "hilbench.yaml").stat().st_uid
    monkeypatch.setattr(doors, "_owners", lambda: {mine + 1})
    assert doors.project_dir(folder / "below") is None
    doors.objects("metrics", None, "METRIC", object)
    ours = doors.is_trusted
    monkeypatch.setattr(doors, "is_trusted", lambda path: path.suffix == ".yaml" or ours(path))
    assert doors.project_dir(folder / "below") == folder
    doors.objects("metrics", None, "METRIC", object)
    assert "mine" not in named.found() and "gone" in named.found()
    assert not (folder / "ran").exists()
    said = [message.split(" is left out: ") for message in caplog.messages]
    assert [Path(place).name for place, _ in said] == ["hilbench.yaml", "evil.py", "mine.py"]
    assert all(f"another user (uid {mine})" in why for _, why in said)
    monkeypatch.undo()
    assert doors.is_trusted(folder / "metrics" / "evil.py")
