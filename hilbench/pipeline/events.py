"""What a run tells whoever watches: plain objects, one per thing that happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from hilbench.record.row import Row


@dataclass(frozen=True)
class StageStarted:
    """`host` is that of a farm which does it, "" where it is this one."""

    job: str
    stage: str
    host: str = ""


@dataclass(frozen=True)
class StageDone:
    """`cached` stages were not done again."""

    job: str
    stage: str
    seconds: float
    cached: bool


@dataclass(frozen=True)
class JobDone:
    """`log_dir` is where a failed job left its logs, or "". `kept` rows are an earlier run's."""

    row: Row
    seconds: float
    log_dir: str = ""
    kept: bool = False


Event: TypeAlias = StageStarted | StageDone | JobDone
Observer: TypeAlias = Callable[[Event], None]
