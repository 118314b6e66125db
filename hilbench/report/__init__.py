"""Figures and tables, made from the rows of a results file and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from hilbench.record.row import Row


def draw(
    rows: Iterable[Row],
    experiment_name: str,
    title: str,
    leave_out: Sequence[str],
    figures_dir: Path,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Path]:
    """Draw every kind of figure in light and dark; returns the files, PNG and SVG.

    They are figures_dir/<experiment>/<name>.png and .svg, the dark ones in a
    folder `dark` there. The same rows give the same bytes. Each file is replaced
    in one step, and only if it would change. `progress` is called before each kind with its
    name, how many came before and how many there are. Raises StoreError, MissingTool.
    """
    from hilbench.report.drawing import draw_all

    return draw_all(rows, title, leave_out, figures_dir / experiment_name, progress)
