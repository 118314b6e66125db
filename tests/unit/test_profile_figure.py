"""The figure of a profile."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from hilbench.report import profile
from hilbench.report.style import images

LONG = "tflite::" + "x" * 60 + "::Eval"
SHARES = [(LONG if n == 1 else f"operator_{n}", 0.3 / (n + 1)) for n in range(20)]


def draw(folder: Path) -> list[Path]:
    return profile.draw("lstm/int8_only/aot/twin: 1 ms", "a chip", SHARES, folder, "job")


def test_files_that_repeat_and_what_has_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The smallest shares are one bar; long names keep their end."""
    monkeypatch.setattr(profile, "images", partial(images, dpi=50))
    first, second = draw(tmp_path / "a"), draw(tmp_path / "b")
    names = [path.relative_to(tmp_path / "a").as_posix() for path in first]
    assert names == ["job.png", "job.svg", "dark/job.png", "dark/job.svg"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    text = first[1].read_text()
    assert f"operator_{profile.SHOWN - 1}<" in text
    assert f"operator_{profile.SHOWN}<" not in text
    rest = 1 - sum(share for _, share in SHARES[: profile.SHOWN])
    assert "everything else" in text
    assert f"{100 * rest:.1f} %" in text
    assert LONG not in text
    assert "::Eval<" in text
