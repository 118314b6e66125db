"""Where hilbench's own data is, in a clone and in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def data_dir(name: str) -> Path:
    """firmware, experiments, template: beside the package in a clone, inside it in a wheel."""
    in_clone = _PACKAGE.parent / name
    return in_clone if (_PACKAGE.parent / "pyproject.toml").is_file() else _PACKAGE / "_data" / name


def package_dir() -> Path:
    """The package itself, with the data files that lie in it."""
    return _PACKAGE


def firmware_dir() -> Path:
    return data_dir("firmware")


def experiments_dir() -> Path:
    return data_dir("experiments")


def template_dir() -> Path:
    """What `hilbench init` copies."""
    return data_dir("template")
