"""`hilbench farm`: several hosts that measure for one run."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Annotated

import typer

from hilbench.cli import console, farms
from hilbench.cli.options import Certificates, Json
from hilbench.core import extras
from hilbench.core.settings import Settings
from hilbench.core.text import counted

app = typer.Typer(no_args_is_help=True)

FarmArgument = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="Of the scheduler: tls://HOST:PORT.")
]


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="farm", help="Several hosts that measure for one run.")


@app.callback()
def _root() -> None:
    """Several hosts that measure for one run (docs/farm.md)."""


@app.command()
def certificates(
    into: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Where it is written.")
    ] = None,
) -> None:
    """Make the farm's certificate and its key, once; every host and user of it gets a copy.

    Whoever has the key can run any code on all hosts of the farm.
    """
    from hilbench.farm.security import make_certificates

    where = farms.folder(into, Settings.read())
    until = make_certificates(where)
    console.say(
        f"{where} has the farm's certificate, which holds until {until:%Y-%m-%d}, and its key: copy"
        " the folder to each host, and to nobody else"
    )


@app.command()
def scheduler(
    listen: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where hosts and runs find it.")
    ] = "tcp://127.0.0.1:8786",
    certificates: Certificates = None,
    silent: Annotated[
        float, typer.Option(min=1, help="Seconds without a word until a host is lost.")
    ] = 60.0,
) -> None:
    """Bring hosts and runs together; runs until it is interrupted. A farm has one."""
    extras.distributed()
    from hilbench.farm import serving
    from hilbench.farm.security import Address

    where = farms.folder(certificates, Settings.read())

    def ready(address: str) -> None:
        console.say(f"the farm is at {address}")

    serving.scheduler(Address.parse(listen), where, silent, ready)


@app.command()
def worker(
    address: FarmArgument,
    bench: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Another bench file than the usual.")
    ] = None,
    emulators: Annotated[
        int | None, typer.Option(min=0, help="Emulated boards at a time; a core each else.")
    ] = None,
    name: Annotated[str, typer.Option(help="What the farm calls this host.")] = "",
    certificates: Certificates = None,
) -> None:
    """Offer the boards and emulators of this host; runs until it is interrupted."""
    extras.distributed()
    from hilbench.config.bench import load_bench
    from hilbench.core.owner import Owner
    from hilbench.core.store import Store
    from hilbench.farm import offers, serving
    from hilbench.farm.host import Host
    from hilbench.farm.security import Address
    from hilbench.pipeline.measuring import Here

    at = Address.parse(address)
    settings = Settings.read(bench=bench)
    attached, named, owner = load_bench(settings), name or socket.gethostname(), Owner()
    here = Here(Store(settings.cache, owner=owner), owner)
    slots = len(os.sched_getaffinity(0)) if emulators is None else emulators
    offer = offers.of_host(named, settings, attached, slots, here)

    def ready(_: str) -> None:
        boards = counted(len(attached.boards), "board")
        console.say(f"host {named} offers {boards} and {counted(slots, 'emulator')} to {at}")

    host = Host(named, settings, attached)
    serving.worker(at, farms.folder(certificates, settings), offer, host, ready)


@app.command()
def status(address: FarmArgument, certificates: Certificates = None, as_json: Json = False) -> None:
    """Say which hosts a farm has, with which boards and in which version."""
    extras.distributed()
    from hilbench.farm import site
    from hilbench.farm.security import Address

    where = farms.folder(certificates, Settings.read())
    with site.client_of(Address.parse(address), where) as client:
        offers = sorted(site.offered(client).values(), key=lambda offer: offer.host)
    if as_json:
        console.print_json({"schema": 1, "hosts": [offer.facts() for offer in offers]})
        return
    rows = [
        [offer.host, offer.version, f"{offer.slots}", ", ".join(offer.names) or "-"]
        for offer in offers
    ]
    console.print_table(["host", "hilbench", "emulators", "boards"], rows)
