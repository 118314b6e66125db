"""What TFLM means by the lines that it leaves before it gives up: one line with the cause."""

from __future__ import annotations

import re
from collections.abc import Sequence

KNOWN = (
    (r"^Didn't find op for builtin opcode '(\w+)'", "TFLM lacks the operator {0}"),
    (r"^Failed to get registration from op code (\w+)", "TFLM lacks the operator {0}"),
    (
        r"^Op#(\d+) \((\w+)\) of subgraph \d+ has dynamic tensor",
        "operator {0}, {1}, has a tensor of no fixed shape, which TFLM does not run",
    ),
    (
        r"^Failed to (?:resize|allocate).*?[Rr]equested:? (\d+)",
        "it needs {0} B of arena and more, beyond what the host gives",
    ),
    (r"schema version (\d+)", "TFLM does not know schema version {0}"),
)
"""A line of TFLM, and what it means of its groups."""

_NODE = re.compile(r"^Node (\w+) \(number (\d+)f?\) failed to (\w+)")
_CHECK = re.compile(r"^(?:.*/)?([\w.]+\.(?:cc|h)):(\d+) (.+?)\.?$")
_OURS = ("Traceback", "File ", "RuntimeError: ")


def cause(log: str) -> str:
    """One line; "" where TFLM said nothing."""
    for pattern, words in KNOWN:
        if match := re.search(pattern, log, re.MULTILINE):
            return words.format(*match.groups())
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if match := _NODE.match(line):
            name, place, what = match.groups()
            return f"operator {place}, {name}, is refused at {what}: {_reason(lines[:number])}"
    failed = [line for line in lines if line.startswith("RuntimeError: ")]
    return f"it says no more than '{failed[-1].partition(': ')[2]}'" if failed else ""


def _reason(before: Sequence[str]) -> str:
    """What TFLM said last before it named the operator."""
    if not before or before[-1].startswith(_OURS):
        return "it does not say why"
    if match := _CHECK.match(before[-1]):
        return f"{match[3]} ({match[1]}:{match[2]})"
    return before[-1]
