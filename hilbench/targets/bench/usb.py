"""Debug probes that are plugged in but that this user may not open (Linux)."""

from __future__ import annotations

import os
import re
from pathlib import Path

UDEV = (
    "add pyOCD's udev rules, https://pyocd.io/docs/installing#udev-rules-on-linux, and plug the"
    " probe in again"
)
_PROBE = re.compile(r"st-?link|cmsis-dap|daplink|j-?link|mcu-link|debug ?probe", re.IGNORECASE)
_DEVICES, _NODES = Path("/sys/bus/usb/devices"), Path("/dev/bus/usb")


def closed_probes(devices: Path = _DEVICES, nodes: Path = _NODES) -> list[str]:
    """ "STM32 STLink (0483:374b) at /dev/bus/usb/001/004" for each that cannot be opened.

    USB drivers leave such a device out of their lists without a word.
    """
    return [
        f"{name} ({ids}) at {node}"
        for folder in sorted(devices.glob("*"))
        if _PROBE.search(name := _read(folder / "product"))
        and (node := _node(folder, nodes)).exists()
        and not os.access(node, os.R_OK | os.W_OK)
        and (ids := f"{_read(folder / 'idVendor')}:{_read(folder / 'idProduct')}")
    ]


def _node(folder: Path, nodes: Path) -> Path:
    bus, device = (_read(folder / name).zfill(3) for name in ("busnum", "devnum"))
    return nodes / bus / device


def _read(path: Path) -> str:
    """What the kernel says of a device, "" if nothing."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
