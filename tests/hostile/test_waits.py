"""A stop is obeyed wherever hilbench waits for a board that says nothing."""

from __future__ import annotations

import threading
import time

import pytest
from fake_device import Doubler, FakeDevice, Wire

from hilbench.core.deadline import Deadline
from hilbench.core.errors import Interrupted
from hilbench.core.owner import Owner
from hilbench.link.session import Schedule, benchmark


class Slow(FakeDevice):
    """Waits as a serial port does when nothing comes."""

    def read(self, size: int = 1) -> bytes:
        if not (data := super().read(size)):
            time.sleep(self.timeout or 0.0)
        return data


def silent_from(first: int) -> Wire:
    return lambda number, data: b"" if number >= first else data


@pytest.mark.timeout(60)
@pytest.mark.parametrize("answers", [0, 1, 3, 5, 6, 7, 9])
def test_a_board_that_falls_silent_does_not_hold_a_stop_up(answers: int) -> None:
    owner = Owner()
    device = Slow(Doubler(), to_host=silent_from(answers))
    schedule = Schedule(warmups=1, repetitions=2, min_ticks=100)
    stopped: list[float] = []

    def stop() -> None:
        stopped.append(time.monotonic())
        owner.stop()

    threading.Timer(0.3, stop).start()
    with pytest.raises(Interrupted):
        benchmark(device, [[bytes(16)]], schedule, Deadline.after(600, "the session", owner))
    assert time.monotonic() - stopped[0] < 2
