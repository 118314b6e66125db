"""What the user has set: environment and global options, read once and handed down.

Nothing else in hilbench reads the environment; children get it whole.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hilbench.core.errors import UsageError

CACHE, STATE, BENCH = "HILBENCH_CACHE", "HILBENCH_STATE", "HILBENCH_BENCH"
TFLM, RENODE, SIMULATED = "HILBENCH_TFLM", "HILBENCH_RENODE", "HILBENCH_SIMULATED"
UNCONFINED = "HILBENCH_UNCONFINED"
LEASE = "JUMPSTARTER_HOST"
"""What `jmp shell` tells the programs in it."""

_UNUSABLE = frozenset('";\\$`')
"""CMake, Ninja and linker scripts give these a meaning of their own."""


@dataclass(frozen=True)
class Settings:
    """Absolute paths, whether anything is there or not.

    `cache` has results of stages, `state` locks and boards out of order, `config`
    the user's own files; `bench` is the bench file, which `bench_named`
    says was asked for by name; `tflm` the folder of a prebuilt
    TensorFlow Lite Micro, `renode` Renode's program; `simulated` the folder in which
    simulated boards are plugged in; `jumpstarter` the address of the exporter that a lease
    gives, "" outside of one. `unconfined` lets emulated firmware run where the
    kernel cannot keep it from the host's files.
    """

    cache: Path
    state: Path
    config: Path
    bench: Path
    bench_named: bool
    tflm: Path | None
    renode: str
    simulated: Path | None
    unconfined: bool = False
    jumpstarter: str = ""

    @classmethod
    def read(
        cls,
        environment: Mapping[str, str] | None = None,
        *,
        tflm: Path | None = None,
        bench: Path | None = None,
    ) -> Settings:
        """From the process's environment, or another; an option stands above its variable.

        Raises UsageError for a folder with a name that build tools cannot take.
        """
        variables = os.environ if environment is None else environment
        config = _folder(variables, "XDG_CONFIG_HOME", ".config")
        named = tflm or _path(variables, TFLM)
        configured = config / "tflm"
        return cls(
            cache=usable(
                _path(variables, CACHE) or _folder(variables, "XDG_CACHE_HOME", ".cache"),
                f"the cache's folder ({CACHE})",
            ),
            state=_path(variables, STATE) or _folder(variables, "XDG_STATE_HOME", ".local/state"),
            config=config,
            bench=_absolute(bench) if bench else _path(variables, BENCH) or config / "bench.yaml",
            bench_named=bool(bench or variables.get(BENCH)),
            tflm=_absolute(named) if named else configured if configured.exists() else None,
            renode=variables.get(RENODE) or "renode",
            simulated=_path(variables, SIMULATED),
            unconfined=variables.get(UNCONFINED) == "1",
            jumpstarter=variables.get(LEASE, ""),
        )


def sudo_user() -> int | None:
    """The uid of who called sudo, None without it."""
    uid = os.environ.get("SUDO_UID", "")
    return int(uid) if uid.isdecimal() else None


def usable(path: Path, what: str) -> Path:
    """`path`. Raises UsageError when a build tool would not take its name as it is."""
    bad = [c for c in str(path) if c in _UNUSABLE or not c.isprintable()]
    if bad:
        raise UsageError(
            f"{what} has the character {bad[0]!r} in its path, which build tools cannot take",
            remedy="choose a folder without it",
        )
    return path


def _path(variables: Mapping[str, str], name: str) -> Path | None:
    """What the variable names; None when it is not set or empty."""
    return _absolute(Path(variables[name])) if variables.get(name) else None


def _folder(variables: Mapping[str, str], name: str, at_home: str) -> Path:
    """hilbench/ in one of the user's standard folders (XDG base directories)."""
    return (_path(variables, name) or _home() / at_home) / "hilbench"


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except (RuntimeError, FileNotFoundError) as error:
        raise UsageError(f"{path} cannot be found: {error}", remedy="write it in full") from error


def _home() -> Path:
    """The home folder; without one (a container's nameless user) a folder of the system's."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(tempfile.gettempdir()) / f"home-{os.getuid()}"
