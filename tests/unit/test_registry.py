"""What was added by looking: a broken module takes nothing else away."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from hilbench.core import registry


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "x = 1\nraise ValueError('a\\nb')\n",
            r"/broken\.py:2 is left out: ValueError: a b",
        ),
        ("def f(:\n", r"/broken\.py:1 is left out: SyntaxError: "),
        ("import no_such_module\n", r"/broken\.py:1 is left out: ModuleNotFoundError: No module"),
        ("raise SystemExit(3)\n", r"/broken\.py:1 is left out: SystemExit: 3"),
    ],
)
def test_a_module_that_breaks_takes_nothing_else_away(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    source: str,
    said: str,
) -> None:
    name = f"plug_{tmp_path.name}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "broken.py").write_text(source)
    (folder / "good.py").write_text("THING = 5\n")
    monkeypatch.syspath_prepend(tmp_path)
    package = importlib.import_module(name)
    assert registry.collect(package, "THING") == [5]
    assert registry.collect(package, "THING") == [5]
    (record,) = caplog.records
    assert re.search(said, record.getMessage())
