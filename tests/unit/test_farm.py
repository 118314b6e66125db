"""A farm on this computer: who may join, what goes where, and what becomes of lost hosts."""

from __future__ import annotations

import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from heart import FakeTarget, Heart

from hilbench.config.bench import Bench
from hilbench.core.deadline import Deadline
from hilbench.core.errors import (
    BoardGone,
    FarmError,
    HostLost,
    JobError,
    TargetError,
    UsageError,
)
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.farm import host as host_module
from hilbench.farm import offers, serving, site
from hilbench.farm.host import Host
from hilbench.farm.offers import Offer, Place
from hilbench.farm.security import Address, make_certificates
from hilbench.farm.site import Farm
from hilbench.pipeline import decided
from hilbench.pipeline.events import Event, StageStarted
from hilbench.pipeline.measuring import Drivers
from hilbench.pipeline.stages import Stages

DRIVERS = Drivers(("fake",), "3.5", "not watched")
PLACE = Place("mps2_an386", "cortex_m", 1, DRIVERS)


@pytest.mark.parametrize(
    "text",
    ["tcp://10.0.0.1:8786", "tcp://lab:1", "http://lab", "tls://", "tls://lab:x", "tls://a/b"],
)
def test_an_address_that_is_none_or_open_to_others_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=f"farm '{text}'"):
        Address.parse(text)


def test_an_address_is_tls_unless_it_says_otherwise() -> None:
    assert str(Address.parse("lab")) == "tls://lab:8786"
    assert str(Address.parse("tcp://[::1]:99")) == "tcp://[::1]:99"


def test_the_key_is_its_users_alone_and_never_replaced(tmp_path: Path) -> None:
    make_certificates(tmp_path / "farm")
    assert stat.S_IMODE((tmp_path / "farm" / "farm.key").stat().st_mode) == 0o600
    with pytest.raises(FarmError, match="is there already"):
        make_certificates(tmp_path / "farm")


def offer(name: str, **changes: Any) -> Offer:
    entry = {"board": "mps2_an386", "probe": name}
    made = Offer(name, "1.0", decided.code(), 0, (entry,), (PLACE,))
    return replace(made, **changes)


def test_hosts_of_another_code_are_named_and_not_used(caplog: pytest.LogCaptureFixture) -> None:
    address = Address.parse("lab")
    found = {"a": offer("pi"), "b": offer("old", code="0" * 64)}
    assert list(site._same(found, address)) == ["a"]
    assert "old: 1.0 (000000000000)" in caplog.text
    with pytest.raises(FarmError, match=r"no host of tls://lab:8786 has hilbench .* but old: 1\.0"):
        site._same({"b": found["b"]}, address)
    with pytest.raises(FarmError, match="has no hosts"):
        site._same({}, address)


def test_what_a_host_offers_is_read_as_it_was_said() -> None:
    assert offers.read(offer("pi").text()) == offer("pi")
    with pytest.raises(FarmError, match="does not understand"):
        offers.read('{"host": 3}')


def test_two_hosts_with_one_probe_are_named() -> None:
    two = {"a": offer("pi"), "b": offer("lab", boards=offer("pi").boards)}
    with pytest.raises(FarmError, match="of pi, lab contradict each other: a probe appears twice"):
        site._joined(two)


def test_another_driver_or_code_is_another_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = replace(PLACE, drivers=replace(DRIVERS, versions=("qemu 9",)))
    names = [PLACE.resource, newer.resource]
    monkeypatch.setattr(decided, "code", lambda: "another")
    names.append(PLACE.resource)
    assert len(set(names)) == 3


@dataclass
class Running:
    """A scheduler and hosts, each in a thread of this process; `stops` ends one by its name."""

    address: Address
    certificates: Path
    pool: ThreadPoolExecutor
    stops: dict[str, threading.Event] = field(default_factory=dict)
    ended: dict[str, Future[None]] = field(default_factory=dict)

    def start(self, name: str, serve: Any, *arguments: Any) -> None:
        ready, self.stops[name] = threading.Event(), threading.Event()
        done = self.pool.submit(
            serve, self.address, self.certificates, *arguments,
            ready=lambda _: ready.set(), stop=self.stops[name],
        )  # fmt: skip
        done.add_done_callback(lambda _: ready.set())
        self.ended[name] = done
        ready.wait()

    def join(self, name: str, settings: Settings) -> None:
        bench = Bench.model_validate_json(
            f'{{"schema": 1, "boards": [{{"board": "mps2_an386", "probe": "{name}"}}]}}'
        )
        self.start(name, serving.worker, offer(name), Host(name, settings, bench))

    def leave(self, name: str) -> None:
        self.stops[name].set()


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Running]:
    make_certificates(tmp_path / "keys")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with ThreadPoolExecutor() as pool:
        running = Running(Address("tls", "127.0.0.1", port), tmp_path / "keys", pool)
        running.start("scheduler", serving.scheduler)
        try:
            yield running
        finally:
            for name in reversed(running.stops):
                running.leave(name)


def test_a_job_is_measured_where_its_board_is(
    farm: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And again elsewhere when its host leaves, or its board; its errors and logs come here; a
    client without the certificate is refused."""
    heart = Heart(tmp_path, monkeypatch)
    target, heart.target.kind = heart.target, "fake"
    monkeypatch.setattr(host_module, "targets", lambda _: {"pyocd": target})
    settings = Settings.read({"HILBENCH_CACHE": str(tmp_path / "there")})
    farm.join("pi", settings)
    owner, events = Owner(), list[Event]()
    store = Store(tmp_path / "cache", owner=owner)
    with site.connected(farm.address, farm.certificates, store, owner) as found:
        stages = Stages(store, owner, found)
        at = replace(heart.job.station, attached=found.bench.boards)
        job = replace(heart.job, station=at)
        prepared = stages.prepare(job, lambda _: None)
        here = heart.stages.measure(heart.prepare(), lambda _: None)
        assert stages.measure(prepared, events.append).measurement == here.measurement
        assert [e.host for e in events if isinstance(e, StageStarted)] == ["", "pi"]
        _fails_with_its_logs(stages, prepared, target)
        _is_lost(stages, prepared, farm, target)
        farm.join("lab", settings)
        stages.measure(prepared, events.append)
        assert [e.host for e in events if isinstance(e, StageStarted)][-1] == "lab"
        _is_unplugged(stages, prepared, farm, target)
        stages.measure(prepared, events.append)
        assert [e.host for e in events if isinstance(e, StageStarted)][-1] == "desk"
    _refuses(farm.address)


def _fails_with_its_logs(stages: Stages, prepared: Any, target: FakeTarget) -> None:
    target.device = {"init_error": "no room"}
    with pytest.raises(JobError, match=r"no room.* \(on host pi\)") as caught:
        stages.measure(prepared, lambda _: None)
    assert (Path(caught.value.log_dir) / "job.log").read_text(encoding="utf-8")
    target.device = {}


def _is_lost(stages: Stages, prepared: Any, farm: Running, target: FakeTarget) -> None:
    def leave(event: Event) -> None:
        if isinstance(event, StageStarted) and event.host == "pi":
            farm.leave("pi")

    @contextmanager
    def held(_elf: Path, _board: object, _folder: Path, limit: Deadline, **_: object) -> Any:
        limit.sleep(60)
        yield

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target, "start", held)
        with pytest.raises(HostLost, match="host pi was stopped"):
            stages.measure(prepared, leave)
    farm.ended["pi"].result()


def _is_unplugged(stages: Stages, prepared: Any, farm: Running, target: FakeTarget) -> None:
    """Its host stays, and is asked no more: the next job is another host's."""

    @contextmanager
    def gone(*_: object, **__: object) -> Any:
        raise BoardGone("the board behind probe lab was unplugged")
        yield

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target, "start", gone)
        with pytest.raises(HostLost, match=r"probe lab was unplugged \(on host lab\)"):
            stages.measure(prepared, lambda _: None)
    farm.join("desk", Settings.read({"HILBENCH_CACHE": str(farm.certificates / "desk")}))


def _refuses(address: Address) -> None:
    open_to_all = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    open_to_all.check_hostname, open_to_all.verify_mode = False, ssl.CERT_NONE
    with (
        pytest.raises((ssl.SSLError, ConnectionError)),
        socket.create_connection((address.host, address.port)) as plain,
        open_to_all.wrap_socket(plain) as wrapped,
    ):
        assert not wrapped.recv(1)
        raise ConnectionError("closed")


def test_a_board_that_no_host_has_is_one_line(tmp_path: Path, monkeypatch: Any) -> None:
    class Client:
        def subscribe_topic(self, *_: object) -> None:
            pass

    heart, owner = Heart(tmp_path, monkeypatch), Owner()
    store = Store(tmp_path, owner=owner)
    found = Farm(Client(), Address.parse("lab"), {"a": offer("pi")}, store, owner)
    at = replace(heart.job.station, board=heart.job.board.model_copy(update={"name": "other"}))
    assert found.lanes(at) == 0
    with pytest.raises(TargetError, match=r"no host of the farm has a board 'other' \(pi\)"):
        found.drivers(at)
