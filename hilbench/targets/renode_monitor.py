"""Every command that hilbench gives Renode, and where each was read.

Nothing here was run: no Renode was at hand when it was written. To check it
against a real one, paste the commands into its monitor one after the other.
"""

from __future__ import annotations

from pathlib import Path

CPU = "sysbus.cpu"


def command_line(program: str, script: list[str]) -> list[str]:
    """Headless, with the monitor on standard input and output.

    `renode --help` (1.16): --disable-gui no windows, --console monitor in this
    terminal, --plain no colours, --hide-log the log not among it, -e a command.
    """
    return [
        program,
        "--disable-gui",
        "--console",
        "--plain",
        "--hide-log",
        *(part for command in script for part in ("-e", command)),
    ]


def script(platform: Path, elf: Path, console: Path, uart: str, vectors: int) -> list[str]:
    """From nothing to a running board whose UART is a pseudo-terminal at `console`."""
    return [
        # https://renode.readthedocs.io/en/latest/basic/machines.html
        "mach create",
        # https://renode.readthedocs.io/en/latest/basic/describing_platforms.html
        f"machine LoadPlatformDescription {_path(platform)}",
        # https://renode.readthedocs.io/en/latest/host-integration/uart.html; makes a link
        # `console` to the terminal (UartPtyTerminal.cs in renode-infrastructure).
        f'emulation CreateUartPtyTerminal "console" "{console}"',
        f"connector Connect sysbus.{uart} console",
        # https://renode.readthedocs.io/en/latest/basic/machines.html, "Loading binaries"
        f"sysbus LoadELF {_path(elf)}",
        # Property of CPU.CortexM (CortexM.cs): where the core reads SP and PC at reset.
        f"{CPU} VectorTableOffset {vectors:#x}",
        # Faster than real time, and host input still arrives: nothing of it is timed.
        "start",
    ]


QUESTIONS = {
    "executed instructions": f"{CPU} ExecutedInstructions",
    "pc": f"{CPU} PC",
}
"""What is asked of a core that no longer answers; both print a number in hex (BaseCPU.cs)."""


def _path(path: Path) -> str:
    """A path in the monitor's notation: @ before it, blanks escaped."""
    return f"@{str(path).replace(' ', chr(92) + ' ')}"
