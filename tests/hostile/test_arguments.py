"""What a user, or a script, may type in the place of a file: one line, whatever it is."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from tflite_builder import Spec, single_operator

from hilbench.cli.main import main
from hilbench.config.experiment import NAME_MAX

LONG = "a" * 300
WHERE = [
    "plan {}",
    "plan {}.yaml",
    "plan {}.tflite",
    "plan {}.keras",
    "plan {}.py:f",
    "plan {}/x.yaml",
    "plan smoke --data {}",
    "plan smoke --data {}.npz",
    "plan smoke --data {}.py:f",
    "run smoke --results {} --no-plot",
    "table {}",
    "table smoke --results {}",
    "plot {}",
    "compare {}",
    "profile {}/basic/aot/mps2_an386",
    "inspect {}",
    "doctor --tflm {}",
]


@pytest.mark.parametrize("name", [LONG, "a/" * 2500, "\x1b[2J", "no\nsuch", "ü", "$(x)", "."])
@pytest.mark.parametrize("where", WHERE)
def test_a_name_is_one_line(
    where: str,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HILBENCH_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache").write_text("a file, so that no run can start", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["hilbench", *(word.format(name) for word in where.split())])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    if where.startswith("doctor"):
        assert "\x1b" not in said
        return
    assert ended.value.code == 2, said
    assert said.startswith("hilbench: ")
    assert said.count("\n") == 1
    assert "\x1b" not in said


def test_a_long_path_is_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of more characters than a name may have, which rows then keep to."""
    file = tmp_path / "x" / ("d" * 120) / f"{'n' * 150}.tflite"
    file.parent.mkdir(parents=True)
    file.write_bytes(single_operator("TANH", [Spec((1, 4))], [Spec((1, 4))]))
    monkeypatch.setattr(sys, "argv", ["hilbench", "plan", str(file), "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    (job,) = json.loads(capsys.readouterr().out)
    assert job["model"] == "n" * NAME_MAX
