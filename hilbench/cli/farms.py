"""The farm that a command names, and where its certificate is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hilbench.core import extras
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings

if TYPE_CHECKING:
    from hilbench.farm.site import Farm


def folder(given: Path | None, settings: Settings) -> Path:
    """Of the farm's certificate."""
    return (given or settings.config / "farm").expanduser().absolute()


@contextmanager
def joined(
    address: str | None, certificates: Path | None, settings: Settings, owner: Owner
) -> Iterator[Farm | None]:
    """The farm at `address`, None where none is named. Raises HilbenchError."""
    if address is None:
        yield None
        return
    extras.distributed()
    from hilbench.core.store import Store
    from hilbench.farm.security import Address
    from hilbench.farm.site import connected

    store = Store(settings.cache, owner=owner)
    where = folder(certificates, settings)
    with connected(Address.parse(address), where, store, owner) as farm:
        yield farm
