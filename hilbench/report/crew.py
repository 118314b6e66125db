"""Figures drawn by children, while a campaign goes on and several at a time at its end."""

from __future__ import annotations

import socket
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from hilbench.core import processes
from hilbench.core.deadline import Deadline
from hilbench.core.errors import HilbenchError
from hilbench.core.owner import Owner
from hilbench.report.drawing import kept
from hilbench.report.drawn import Drawn
from hilbench.report.painter import ANSWERS, ORDERS, Answer, Order, Source
from hilbench.report.presets import Asked

_COMMAND = (sys.executable, "-P", "-m", "hilbench.report.painter")
_LONGEST_SECONDS = 600.0
"""Of one figure: 2,000 rows take seconds."""
_SLICE = 0.1


@dataclass(frozen=True)
class _Task:
    """A figure of one turn; "" ends a painter."""

    figure: str
    turn: int = 0


class DrawingError(HilbenchError):
    """A figure could not be drawn."""


class _Painter(threading.Thread):
    """Hands figures to a child; without the one there is not the other."""

    def __init__(self, crew: Crew) -> None:
        super().__init__(name="painter", daemon=True)
        self._crew = crew
        self.start()

    def run(self) -> None:
        crew, task = self._crew, _Task("")
        deadline = Deadline.after(float("inf"), "drawing", crew.owner)
        try:
            ours, theirs = socket.socketpair()
            with closing(ours), closing(theirs), processes.temporary_folder() as folder:
                console, log = theirs.fileno(), folder / "log"
                with processes.child(_COMMAND, log, deadline, console=console):
                    theirs.close()
                    while (task := crew.tasks.get()).figure:
                        began = time.monotonic()
                        answer = self._answer(task.figure, ours, deadline, log)
                        crew.busy_seconds += time.monotonic() - began
                        crew.done.put((task, crew.keep(task.figure, answer)))
        except Exception as error:  # noqa: BLE001  # whoever waits raises it
            crew.done.put((task, error))

    def _answer(self, name: str, ours: socket.socket, deadline: Deadline, log: Path) -> Answer:
        """Raises DrawingError, DeadlineExceeded, Interrupted."""
        crew = self._crew
        order = Order(crew.source, crew.asked, name, crew.known(name))
        ours.sendall(ORDERS.dump_json(order) + b"\n")
        limit = deadline.afresh(_LONGEST_SECONDS, f"drawing the figure '{name}'")
        said = bytearray()
        while not said.endswith(b"\n"):
            limit.check()
            ours.settimeout(limit.slice() or _SLICE)
            try:
                part = ours.recv(1 << 20)
            except TimeoutError:
                continue
            if not part:
                limit.check()  # whoever stops the work ends the child, too
                why = processes.tail(log.read_text(errors="replace"), 1) or "it said nothing"
                raise DrawingError(f"figure '{name}': the process that draws it ended: {why}")
            said += part
        return ANSWERS.validate_json(bytes(said))


class Crew:
    """Draws figures of `source` into `folder`, in up to `size` children of `owner`.

    The first one starts with the first figure, or by `get_ready`. All end with the block.
    """

    def __init__(self, source: Source, folder: Path, asked: Asked, owner: Owner, size: int) -> None:
        self.source, self.asked, self.owner = source, asked, owner
        self.tasks: SimpleQueue[_Task] = SimpleQueue()
        self.done: SimpleQueue[tuple[_Task, list[Path] | Exception]] = SimpleQueue()
        self.busy_seconds = 0.0
        self._folder, self._size, self._turn = folder, size, 0
        self._painters: list[_Painter] = []
        self._lock = threading.Lock()
        self._drawn = Drawn(folder)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self._drop()
        for _painter in self._painters:
            self.tasks.put(_Task(""))
        for painter in self._painters:
            painter.join()

    def get_ready(self, size: int = 1) -> None:
        """Let there be children, for figures that are to come."""
        self._painters = [each for each in self._painters if each.is_alive()]
        for _ in range(min(size, self._size) - len(self._painters)):
            self._painters.append(_Painter(self))

    def begin(self, figures: Sequence[str]) -> None:
        """Draw these some time, one after another, unless they show what they would."""
        self.get_ready()
        for figure in figures:
            self.tasks.put(_Task(figure, self._turn))

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be drawn."""
        return self.tasks.empty()

    def draw(self, figures: Sequence[str]) -> Iterator[tuple[str, list[Path]]]:
        """Each figure with its files, as they are done; what has not begun before is forgotten.

        Raises DrawingError, StoreError, Interrupted.
        """
        self._drop()
        self._turn += 1
        self.get_ready(len(figures))
        for figure in figures:
            self.tasks.put(_Task(figure, self._turn))
        for _ in figures:
            yield self._next()

    def _next(self) -> tuple[str, list[Path]]:
        """The next figure of this turn. A painter that could not go on has said why."""
        while True:
            self.owner.check()
            with suppress(Empty):
                task, found = self.done.get(timeout=_SLICE)
                if task.turn != self._turn:
                    self.get_ready()
                elif isinstance(found, Exception):
                    raise found
                else:
                    return task.figure, found

    def _drop(self) -> None:
        for queue in (self.tasks, self.done):
            with suppress(Empty):
                while True:
                    queue.get_nowait()

    def known(self, figure: str) -> str:
        """What the files of a figure show, where nobody has changed them."""
        with self._lock:
            return self._drawn.shows(figure)

    def keep(self, figure: str, answer: Answer) -> list[Path]:
        """The files of a figure, as they are now. Raises DrawingError, StoreError."""
        if answer.error:
            raise DrawingError(answer.error, remedy=answer.remedy)
        files = {path: b64decode(data) for path, data in (answer.files or {}).items()}
        with self._lock:
            if not files:
                return self._drawn.files(figure, answer.shows)
            return kept(self._drawn, figure, answer.shows, files)
