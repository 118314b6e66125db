"""The processes of a farm: its scheduler, and a worker on each host. Each runs until it is told."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import dask
from distributed import Scheduler, Status, Worker

from hilbench.core.errors import FarmError
from hilbench.farm.host import PLUGIN, Host
from hilbench.farm.offers import Offer
from hilbench.farm.security import Address, security

SILENT_SECONDS = 60.0
"""A host that was not heard of for so long is lost: its jobs are measured elsewhere."""
_CONNECT_SECONDS = 30.0
_CLOSE_SECONDS = 1.0
_POLL_SECONDS = 0.1
_CONFIG: dict[str, object] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}
"""No pages, and no work for a host that has nothing to do, which may be a small one."""
_NOWHERE = "127.0.0.1:0"
"""Of the HTTP server that Dask always has: no other computer sees it."""


def scheduler(
    address: Address,
    certificates: Path,
    silent: float = SILENT_SECONDS,
    ready: Callable[[str], None] = lambda _: None,
    stop: threading.Event | None = None,
) -> None:
    """Serve at `address` until interrupted, or `stop` is set. Raises FarmError."""
    known = security(address, certificates)

    async def main(stop: threading.Event) -> None:
        try:
            served = await Scheduler(
                host=address.host,
                port=address.port,
                protocol=f"{address.protocol}://",
                security=known,
                dashboard=False,
                dashboard_address=_NOWHERE,
                allowed_failures=0,
                worker_ttl=silent,
            )
        except OSError as error:
            raise FarmError(f"cannot listen at {address}: {error.strerror or error}") from error
        try:
            ready(served.address)
            while not stop.is_set():
                await asyncio.sleep(_POLL_SECONDS)
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(served.close(), _CLOSE_SECONDS)

    _serve(main, stop or threading.Event())


def worker(
    address: Address,
    certificates: Path,
    offer: Offer,
    host: Host,
    ready: Callable[[str], None] = lambda _: None,
    stop: threading.Event | None = None,
) -> None:
    """Offer this computer until interrupted, or `stop` is set.

    Raises FarmError, also when the scheduler is gone.
    """
    known = security(address, certificates)

    async def offered(_: Any) -> str:
        return offer.text()

    async def main(stop: threading.Event) -> None:
        try:
            joined = await Worker(
                str(address),
                name=offer.host,
                nthreads=max(1, int(sum(offer.resources().values()))),
                resources=offer.resources(),
                startup_information={PLUGIN: offered},
                plugins=(host,),
                security=known,
                host=address.host if address.is_local else None,
                memory_limit=0,
                dashboard=False,
                dashboard_address=_NOWHERE,
                death_timeout=_CONNECT_SECONDS,
            )
        except (OSError, TimeoutError, ValueError, RuntimeError) as error:
            raise FarmError(
                f"cannot join the farm {address}: {error}",
                remedy="is its scheduler up, the certificate the same, the --name another's?",
            ) from error
        ready(joined.address)
        while not stop.is_set() and joined.status in (Status.running, Status.paused):
            await asyncio.sleep(_POLL_SECONDS)
        gone = not stop.is_set()
        await _left(joined, host)
        if gone:
            raise FarmError(f"the farm's scheduler {address} is gone, or took this host for lost")

    _serve(main, stop or threading.Event())


async def _left(joined: Any, host: Host) -> None:
    """Take no more, end what is measured so that it is measured elsewhere, and go."""
    if joined.status is Status.running:
        joined.status = Status.paused
    host.leave()
    limit = asyncio.get_running_loop().time() + _CLOSE_SECONDS / 2
    while host.busy and asyncio.get_running_loop().time() < limit:
        await asyncio.sleep(_POLL_SECONDS / 5)
    await asyncio.sleep(_POLL_SECONDS)  # what ended is told
    with suppress(TimeoutError):
        closing = joined.close(timeout=_CLOSE_SECONDS, executor_wait=False, nanny=False)
        await asyncio.wait_for(closing, _CLOSE_SECONDS)


def _serve(
    main: Callable[[threading.Event], Coroutine[Any, Any, None]], stop: threading.Event
) -> None:
    """Run it in a thread, where no signal interrupts it; this one waits."""
    for name in ("distributed", "distributed.client", "tornado", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with dask.config.set(_CONFIG), ThreadPoolExecutor(1) as pool:
        future = pool.submit(lambda: asyncio.run(main(stop)))
        try:
            future.result()
        finally:
            stop.set()
