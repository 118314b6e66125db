"""What programs say of themselves, asked once: a start of QEMU costs more than most stages."""

from __future__ import annotations

import subprocess
import threading

from hilbench.core import hashing

SECONDS = 120.0
"""Of a program that hangs: on a busy computer a mere start of QEMU takes a while."""

Answer = subprocess.CompletedProcess[str]
_answers: dict[tuple[str, str, hashing.State], Answer] = {}
_asking = threading.Lock()


def ask(path: str, option: str, seconds: float = SECONDS) -> Answer:
    """What the program at `path` answers, asked again when its file has changed.

    Raises OSError, subprocess.TimeoutExpired.
    """
    with _asking:  # whoever comes second waits for the answer to the first
        question = (path, option, hashing.state(path))
        if question not in _answers:
            _answers[question] = subprocess.run(
                [path, option], capture_output=True, text=True, timeout=seconds, check=False
            )
        return _answers[question]
