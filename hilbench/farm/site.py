"""A farm as a run sees it: a place to measure that happens to be several computers.

with connected(address, certificates, store, owner) as farm:
    selected = select(settings, what, chosen, bench=farm.bench)
    Stages(store, owner, farm)
"""

from __future__ import annotations

import logging
import queue
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from distributed import KilledWorker
from distributed.client import FutureCancelledError
from pydantic import ValidationError

from hilbench import __version__
from hilbench.config.bench import Bench
from hilbench.core import extras, hashing
from hilbench.core.deadline import Deadline
from hilbench.core.errors import FarmError, HostLost, JobError, TargetError
from hilbench.core.owner import Owner
from hilbench.core.store import Store
from hilbench.farm import host, offers
from hilbench.farm.offers import Offer, Place
from hilbench.farm.security import Address, security
from hilbench.pipeline import decided
from hilbench.pipeline.events import Observer
from hilbench.pipeline.measuring import Drivers, Measured, Request
from hilbench.pipeline.plan import Station
from hilbench.pipeline.staging import Staging

CONNECT_SECONDS = 15.0
GRACE_SECONDS = 60.0
"""How much longer than its own limit a host may be silent about a job."""

_log = logging.getLogger(__name__)


@contextmanager
def connected(address: Address, certificates: Path, store: Store, owner: Owner) -> Iterator[Farm]:
    """Raises FarmError where nobody answers, or no host has this hilbench."""
    with client_of(address, certificates) as client:
        yield Farm(client, address, _same(offered(client), address), store, owner)


@contextmanager
def client_of(address: Address, certificates: Path) -> Iterator[Any]:
    """Dask's client. Raises FarmError."""
    known = security(address, certificates)
    try:
        client = extras.distributed().Client(
            str(address), security=known, timeout=CONNECT_SECONDS, set_as_default=False
        )
    except (OSError, TimeoutError) as error:
        remedy = "`hilbench farm scheduler` starts one; both sides need the same certificate"
        raise FarmError(f"no farm answers at {address}", remedy=remedy) from error
    try:
        yield client
    finally:
        with suppress(TimeoutError):
            client.close(timeout=1)


def offered(client: Any) -> dict[str, Offer]:
    """What each host offers, by its address. Raises FarmError."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    return {
        address: offers.read(worker[host.PLUGIN])
        for address, worker in workers.items()
        if host.PLUGIN in worker
    }


def _same(found: dict[str, Offer], address: Address) -> dict[str, Offer]:
    """Those with this hilbench; others are named. Raises FarmError where none is left."""
    ours = decided.code()
    same = {at: offer for at, offer in found.items() if offer.code == ours}
    others = ", ".join(f"{o.host}: {o.version}" for at, o in found.items() if at not in same)
    here = f"{__version__} ({ours[:12]})"
    if not same and others:
        raise FarmError(f"no host of {address} has hilbench {here}, but {others}")
    if not same:
        remedy = "`hilbench farm worker` on each host with boards"
        raise FarmError(f"the farm {address} has no hosts", remedy=remedy)
    if others:
        _log.warning("hosts with another hilbench than this (%s) are not used: %s", here, others)
    return same


class Farm:
    """A Site (pipeline.measuring); safe to use from several threads."""

    def __init__(
        self, client: Any, address: Address, found: dict[str, Offer], store: Store, owner: Owner
    ) -> None:
        self._client, self._address, self._store, self._owner = client, address, store, owner
        self._offers = found
        self._topic = f"hilbench-{uuid.uuid4().hex}"
        self._heard: dict[str, queue.SimpleQueue[str]] = {}
        self.bench = _joined(found)
        client.subscribe_topic(self._topic, self._hear)

    def drivers(self, at: Station) -> Drivers:
        return self._place(at).drivers

    def lanes(self, at: Station) -> int:
        try:
            return self._place(at).count
        except TargetError:
            return 0

    def measure(self, at: Station, request: Request, firmware: Path, emit: Observer) -> Measured:
        place = self._place(at)
        parcel = host.Parcel(
            request=request,
            board=at.board,
            cycle_model=at.cycle_model,
            image=firmware.read_bytes(),
            sha256=hashing.of_file(firmware),
            topic=self._topic,
            resource=place.resource,
        )
        with ExitStack() as stack:
            key = f"{request.job}-{uuid.uuid4().hex}"
            heard = self._heard[key] = queue.SimpleQueue()
            stack.callback(self._heard.pop, key)
            task = self._client.submit(
                host.measure, parcel, key=key, resources=place.needs, pure=False, retries=0
            )
            stack.callback(task.cancel)
            task.add_done_callback(lambda _: heard.put(""))
            return self._result(task, request, heard, emit)

    def _result(
        self, task: Any, request: Request, heard: queue.SimpleQueue[str], emit: Observer
    ) -> Measured:
        with Staging.announced(request.job, "wait", emit):
            waiting = Deadline.after(request.wait_seconds, "waiting for a host", self._owner)
            at = _next(heard, waiting)
        if not at:
            return self._got(task, request)
        with Staging.announced(request.job, "measure", emit, host=at):
            seconds = request.wait_seconds + request.measure_seconds + GRACE_SECONDS
            _next(heard, Deadline.after(seconds, f"host {at}", self._owner))
            return self._got(task, request)

    def _got(self, task: Any, request: Request) -> Measured:
        """What is there. Raises FarmError, HostLost, and what the host raised."""
        try:
            measured: Measured = task.result()
        except KilledWorker as error:
            offer = self._offers.get(error.last_worker.address)
            name = offer.host if offer else error.last_worker.address
            raise HostLost(f"host {name} was lost while it had the job") from None
        except FutureCancelledError:
            self._owner.check()
            raise FarmError(
                f"the farm's scheduler {self._address} is gone",
                remedy="start it and its hosts again, then run with --resume",
            ) from None
        except JobError as error:
            self._keep(error, request)
            raise
        return measured

    def _keep(self, error: JobError, request: Request) -> None:
        """A host's logs of what failed, where those of this one would be."""
        error.log_dir = ""
        with self._store.scratch("measure", request.job.replace("/", ".")) as folder:
            for name, text in getattr(error, host.LOGS, {}).items():
                (folder / Path(name).name).write_text(text, encoding="utf-8")
            raise error

    def _hear(self, event: tuple[float, dict[str, str]]) -> None:
        """In Dask's thread: that a host begins to measure."""
        said = event[1]
        heard = self._heard.get(said["key"])
        if heard is not None and said["stage"] == "measure":
            heard.put(said["host"])

    def _place(self, at: Station) -> Place:
        """Where jobs of a station go, with the count of all hosts that do it in the same way.

        Of several ways it is that of most boards. Raises TargetError where there is none.
        """
        board = at.board.name if at.attached else ""
        found: dict[str, Place] = {}
        counts: Counter[str] = Counter()
        for offer in self._offers.values():
            for place in offer.places:
                if place.board == board and place.family == at.board.family.name:
                    found[place.resource] = place
                    counts[place.resource] += place.count
        if not found or (not board and at.target.kind != "qemu"):
            hosts = ", ".join(offer.host for offer in self._offers.values())
            raise TargetError(f"no host of the farm has a board '{at.board.name}' ({hosts})")
        name, count = max(counts.items(), key=lambda item: (item[1], item[0]))
        place = found[name]
        return Place(place.board, place.family, count, place.drivers)


def _joined(found: dict[str, Offer]) -> Bench:
    """The boards of all hosts. Raises FarmError where two hosts name the same one."""
    entries = [entry for offer in found.values() for entry in offer.bench().boards]
    try:
        return Bench(schema=1, boards=tuple(entries))
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        names = ", ".join(offer.host for offer in found.values() if offer.boards)
        raise FarmError(f"the bench files of {names} contradict each other: {reason}") from None


def _next(heard: queue.SimpleQueue[str], deadline: Deadline) -> str:
    """The host that begins, "" once the task is done. Raises DeadlineExceeded, Interrupted."""
    while True:
        with suppress(queue.Empty):
            return heard.get(timeout=deadline.slice())
        deadline.check()
