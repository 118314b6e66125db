"""The page of a campaign that runs, served to this computer alone.

The address has a secret, as other users of the computer reach its loopback too; a name other than
the loopback's is refused, as somebody's page may have one that leads here.
"""

from __future__ import annotations

import json
import secrets
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from hilbench.core.errors import HilbenchError
from hilbench.core.text import counted
from hilbench.record.journal import FILE
from hilbench.record.journal.overview import Progress, overview

HOST = "127.0.0.1"
_SILENT_SECONDS = 10.0
"""So long a client may leave a request unfinished."""
_RUNNING_SHOWN = 4

Render = Callable[[str], str]
"""The page of the rows as they are; what it is told names that state."""


@dataclass(frozen=True)
class State:
    """`rows` changes with the results file; `said` is how far the campaign is."""

    rows: str
    said: str


def state_of(csv: Path) -> State:
    """Of what is there now, which may be nothing yet."""
    try:
        at = csv.stat()
        rows = f"{at.st_ino}-{at.st_mtime_ns}-{at.st_size}"
    except OSError:
        rows = "none"
    try:
        found = [each for each in overview(csv.parent / FILE) if each.experiment == csv.stem]
    except HilbenchError:
        found = []
    return State(rows, _said(found[-1]) if found else "no campaign is known")


def _said(now: Progress) -> str:
    done = f"{now.ok + now.not_ok} of {counted(now.jobs, 'job')} done"
    failed = f", {now.not_ok} not ok" if now.not_ok else ""
    running = [each.job for each in now.running]
    more = ", ..." if len(running) > _RUNNING_SHOWN else ""
    doing = f"; running: {', '.join(running[:_RUNNING_SHOWN])}{more}" if running else ""
    return f"campaign {now.campaign}, {now.state}: {done}{failed}{doing}"


class Listener(ThreadingHTTPServer):
    """A browser that goes away before its answer is no error; any other is a bug, and shown."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Server:
    """Serves on a port that the system chooses, from when it is made until it is closed."""

    def __init__(self, csv: Path, render: Render) -> None:
        self._csv, self._render = csv, render
        self._drawing = threading.Lock()
        self._page: tuple[str, bytes] = ("", b"")
        self._secret = secrets.token_urlsafe(16)
        self._server = Listener((HOST, 0), self._handler())

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self._server.server_port}/{self._secret}/"

    def forever(self) -> None:
        """Answer until this is interrupted."""
        try:
            self._server.serve_forever(poll_interval=0.2)
        finally:
            self._server.server_close()

    def close(self) -> None:
        """End `forever`, from another thread."""
        self._server.shutdown()

    def answer(self, host: str, path: str) -> tuple[HTTPStatus, str, bytes]:
        """Status, type and body for a path asked of a host; one page is drawn at a time."""
        port = self._server.server_port
        if host not in (f"{HOST}:{port}", f"localhost:{port}"):
            return HTTPStatus.MISDIRECTED_REQUEST, _TEXT, b"not the name of this server\n"
        folder, _, name = path.removeprefix("/").partition("/")
        if not secrets.compare_digest(folder.encode(), self._secret.encode()):
            return HTTPStatus.NOT_FOUND, _TEXT, b"nothing is here\n"
        if name == "state":
            now = state_of(self._csv)
            body = json.dumps({"rows": now.rows, "said": now.said}).encode()
            return HTTPStatus.OK, "application/json", body
        if name:
            return HTTPStatus.NOT_FOUND, _TEXT, b"nothing is here\n"
        try:
            return HTTPStatus.OK, "text/html; charset=utf-8", self._current()
        except HilbenchError as error:
            return HTTPStatus.INTERNAL_SERVER_ERROR, _TEXT, f"{error}\n".encode()

    def _current(self) -> bytes:
        with self._drawing:
            rows = state_of(self._csv).rows
            if self._page[0] != rows:
                self._page = (rows, self._render(rows).encode())
            return self._page[1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            timeout = _SILENT_SECONDS
            server_version, sys_version = "hilbench", ""

            def do_GET(self) -> None:
                status, kind, body = answer(self.headers.get("Host", ""), self.path)
                self.send_response(status)
                for name, value in (*_HEADERS, ("Content-Type", kind)):
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing: who asks is who reads."""

        return Handler


_TEXT = "text/plain; charset=utf-8"
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
