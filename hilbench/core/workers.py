"""Work that may crash or hang, done in a child: request.json in, result.json out.

TensorFlow, its converter and TFLM abort, segfault and hang on some inputs. Each
runs as `python -m <module> <folder>/request.json`; a child that dies takes one
job with it and leaves its log in the folder. Every file of the work stays there.

Request and result are frozen dataclasses, or pydantic models inside them: what a `Worker`
names is what both sides hold, and each checks what the other wrote. The parent has the
`Worker`; the child's module hands the same types and its function to `serve`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from hilbench.core import processes, reads
from hilbench.core.deadline import Deadline
from hilbench.core.errors import HilbenchError, JobError

Request = TypeVar("Request")
Result = TypeVar("Result")

SCHEMA = 1
LONGEST_REASON = 300
REQUEST, RESULT, LOG = "request.json", "result.json", "log.txt"

_EXCEPTION = re.compile(r"(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:Error|Exception|Interrupt): .+")
_TENSORFLOW_LOG = re.compile(r"[IWEF]\d{4} |\d{4}-\d\d-\d\d \d\d:\d\d:|WARNING:|INFO:")


@dataclass(frozen=True)
class Done:
    """The result of work that leaves nothing but files."""


@dataclass(frozen=True)
class Worker(Generic[Request, Result]):
    """A child's module, its work in words, the error of its failures, and what passes.

    `symptoms` are starts of log lines that say more than the exception after them; `env` is
    added to its environment.
    """

    module: str
    what: str
    error: type[JobError]
    request: type[Request]
    result: type[Result]
    symptoms: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)

    def call(self, request: Request, folder: Path, deadline: Deadline) -> Result:
        """Do the work in `folder`, which then holds the result for `read` as well.

        Raises `error` with one line of reason when the child fails, crashes or
        leaves no such result; DeadlineExceeded when it takes too long.
        """
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RESULT).unlink(missing_ok=True)
        request_file = folder / REQUEST
        _write(request_file, _values(self.request, request))
        # -P: a module in some folder must not stand in for one of Python's or ours.
        command = [sys.executable, "-P", "-m", self.module, str(request_file.absolute())]
        finished = processes.run(command, folder / LOG, deadline, env=self.env)
        if finished.returncode:
            raise self.error(f"{self.what} failed: {reason(finished, self.symptoms)}")
        return self.read(folder)

    def read(self, folder: Path) -> Result:
        """The result that a child left in `folder`, now or earlier.

        Raises `error` when it is missing, not JSON, of another version,
        incomplete, or says that the work failed.
        """
        try:
            text = (folder / RESULT).read_text(encoding="utf-8")
            values = json.loads(text)
        except (OSError, ValueError, RecursionError) as cause:
            raise self.error(f"{self.what} left no readable {RESULT}") from cause
        if not isinstance(values, dict) or values.get("schema") != SCHEMA:
            raise self.error(f"{self.what} left a {RESULT} that is not of version {SCHEMA}")
        if "error" in values:
            remedy = str(values.get("remedy", ""))
            raise self.error(f"{self.what} failed: {values['error']}", remedy=remedy)
        try:
            return TypeAdapter(self.result).validate_json(text, strict=True)
        except ValidationError as cause:
            where = ".".join(str(part) for part in cause.errors()[0]["loc"])
            raise self.error(f"{self.what} left a {RESULT} without a valid '{where}'") from cause


def serve(
    request: type[Request], result: type[Result], work: Callable[[Request, Path], Result]
) -> None:
    """The child's side: `work(request, folder)` returns the result to leave.

    An expected error becomes the result; any other ends the child with a traceback.
    """
    request_file = Path(sys.argv[1])
    folder = request_file.parent
    asked = TypeAdapter(request).validate_json(request_file.read_bytes(), strict=True)
    opened = reads.Reads()
    try:
        values = _values(result, work(asked, folder))
        reads.write(folder, opened.digests({folder, *_named(asked)}))
    except HilbenchError as error:
        values = {"error": error.message, "remedy": error.remedy}
    _write(folder / RESULT, values)


def reason(finished: processes.Finished, symptoms: tuple[str, ...] = ()) -> str:
    """One line: the signal's name, else a symptom, the last exception, or the last line."""
    if finished.returncode < 0:
        return finished.ending()
    lines = [line.strip() for line in finished.log.splitlines() if line.strip()]
    exceptions = [line for line in lines if _EXCEPTION.match(line)]
    others = [line for line in lines if not _TENSORFLOW_LOG.match(line)]
    named = [line for line in lines if line.startswith(symptoms)] if symptoms else []
    best = next((said[-1] for said in (named, exceptions, others) if said), finished.ending())
    return best if len(best) <= LONGEST_REASON else best[:LONGEST_REASON] + "..."


def _named(request: object) -> set[Path]:
    """Files and folders that a request names: what asks knows their contents."""
    return {value for value in vars(request).values() if isinstance(value, Path)}


def _values(kind: type[Request], request: Request) -> dict[str, Any]:
    """A request or result as values of JSON."""
    values: dict[str, Any] = TypeAdapter(kind).dump_python(request, mode="json")
    return values


def _write(path: Path, values: Mapping[str, Any]) -> None:
    text = json.dumps({"schema": SCHEMA, **values}, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
