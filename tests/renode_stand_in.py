"""A stand-in for Renode's command line, as a real 1.16.1 was seen to behave.

It writes one character per write, echoes what it is told, shows a prompt, joins all `-e`, refuses
in Renode's words and drops the rest of the line then, quits at the end of its input, and keeps its
history where its configuration says, else in the user's home. Its UART sends back what it gets, in
capitals; "die" ends it, and anything does after a second where RENODE_STAND_IN_DIES is set.
"""

import os
import re
import sys
import threading
import time
import tty
from itertools import pairwise
from pathlib import Path

PROMPT = "(machine-0) "
NUMBERS = {"PC": "0x8000fae", "ExecutedInstructions": "0x00000000004FF4C0"}


def say(text: str) -> None:
    for character in text:
        os.write(1, character.encode())


class Refused(Exception):
    pass


def failed(command: str, reason: str) -> Refused:
    return Refused(f"There was an error executing command '{command}'\n{reason}")


class Machine:
    def __init__(self, history: Path) -> None:
        self.history = history
        self.console = -1
        self.connected = False

    def execute(self, command: str) -> None:
        with self.history.open("a") as file:
            file.write(f"{command}\n")
        for pattern, method in COMMANDS.items():
            if match := re.fullmatch(pattern, command):
                method(self, command, *match.groups())
                return
        raise Refused(f"No such command or device: {command.split()[0]}")

    def nothing(self, command: str, *values: str) -> None:
        pass

    def platform(self, command: str, path: str) -> None:
        text = _read(path)
        for number, line in enumerate(text.splitlines(), 1):
            if match := re.search(r": (\w+\.Unknown\w*)", line):
                reason = f"Error E04: Could not resolve type: '{match[1]}'.\nAt {path}:{number}:1:"
                raise failed(command, reason)
            if '"cortex-m9' in line:
                reason = "Error E38: Exception was thrown during construction of 'cpu':"
                raise failed(command, f"{reason}\nUnknown CPU type: cortex-m9")

    def elf(self, command: str, path: str) -> None:
        _read(path)

    def terminal(self, command: str, path: str) -> None:
        self.console, slave = os.openpty()
        tty.setraw(slave)
        Path(path).symlink_to(os.ttyname(slave))

    def connect(self, command: str, uart: str) -> None:
        if uart != "lpuart1":
            say("Usage: connector Connect IConnectable IExternal\n")
            raise Refused("Parameters did not match the signature")
        self.connected = True

    def start(self, command: str) -> None:
        say("Starting emulation...\n")
        threading.Thread(target=self.echo, daemon=True).start()

    def echo(self) -> None:
        while self.connected:
            data = os.read(self.console, 100)
            if "RENODE_STAND_IN_DIES" in os.environ:
                time.sleep(1.0)
                data = b"die"
            if data == b"die":
                say("the machine burns\n")
                os._exit(1)
            for byte in data.upper():
                os.write(self.console, bytes([byte]))

    def ask(self, command: str, name: str) -> None:
        say(f"{NUMBERS[name]}\n")


COMMANDS = {
    r"mach create": Machine.nothing,
    r"machine LoadPlatformDescription @(.+)": Machine.platform,
    r"sysbus LoadELF @(.+)": Machine.elf,
    r"sysbus\.cpu VectorTableOffset 0x[0-9a-f]+": Machine.nothing,
    r'emulation CreateUartPtyTerminal "console" "([^"]+)"': Machine.terminal,
    r"connector Connect sysbus\.(\w+) console": Machine.connect,
    r"start": Machine.start,
    r"sysbus\.cpu (PC|ExecutedInstructions)": Machine.ask,
}


def _read(path: str) -> str:
    file = Path(path.replace("\\ ", " "))
    if not file.is_file():
        raise Refused(f"Could not find file '{file}'.")
    return file.read_text(errors="replace")


def history(arguments: list[str]) -> Path:
    if "--config" in arguments:
        text = Path(arguments[arguments.index("--config") + 1]).read_text()
        match = re.search(r"\[general\]\nhistory-path = (.+)", text)
        assert match
        return Path(match[1])
    folder = Path.home() / ".config" / "renode"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "history"


def main(arguments: list[str]) -> None:
    machine = Machine(history(arguments))
    assert {"--disable-gui", "--console", "--plain", "--hide-log"} <= set(arguments)
    script = "; ".join(b for a, b in pairwise(arguments) if a == "-e")
    say("Renode, version 1.16.1 (stand-in)\n\n(monitor) ")
    if script:
        run(machine, script)
    for line in sys.stdin:
        run(machine, line.rstrip("\n"))
    say("Renode is quitting\n")


def run(machine: Machine, line: str) -> None:
    """One line; what follows a refused command is dropped."""
    say(f"{line}\n")
    try:
        for command in line.split(";"):
            if command.count('"') % 2:
                raise Refused(f"Could not tokenize here:\n{command}\n^")
            machine.execute(command.strip())
    except Refused as refused:
        say(f"{refused}\n")
    say(PROMPT)


if __name__ == "__main__":
    main(sys.argv[1:])
