"""The list of simulated boards that are "plugged in": one JSON file each in a folder.

It stands for the USB bus. pyOCD's probe plugin and the search for serial ports
look into the folder that the environment variable HILBENCH_SIMULATED names.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hilbench.simprobe.faults import Faults

VARIABLE = "HILBENCH_SIMULATED"
_making_folder = threading.Lock()


@dataclass(frozen=True)
class Attached:
    """One board: its probe, its console, and what the probe must know of its memory.

    `gdb` is the socket of QEMU's gdbstub; `port` and `port_serial` are the
    console's device and what USB would say is its serial number.
    """

    unique_id: str
    gdb: Path
    port: str
    port_serial: str
    flash: tuple[int, int]
    ram: tuple[int, int]
    chip_id_address: int
    faults: Faults = field(default_factory=Faults)

    def write(self, folder: Path) -> None:
        """Plug it in, or change what is known of it."""
        values = {**asdict(self), "gdb": str(self.gdb), "faults": self.faults.to_json()}
        draft = folder / f"{self.unique_id}.draft"
        draft.write_text(json.dumps(values), encoding="utf-8")
        draft.replace(_file(folder, self.unique_id))

    def remove(self, folder: Path) -> None:
        _file(folder, self.unique_id).unlink(missing_ok=True)


def attached() -> list[Attached]:
    """Every simulated board, by unique id; none unless HILBENCH_SIMULATED is set."""
    folder = os.environ.get(VARIABLE)
    return [_read(path) for path in sorted(Path(folder).glob("*.json"))] if folder else []


def bus_folder() -> Path:
    """The folder of HILBENCH_SIMULATED; one of this process alone if it is not set."""
    with _making_folder:
        if VARIABLE not in os.environ:
            os.environ[VARIABLE] = tempfile.mkdtemp(prefix="hilbench-")
            atexit.register(shutil.rmtree, os.environ[VARIABLE], ignore_errors=True)
        return Path(os.environ[VARIABLE])


def count_connection(unique_id: str) -> int:
    """How often the board's probe has been opened, this time included."""
    path = Path(os.environ[VARIABLE]) / f"{unique_id}.connections"
    number = 1 + (int(path.read_text()) if path.exists() else 0)
    path.write_text(str(number))
    return number


def _file(folder: Path, unique_id: str) -> Path:
    return folder / f"{unique_id}.json"


def _read(path: Path) -> Attached:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Attached(
        **{
            **values,
            "gdb": Path(values["gdb"]),
            "flash": tuple(values["flash"]),
            "ram": tuple(values["ram"]),
            "faults": Faults.from_json(values["faults"]),
        }
    )
