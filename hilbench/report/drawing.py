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
    stale, paths = outdated(wanted, folder, asked, names, refused)
    for before, kind in enumerate(stale):
        if progress:
            progress(kind.name, before, len(stale))
        paths += draw(kind, wanted, folder, asked)
    return paths


def outdated(
    wanted: Campaign,
    folder: Path,
    asked: Asked | None = None,
    names: Sequence[str] = (),
    refused: Refused | None = None,
) -> tuple[list[Kind], list[Path]]:
    """Figures that have to be drawn, and the files of those that show just this already.

    Takes those away that have nothing to show.
    """
    drawn = Drawn(folder)
    stale: list[Kind] = []
    paths: list[Path] = []
    for kind in chosen_kinds(names):
        why = nothing_of(kind, wanted)
        if why and (kind.optional or names):
            drawn.forget(kind.name)
            if refused:
                refused(kind.name, why)
        elif found := drawn.files(kind.name, shown_by(kind, wanted, asked or Asked())):
            paths += found
        else:
            stale.append(kind)
    return stale, paths


def draw(kind: Kind, wanted: Campaign, folder: Path, asked: Asked | None = None) -> list[Path]:
    """One kind of figure, in every theme, unless its files already show just this.

    Raises as draw_all does.
    """
    asked = asked or Asked()
    drawn = Drawn(folder)
    shows = shown_by(kind, wanted, asked)
    if paths := drawn.files(kind.name, shows):
        return paths
    return kept(drawn, kind.name, shows, painted(kind, wanted, asked))


def painted(kind: Kind, wanted: Campaign, asked: Asked) -> dict[str, bytes]:
    """What the files of a figure hold, by their path below the folder of figures."""
    found: dict[str, bytes] = {}
    for theme in THEMES:
        files, caption = picture(kind, wanted, theme, asked)
        place = f"{theme.folder}/" if theme.folder else ""
        found |= {f"{place}{kind.name}.{ending}": data for ending, data in files}
        if not asked.has_caption and theme is THEMES[0]:
            found |= {f"{kind.name}.{end}": data for end, data in _captions(kind.name, caption)}
    return found


def kept(drawn: Drawn, name: str, shows: str, files: Mapping[str, bytes]) -> list[Path]:
    """The files of a figure, written where `drawn` has its notes. Raises StoreError."""
    paths = []
    for relative, data in files.items():
        path = drawn.folder / relative
        write_atomically(path, data)
        paths.append(path)
    drawn.note(name, shows, paths)
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
