"""Work that may crash or hang, done in a child: request.json in, result.json out.

TensorFlow, its converter and TFLM abort, segfault and hang on some inputs. Each
runs as `python -m <module> <folder>/request.json`; a child that dies takes one
job with it and leaves its log in the folder. Every file of the work stays there.

The parent has a `Worker`; the child's module hands its function to `serve`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hilbench.core import processes, reads
from hilbench.core.deadline import Deadline
from hilbench.core.errors import HilbenchError, JobError

Json = dict[str, Any]

SCHEMA = 1
LONGEST_REASON = 300
REQUEST, RESULT, LOG = "request.json", "result.json", "log.txt"

_EXCEPTION = re.compile(r"(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:Error|Exception|Interrupt): .+")
_TENSORFLOW_LOG = re.compile(r"[IWEF]\d{4} |\d{4}-\d\d-\d\d \d\d:\d\d:|WARNING:|INFO:")


@dataclass(frozen=True)
class Worker:
    """A child's module, its work in words, the error of its failures.

    `fields` are the keys of its result, with their types; `symptoms` are starts
    of log lines that say more than the exception after them; `env` is added to its
    environment.
    """

    module: str
    what: str
    error: type[JobError]
    fields: Mapping[str, type]
    symptoms: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)

    def call(self, request: Json, folder: Path, deadline: Deadline) -> None:
        """Do the work in `folder`, which then holds a result that `read` accepts.

        Raises `error` with one line of reason when the child fails, crashes or
        leaves no such result; DeadlineExceeded when it takes too long.
        """
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RESULT).unlink(missing_ok=True)
        request_file = folder / REQUEST
        _write(request_file, request)
        # -P: a module in some folder must not stand in for one of Python's or ours.
        command = [sys.executable, "-P", "-m", self.module, str(request_file.absolute())]
        finished = processes.run(command, folder / LOG, deadline, env=self.env)
        if finished.returncode:
            raise self.error(f"{self.what} failed: {reason(finished, self.symptoms)}")
        self.read(folder)

    def read(self, folder: Path) -> Json:
        """The result that a child left in `folder`, now or earlier.

        Raises `error` when it is missing, not JSON, of another version,
        incomplete, or says that the work failed.
        """
        try:
            result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as cause:
            raise self.error(f"{self.what} left no readable {RESULT}") from cause
        if not isinstance(result, dict) or result.get("schema") != SCHEMA:
            raise self.error(f"{self.what} left a {RESULT} that is not of version {SCHEMA}")
        if "error" in result:
            remedy = str(result.get("remedy", ""))
            raise self.error(f"{self.what} failed: {result['error']}", remedy=remedy)
        for name, kind in self.fields.items():
            if not isinstance(result.get(name), kind):
                raise self.error(f"{self.what} left a {RESULT} without a valid '{name}'")
        return result


def serve(work: Callable[[Json, Path], Json]) -> None:
    """The child's side: `work(request, folder)` returns the result to leave.

    An expected error becomes the result; any other ends the child with a traceback.
    """
    request_file = Path(sys.argv[1])
    folder = request_file.parent
    request = json.loads(request_file.read_text(encoding="utf-8"))
    opened = reads.Reads()
    try:
        result = work(request, folder)
        reads.write(folder, opened.digests({folder, *_named(request)}))
    except HilbenchError as error:
        result = {"error": error.message, "remedy": error.remedy}
    _write(folder / RESULT, result)


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


def _named(request: Json) -> set[Path]:
    """Files and folders that a request names: what asks knows their contents."""
    return {Path(value) for value in request.values() if str(value).startswith("/")}


def _write(path: Path, values: Json) -> None:
    text = json.dumps({"schema": SCHEMA, **values}, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
