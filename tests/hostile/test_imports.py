"""What lies in the current folder is not code of hilbench's children."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hilbench.core.deadline import Deadline
from hilbench.core.errors import JobError
from hilbench.core.workers import Done, Worker

WORKER = """
import random, json
from hilbench.core.workers import Done, serve

def work(request, folder):
    (folder / "imported.txt").write_text(random.__file__ + json.__file__)
    return Done()

serve(Done, Done, work)
"""


def test_modules_of_the_current_folder_do_not_run_in_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "somebody's"
    for name in ("random.py", "json.py", "hilbench/__init__.py", "sitecustomize.py", "typing.py"):
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "honest_worker.py").write_text(WORKER)
    paths = os.pathsep.join([str(modules), str(Path(__file__).parents[2])])
    worker = Worker("honest_worker", "the work", JobError, Done, Done, env={"PYTHONPATH": paths})
    monkeypatch.chdir(here)
    worker.call(Done(), tmp_path / "work", Deadline.after(60, "the work"))
    assert not (tmp_path / "ran").exists()
    assert str(here) not in (tmp_path / "work" / "imported.txt").read_text()
