"""Code that a project or a package added: what it raises ends one job, at its author's line."""

from __future__ import annotations

import logging
import traceback

from hilbench.core import doors
from hilbench.core.errors import JobError, MissingTool

_log = logging.getLogger(__name__)


def ending(error: Exception) -> JobError | MissingTool:
    """The error that ends a job; any other of hilbench's own code is a bug, and raised again."""
    if isinstance(error, JobError | MissingTool):
        return error
    if (where := _guest(error)) is None:
        raise error
    _log.info("%s", where, exc_info=error)
    return JobError(f"{where}: {type(error).__name__}: {error}")


def _guest(error: Exception) -> str | None:
    """The line of others' code that raised it; None where hilbench was called last."""
    guests = doors.guests()
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        package = str(frame.f_globals.get("__name__")).partition(".")[0]
        if package in (doors.OWN, *guests):
            return None if package == doors.OWN else f"{frame.f_code.co_filename}:{line}"
    return None
