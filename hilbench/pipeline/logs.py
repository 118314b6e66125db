"""What a job logs, kept in a file beside what else it leaves: `job.log`.

    with logs.kept(folder):
        ...                      # in the thread of the job

The transcript of the link goes there and nowhere else: it is of use when a job has failed, and
says too much for a terminal. Its logger is on its own only while there is such a file: pytest shows
what loggers on their own say below each test that fails.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "job.log"

_PACKAGE, _TRANSCRIPT = logging.getLogger("hilbench"), logging.getLogger("hilbench.link")
_open: set[logging.Handler] = set()
_opening = threading.Lock()
_FORMAT = logging.Formatter("%(asctime)s.%(msecs)03d %(levelname)s %(message)s", "%H:%M:%S")


class _File(logging.FileHandler):
    """Of one thread: each job has its own."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8")
        self._thread = threading.get_ident()
        self.setFormatter(_FORMAT)

    def filter(self, record: logging.LogRecord) -> bool:
        return record.thread == self._thread

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Nothing: where the disk is full the stage says so itself."""


@contextmanager
def kept(folder: Path) -> Iterator[None]:
    """Write what this thread logs meanwhile to `job.log` in `folder`. Raises OSError."""
    handler = _File(folder / FILE)
    _listen(handler)
    try:
        yield
    finally:
        _leave(handler)
        handler.close()


def _listen(handler: logging.Handler) -> None:
    with _opening:
        _open.add(handler)
        _TRANSCRIPT.setLevel(logging.DEBUG)
        _TRANSCRIPT.propagate = False
        for logger in (_PACKAGE, _TRANSCRIPT):
            logger.addHandler(handler)


def _leave(handler: logging.Handler) -> None:
    with _opening:
        _open.discard(handler)
        for logger in (_PACKAGE, _TRANSCRIPT):
            logger.removeHandler(handler)
        if not _open:
            _TRANSCRIPT.setLevel(logging.NOTSET)
            _TRANSCRIPT.propagate = True
