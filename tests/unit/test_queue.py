"""Host stages keep ahead of the boards, and no board waits for another."""

from __future__ import annotations

from dataclasses import dataclass

from hilbench.pipeline.queue import AHEAD, Queue


@dataclass(frozen=True)
class Job:
    lane: str
    number: int = 0


def test_a_full_board_is_passed_over_and_no_more_is_made_ahead_for_it() -> None:
    slow = [Job("slow", n) for n in range(5)]
    queue: Queue[Job, Job] = Queue([*slow, Job("other"), Job("emulated")], {"slow": 1, "other": 1})
    taken = [queue.next() for _ in range(AHEAD + 2)]
    assert taken == [*slow[:AHEAD], Job("other"), Job("emulated")]
    queue.ready("slow", slow[0])
    queue.over("emulated")
    assert queue.next_on("slow") == slow[0]
    assert queue.next() == slow[AHEAD]


def test_a_board_ends_when_nothing_will_come_for_it() -> None:
    queue: Queue[Job, Job] = Queue([Job("b", 0), Job("b", 1)], {"b": 1})
    first, second = queue.next(), queue.next()
    assert first is not None and second is not None
    queue.over("b")  # it failed before it came to a board
    queue.ready("b", second)
    assert queue.next_on("b") == second
    assert queue.next_on("b") is None
    assert queue.next() is None


def test_a_closed_queue_gives_nothing() -> None:
    queue: Queue[Job, Job] = Queue([Job("b"), Job("c")], {"b": 1})
    job = queue.next()
    assert job is not None
    queue.ready("b", job)
    queue.close()
    assert queue.next() is None
    assert queue.next_on("b") is None
