"""Draws every kind of figure that hilbench.report.figures has, in every theme."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hilbench.core import doors, extras
from hilbench.core.registry import lookup
from hilbench.record.store import write_atomically
from hilbench.report import figures, fonts
from hilbench.report.campaign import Campaign
from hilbench.report.drawn import Drawn, shown_by
from hilbench.report.kind import Kind
from hilbench.report.page import compose, nothing_of
from hilbench.report.presets import Asked
from hilbench.report.style import THEMES, Theme, images, settings

Progress = Callable[[str, int, int], None]
"""Called before each figure: its name, how many came before, how many there are."""
Refused = Callable[[str, str], None]
"""Called for a figure that was not drawn: its name, and why."""


def found_kinds() -> Mapping[str, doors.Found[Kind]]:
    """Every FIGURE of a module of hilbench.report.figures, of packages and of the project.

    Raises UsageError where two have one name.
    """
    return doors.by_name("figures", doors.objects("figures", figures, "FIGURE", Kind))


def kinds() -> list[Kind]:
    return list(doors.things(found_kinds()).values())


def chosen_kinds(names: Sequence[str]) -> list[Kind]:
    """Those of these names, all without any. Raises UsageError for one that is unknown."""
    if not names:
        return kinds()
    found = {kind.name: kind for kind in kinds()}
    return [lookup("figure", name, found) for name in dict.fromkeys(names)]


def draw_all(
    wanted: Campaign,
    folder: Path,
    progress: Progress | None = None,
    asked: Asked | None = None,
    names: Sequence[str] = (),
    refused: Refused | None = None,
) -> list[Path]:
    """See hilbench.report.draw."""
    paths: list[Path] = []
    found = chosen_kinds(names)
    for before, kind in enumerate(found):
        if progress:
            progress(kind.name, before, len(found))
        why = nothing_of(kind, wanted)
        if why and (kind.optional or names):
            Drawn(folder).forget(kind.name)
            if refused:
                refused(kind.name, why)
            continue
        paths += draw(kind, wanted, folder, asked)
    return paths


def draw(kind: Kind, wanted: Campaign, folder: Path, asked: Asked | None = None) -> list[Path]:
    """One kind of figure, in every theme, unless its files already show just this.

    Raises as draw_all does.
    """
    asked = asked or Asked()
    drawn = Drawn(folder)
    shown = shown_by(kind, wanted, asked)
    if paths := drawn.files(kind.name, shown):
        return paths
    paths = []
    for theme in THEMES:
        files, caption = picture(kind, wanted, theme, asked)
        named = [(theme.folder, ending, data) for ending, data in files]
        if not asked.has_caption and theme is THEMES[0]:
            named += [("", *text) for text in _captions(kind.name, caption)]
        for place, ending, data in named:
            path = folder / place / f"{kind.name}.{ending}"
            write_atomically(path, data)
            paths.append(path)
    drawn.note(kind.name, shown, paths)
    return paths


Files = list[tuple[str, bytes]]
"""(file ending, what is in it)."""


def picture(
    kind: Kind, wanted: Campaign, theme: Theme, asked: Asked
) -> tuple[Files, tuple[str, ...]]:
    """Files in each of the formats that are asked for, and the paragraphs of the caption."""
    plt = extras.pyplot()
    families = fonts.needed(wanted.texts).families
    with plt.style.context(["default", settings(theme, families, asked.style)], after_reset=True):
        composed = compose(kind, wanted, theme, asked)
        try:
            return list(images(composed.figure, asked.formats, asked.style.dpi)), composed.caption
        finally:
            plt.close(composed.figure)


def _captions(name: str, paragraphs: Sequence[str]) -> Files:
    """What the picture does not say, as text and for TeX."""
    words = _TEX.sub(lambda m: _ESCAPES[m[0]], " ".join(paragraphs))
    tex = f"\\caption{{{words}}}\n\\label{{fig:{name}}}\n"
    return [("txt", ("\n".join(paragraphs) + "\n").encode()), ("tex", tex.encode())]


_ESCAPES = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "\\": "\\textbackslash{}",
    "<": "\\textless{}", ">": "\\textgreater{}",
}  # fmt: skip
_TEX = re.compile("[" + re.escape("".join(_ESCAPES)) + "]")
