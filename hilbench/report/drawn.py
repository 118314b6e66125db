"""What the figures of a folder show, so that only what has changed is drawn again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hilbench.core import extras, files, hashing
from hilbench.core.paths import package_dir
from hilbench.record.store import write_atomically
from hilbench.report import fonts
from hilbench.report.campaign import Campaign
from hilbench.report.kind import Kind
from hilbench.report.presets import Asked

NOTES = ".drawn.json"


def shown_by(kind: Kind, campaign: Campaign, asked: Asked) -> str:
    """A hash of all that decides the bytes of a figure: rows, words, code, matplotlib."""
    code = kind.panels.__code__.co_filename if hasattr(kind.panels, "__code__") else ""
    own = Path(code)
    return hashing.of_values(
        kind=[kind.name, kind.heading, kind.note, hashing.of_file(own) if own.is_file() else ""],
        words=[campaign.title, campaign.left_out],
        asked=json.loads(json.dumps(asdict(asked)), parse_int=float),  # 252 is 252.0
        beside=kind.rests_on(campaign),
        rows=campaign.digest,
        code=hashing.of_tree(package_dir() / "report", ".py"),
        matplotlib=extras.version("matplotlib"),
        fonts=_fonts(campaign),
    )


def _fonts(campaign: Campaign) -> Any:
    """What this computer adds; only text beyond ASCII asks for it."""
    found = fonts.needed(campaign.texts)
    return [found.families, found.lacking]


class Drawn:
    """The notes of one folder; anything wrong with them means that nothing was drawn."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._notes: dict[str, dict[str, Any]] = {}
        with suppress(OSError, ValueError):
            notes = json.loads(files.read(folder / NOTES, files.MIB))
            self._notes = notes if isinstance(notes, dict) else {}

    def shows(self, name: str) -> str:
        """What the files of figure `name` show; "" where somebody has changed them."""
        note = self._notes.get(name)
        shown = note.get("shows") if isinstance(note, dict) else None
        return shown if isinstance(shown, str) and self.files(name, shown) else ""

    def files(self, name: str, shown: str) -> list[Path]:
        """Those of figure `name`, if they show just that and nobody has changed them."""
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            note = self._notes[name]
            paths = {self.folder / relative: digest for relative, digest in note["files"].items()}
            whole = all(hashing.of_file(path) == digest for path, digest in paths.items())
            if note["shows"] == shown and whole:
                return list(paths)
        return []

    def forget(self, name: str) -> None:
        """Take away the files of a figure that has nothing to show any more."""
        note = self._notes.pop(name, None)
        with suppress(OSError, TypeError, AttributeError):
            for relative in note["files"] if note else ():
                (self.folder / relative).unlink(missing_ok=True)

    def note(self, name: str, shown: str, paths: Sequence[Path]) -> None:
        """Remember what was drawn. Raises StoreError."""
        found = {str(p.relative_to(self.folder)): hashing.of_file(p) for p in paths}
        self._notes[name] = {"shows": shown, "files": found}
        text = json.dumps(self._notes, indent=1, sort_keys=True) + "\n"
        write_atomically(self.folder / NOTES, text.encode())
