"""The figures of a results file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hilbench.cli import console

if TYPE_CHECKING:
    from hilbench.report.presets import Asked


def draw_figures(
    csv: Path,
    name: str,
    title: str,
    leave_out: Sequence[str],
    figures: Path,
    asked: Asked | None = None,
    names: Sequence[str] = (),
) -> None:
    """Figures of one results file, all or those of `names`, in the folder `name` of `figures`.

    What has nothing to show is said with its reason; that is an error only where it was asked for.
    """
    from hilbench import report
    from hilbench.core.errors import UsageError
    from hilbench.record import store

    rows = store.read(csv)
    refused: dict[str, str] = {}
    with console.err.status("drawing figures") as status:

        def show(figure: str, before: int, total: int) -> None:
            status.update(f"drawing figures: {figure} ({before + 1} of {total})")

        drawn = report.draw(
            rows, name, title, leave_out, figures, show, asked, names, refused.__setitem__
        )
    for figure, why in refused.items():
        if names:
            raise UsageError(f"{csv}: no figure '{figure}': {why}")
        console.say(f"not drawn: {figure}: {why}")
    console.say(f"{len(drawn)} figure files are in {figures / name}")
