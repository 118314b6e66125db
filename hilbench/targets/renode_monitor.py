"""Every command that hilbench gives Renode, and what Renode says to one that it refuses.

Seen with Renode 1.16.1. To try them by hand, paste them into its monitor one after the other.
"""

from __future__ import annotations

import re
from pathlib import Path

CPU = "sysbus.cpu"
STARTED = "Starting emulation..."
"""What Renode says once the last command has run."""

_REFUSED = re.compile(
    r"^.*?(There was an error executing command '|Could not find file '|Error E\d+: |"
    r"Parameters did not match the signature|No such command or device: |Could not tokenize here:)"
)
_PROMPT = re.compile(r"^\([\w-]+\) ")
_NUMBER = re.compile(r"^\s*(0x[0-9A-Fa-f]+|\d+)\s*$", re.MULTILINE)
_UNQUOTABLE = re.compile(r'[\x00-\x1f\x7f";\\]')


def command_line(program: str, config: Path, script: list[str]) -> list[str]:
    """Headless, with the monitor on standard input and output, and nothing that listens.

    `renode --help` (1.16): --config its own settings, --disable-gui no windows, --console monitor
    in this terminal (without it a port is opened), --plain no colours, --hide-log the log not
    among it, -e a command. All `-e` are joined with "; ".
    """
    return [
        program,
        "--config",
        str(config),
        "--disable-gui",
        "--console",
        "--plain",
        "--hide-log",
        *(part for command in script for part in ("-e", command)),
    ]


def config(folder: Path) -> str:
    """Renode's settings; without them it writes its history into the user's home."""
    return f"[general]\nhistory-path = {folder / 'history'}\n"


def script(platform: Path, elf: Path, console: Path, uart: str, vectors: int) -> list[str]:
    """From nothing to a running board whose UART is a pseudo-terminal at `console`.

    The terminal comes last: once it is there everything else has been accepted.
    """
    return [
        # https://renode.readthedocs.io/en/latest/basic/machines.html
        "mach create",
        # https://renode.readthedocs.io/en/latest/basic/describing_platforms.html
        f"machine LoadPlatformDescription {_path(platform)}",
        # https://renode.readthedocs.io/en/latest/basic/machines.html, "Loading binaries"
        f"sysbus LoadELF {_path(elf)}",
        # Property of CPU.CortexM: where the core reads SP and PC at reset.
        f"{CPU} VectorTableOffset {vectors:#x}",
        # https://renode.readthedocs.io/en/latest/host-integration/uart.html; makes a link
        # `console` to the terminal.
        f'emulation CreateUartPtyTerminal "console" "{console}"',
        f"connector Connect sysbus.{uart} console",
        "start",
    ]


QUESTIONS = {
    "executed instructions": f"{CPU} ExecutedInstructions",
    "pc": f"{CPU} PC",
}
"""What is asked of a core that no longer answers; both print a number in hex."""


def can_name(path: Path) -> bool:
    """Whether the monitor can be told of this path; it has no way to quote some characters."""
    return _UNQUOTABLE.search(str(path)) is None


def refusal(said: str) -> str:
    """Why Renode did not take a command, in one line; "" if it has taken all so far.

    It drops what follows and waits at its prompt. The line after the first one has the reason.
    """
    lines = [line.strip() for line in said.split("\n")[:-1] if line.strip()]
    for number, line in enumerate(lines):
        if _REFUSED.match(line):
            return ": ".join(_without_prompt(part) for part in lines[number : number + 2])
    return ""


def answer(said: str) -> str:
    """The number in what Renode said to a question, "" while there is none."""
    match = _NUMBER.search(said.rpartition("\n")[0])
    return match[1] if match else ""


def last_words(said: str) -> str:
    """The last line that is more than a prompt, "" without one."""
    lines = [_without_prompt(line.strip()) for line in said.splitlines()]
    return next((line for line in reversed(lines) if line), "")


def _without_prompt(line: str) -> str:
    return _PROMPT.sub("", f"{line} ").strip()


def _path(path: Path) -> str:
    """A path in the monitor's notation: @ before it, blanks escaped."""
    return f"@{str(path).replace(' ', chr(92) + ' ')}"
