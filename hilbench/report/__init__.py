"""Figures and tables, made from the rows of a results file and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from hilbench.record.row import Row
from hilbench.report.presets import Asked
from hilbench.report.recorded import Recorded


def draw(
    rows: Iterable[Row],
    experiment_name: str,
    title: str,
    leave_out: Sequence[str],
    figures_dir: Path,
    progress: Callable[[str, int, int], None] | None = None,
    asked: Asked | None = None,
    names: Sequence[str] = (),
    refused: Callable[[str, str], None] | None = None,
    recorded: Recorded | None = None,
) -> list[Path]:
    """Draw figures, all or those of `names`, in light and dark; returns the files.

    They are figures_dir/<experiment>/<name>.png and so on, the dark ones in a folder `dark`
    there. `asked` says how they are wanted; `refused` is called with the name of one that has
    nothing to show, and why. The same rows give the same bytes. Each file is replaced in one
    step, and only if it would change. `progress` is called before each kind with its name, how
    many came before and how many there are. Raises StoreError, MissingTool, and UsageError for
    a name that is unknown. `recorded` is what the journal knows beside the rows.
    """
    from hilbench.report.campaign import campaign
    from hilbench.report.drawing import draw_all

    folder = figures_dir / experiment_name
    shown = campaign(title, rows, leave_out, recorded)
    return draw_all(shown, folder, progress, asked, names, refused)
