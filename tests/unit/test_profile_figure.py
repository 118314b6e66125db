"""The figure of a profile."""

from __future__ import annotations

from pathlib import Path

from hilbench.report import profile

SHARES = [(f"operator_{n}", 0.3 / (n + 1)) for n in range(20)]


def draw(folder: Path) -> list[Path]:
    return profile.draw("lstm/int8_only/aot/twin: 1 ms", "a chip", SHARES, folder, "job")


def test_light_and_dark_files_that_repeat(tmp_path: Path) -> None:
    first, second = draw(tmp_path / "a"), draw(tmp_path / "b")
    names = [path.relative_to(tmp_path / "a").as_posix() for path in first]
    assert names == ["job.png", "job.svg", "dark/job.png", "dark/job.svg"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_smallest_shares_are_one_bar(tmp_path: Path) -> None:
    text = draw(tmp_path)[1].read_text()
    assert f"operator_{profile.SHOWN - 1}<" in text
    assert f"operator_{profile.SHOWN}<" not in text
    rest = 1 - sum(share for _, share in SHARES[: profile.SHOWN])
    assert "everything else" in text
    assert f"{100 * rest:.1f} %" in text


def test_long_names_keep_their_end(tmp_path: Path) -> None:
    name = "tflite::" + "x" * 60 + "::Eval"
    svg = profile.draw("t", "n", [(name, 1.0)], tmp_path, "long")[1].read_text()
    assert name not in svg
    assert "::Eval<" in svg
    assert "everything else" not in svg
