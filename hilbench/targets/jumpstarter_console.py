"""A board's console as input and output: python3 -P jumpstarter_console.py NAME...

Run by the Python of Jumpstarter's environment, where no hilbench is, inside of a lease; NAME...
leads to a driver of the exporter. (`j NAME pipe` holds back what it reads until it has 1,024
bytes, and a request has ten.) Without -P the module beside this file would be Jumpstarter.
"""

from __future__ import annotations

import os
import sys
import threading
from functools import reduce
from importlib import import_module
from typing import Any

_CHUNK_BYTES = 4096


def main(names: list[str]) -> None:
    with (
        import_module("jumpstarter.utils.env").env() as client,
        reduce(getattr, names, client).stream() as stream,
    ):
        threading.Thread(target=_send, args=(stream,), daemon=True).start()
        while data := stream.receive():
            os.write(1, data)


def _send(stream: Any) -> None:
    while data := os.read(0, _CHUNK_BYTES):
        stream.send(data)


if __name__ == "__main__":
    main(sys.argv[1:])
