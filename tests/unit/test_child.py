"""Children that crash, hang or write rubbish: one clear error each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

import hilbench
from hilbench.core.deadline import Deadline
from hilbench.core.errors import ConvertError, DeadlineExceeded
from hilbench.core.processes import Finished
from hilbench.core.workers import RESULT, Worker, reason


@dataclass(frozen=True)
class Question:
    question: int


@dataclass(frozen=True)
class Answer:
    answer: int
    parts: tuple[Question, ...] = ()


WORKER = Worker("injected_worker", "conversion", ConvertError, Question, Answer)

SERVE = """
from dataclasses import dataclass
from typing import Any
from hilbench.core.workers import serve

@dataclass(frozen=True)
class Question:
    question: int

@dataclass(frozen=True)
class Answer:
    answer: Any = None
    parts: Any = ()

def work(request, folder):
    {}
serve(Question, Answer, work)
"""


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs a child with the given source and returns its result."""
    ours = Path(hilbench.__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ours}")

    def run(source: str, seconds: float = 280) -> Answer:
        (tmp_path / "injected_worker.py").write_text(source)
        folder = tmp_path / "out"
        result = WORKER.call(Question(6), folder, Deadline.after(seconds, "conversion"))
        assert result == WORKER.read(folder)
        return result

    return run


def test_result_comes_back(call) -> None:
    assert call(SERVE.format("return Answer(request.question * 7)")) == Answer(42)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
            "conversion failed: killed by SIGSEGV",
        ),
        ("import os; os.abort()", "conversion failed: killed by SIGABRT"),
        ("raise SystemExit(3)", "conversion failed: exit status 3"),
        ("print('out of ideas'); raise SystemExit(3)", "conversion failed: out of ideas"),
        ("1 / 0", "conversion failed: ZeroDivisionError: division by zero"),
        ("pass", "conversion left no readable result.json"),
        (SERVE.format("return Answer()"), "conversion left a result.json without a valid 'answer'"),
        (
            SERVE.format("return Answer('42')"),
            "conversion left a result.json without a valid 'answer'",
        ),
        (
            SERVE.format("return Answer(1, [{'question': 1}, {'question': True}])"),
            "conversion left a result.json without a valid 'parts.1.question'",
        ),
        (
            SERVE.format(
                "from hilbench.core.errors import MissingTool; raise MissingTool('x', remedy='y')"
            ),
            "conversion failed: x is not installed (y)",
        ),
    ],
)
def test_failure_is_one_line(call, source: str, message: str) -> None:
    with pytest.raises(ConvertError) as caught:
        call(source)
    assert str(caught.value) == message


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": 2, "answer": 1}', "\x00\xff"])
def test_rubbish_as_result_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / RESULT).write_text(content, encoding="latin-1")
    with pytest.raises(ConvertError, match=r"conversion left (a|no readable) result\.json"):
        WORKER.read(tmp_path)


def test_hanging_child_ends_at_the_deadline(call) -> None:
    with pytest.raises(DeadlineExceeded, match="conversion took longer than 1 s"):
        call("import time; time.sleep(600)", seconds=1)


def test_result_of_an_earlier_child_is_not_taken(call, tmp_path: Path) -> None:
    call(SERVE.format("return Answer(1)"))
    with pytest.raises(ConvertError, match="left no readable"):
        call("pass")


def test_request_and_result_carry_a_version(call, tmp_path: Path) -> None:
    call(SERVE.format("return Answer(1)"))
    for name in ("request.json", RESULT):
        assert json.loads((tmp_path / "out" / name).read_text())["schema"] == 1


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("I0000 00:00:17.1 42 port.cc:153] oneDNN\n", "exit status 1"),
        ("loading\n2026-11-21 06:43:00.1: E tensorflow/x.cc:1] noise\n", "loading"),
        ("Traceback\nlite.ConverterError: no\n  note: see above\n", "lite.ConverterError: no"),
        ("ValueError: " + 400 * "a", "ValueError: " + 288 * "a" + "..."),
        ("Didn't find op 'ATAN2'\nRuntimeError: failed\n", "Didn't find op 'ATAN2'"),
    ],
)
def test_reason_is_the_line_that_says_most(log: str, line: str) -> None:
    assert reason(Finished(1, log), ("Didn't find op",)) == line
