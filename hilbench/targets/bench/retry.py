"""The retry policy: what is tried, in which order, when a board cannot be programmed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from hilbench.core.deadline import Deadline
from hilbench.core.errors import DeadlineExceeded, TargetError
from hilbench.targets.bench.pyocd_calls import Wiring
from hilbench.targets.bench.pyocd_probe import Refused

T = TypeVar("T")

ATTEMPT_SECONDS = 60.0
ENUMERATION_SECONDS = 20.0
SLOW_HZ = 100_000
_SLOWER = 10


@dataclass(frozen=True)
class Step:
    """One way to try; with `power_cycle` the board is switched off and on before."""

    name: str
    wiring: Wiring
    power_cycle: bool = False


@dataclass(frozen=True)
class Attempt:
    """A step and why it failed."""

    step: str
    reason: str


class Exhausted(TargetError):
    """Every step failed: the board is out of order."""


def policy(wiring: Wiring, *, can_power_cycle: bool) -> Iterator[Step]:
    """Cheapest first; no step is tried before the ones above it have failed."""
    slow = Wiring(wiring.connect_mode, max(SLOW_HZ, wiring.frequency_hz // _SLOWER))
    yield Step("as configured", wiring)
    yield Step("again", wiring)
    yield Step("slower SWD clock", slow)
    yield Step("connect under reset", Wiring("under-reset", slow.frequency_hz))
    if can_power_cycle:
        again = replace(wiring, appears_within_s=ENUMERATION_SECONDS)
        yield Step("after a power cycle", again, power_cycle=True)


def run(
    policy: Iterator[Step],
    program: Callable[[Wiring, Deadline], T],
    power_cycle: Sequence[str],
    deadline: Deadline,
) -> tuple[T, list[Attempt]]:
    """The first success, and the attempts before it.

    Raises Refused at once, Exhausted when no step is left, DeadlineExceeded.
    """
    failed: list[Attempt] = []
    for step in policy:
        deadline.check()
        limit = deadline.within(ATTEMPT_SECONDS, "programming the board")
        try:
            if step.power_cycle:
                _switch(power_cycle, limit)
            return program(step.wiring, limit), failed
        except Refused:
            raise
        except (TargetError, DeadlineExceeded) as error:
            failed.append(Attempt(step.name, error.message))
    raise Exhausted(summary(failed))


def summary(attempts: Sequence[Attempt]) -> str:
    """All attempts in a line; those with the same reason together."""
    names: dict[str, list[str]] = {}
    for attempt in attempts:
        names.setdefault(attempt.reason, []).append(attempt.step)
    return "; ".join(f"{', '.join(steps)}: {reason}" for reason, steps in names.items())


def _switch(command: Sequence[str], deadline: Deadline) -> None:
    """The user's command that switches the board off and on. Raises TargetError."""
    try:
        subprocess.run(
            command, check=True, timeout=deadline.remaining(), stdin=subprocess.DEVNULL,
            capture_output=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise TargetError(f"the power cycle failed: {error}") from error
