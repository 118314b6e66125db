"""The list of simulated boards that are "plugged in": one JSON file each in a folder.

It stands for the USB bus. pyOCD's probe plugin and the search for serial ports look into it.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hilbench.simprobe.faults import Faults


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
        draft = file(folder, self.unique_id, "draft")
        draft.write_text(json.dumps(values), encoding="utf-8")
        draft.replace(file(folder, self.unique_id, "json"))

    def remove(self, folder: Path) -> None:
        file(folder, self.unique_id, "json").unlink(missing_ok=True)


def attached(folder: Path | None) -> list[Attached]:
    """Every board that is plugged into a folder, by unique id; what is no such file is left out."""
    if folder is None:
        return []
    found = (_read(path) for path in sorted(folder.glob("*.json")))
    return [board for board in found if board is not None]


def count_connection(folder: Path, unique_id: str) -> int:
    """How often the board's probe has been opened, this time included."""
    path = file(folder, unique_id, "connections")
    number = 1 + (int(path.read_text()) if path.exists() else 0)
    path.write_text(str(number))
    return number


def file(folder: Path, unique_id: str, kind: str) -> Path:
    """A file about one board; whatever its id is, it lies in the folder."""
    return folder / f"{re.sub(r'[^A-Za-z0-9_-]', '_', unique_id)}.{kind}"


def _read(path: Path) -> Attached | None:
    """None for a file that a board did not write, or is no more."""
    try:
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
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
