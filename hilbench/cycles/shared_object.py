"""The plugin's shared object, built with the host's compiler when first needed."""

from __future__ import annotations

import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from hilbench.arch.base import Emulator
from hilbench.core import hashing, processes, versions
from hilbench.core.deadline import Deadline
from hilbench.core.errors import BuildError
from hilbench.core.quoting import qemu as quoted
from hilbench.core.store import Store

COMPILER = "gcc"
FLAGS = (
    "-std=c11", "-O3", "-flto", "-fPIC", "-shared", "-fvisibility=hidden",
    "-Wall", "-Wextra", "-Werror",
)  # fmt: skip


@dataclass(frozen=True)
class Plugin:
    """A plugin that this machine's QEMU can load, or the reason why there is none."""

    path: Path | None
    reason: str = ""


def sources_dir() -> Path:
    return Path(__file__).with_name("plugin")


def ensure_plugin(store: Store, emulator: Emulator, deadline: Deadline) -> Plugin:
    """The plugin, from `store` or built into it and tried.

    Keyed by sources, flags, compiler and QEMU, that of `emulator`. A machine without compiler,
    or whose QEMU has no plugins, is no error: the reason says what is missing. Raises
    DeadlineExceeded, StoreError.
    """
    said = {}
    for tool in (emulator.program, COMPILER):
        if (path := which(tool)) is None:
            return Plugin(None, f"{tool} is not installed")
        said[tool] = _version(path, deadline)
    key = hashing.of_values(
        sources=hashing.of_tree(sources_dir(), ".c", ".h", ".def"),
        flags=FLAGS,
        machine=platform.machine(),
        versions=said,
    )
    try:
        built, _ = store.get("plugin", key, Path, lambda folder: _build(folder, emulator, deadline))
    except BuildError as error:
        return Plugin(None, error.message)
    return Plugin(built)


def _version(path: str, deadline: Deadline) -> str:
    deadline.check()
    try:
        said = versions.ask(path, "--version", deadline.remaining())
    except subprocess.TimeoutExpired:
        raise deadline.error() from None
    return said.stdout.partition("\n")[0]


def _build(folder: Path, emulator: Emulator, deadline: Deadline) -> Path:
    """Raises BuildError when it cannot be compiled, or QEMU does not take it."""
    sources = sorted(str(source) for source in sources_dir().glob("*.c"))
    built = folder / "plugin.so"
    compiled = processes.run(
        [COMPILER, *FLAGS, *sources, "-o", str(built)], folder / "gcc.log", deadline
    )
    if compiled.returncode != 0:
        raise BuildError(f"the plugin does not compile: {_last_line(compiled.log)}")
    if reason := _refusal(built, emulator, deadline):
        raise BuildError(reason)
    return built


def _refusal(plugin: Path, emulator: Emulator, deadline: Deadline) -> str:
    """What QEMU says against the plugin, "" if it takes it.

    The plugin refuses to start without its argument, in words of its own, so that
    hearing them proves that it was loaded.
    """
    tried = processes.run(
        [emulator.program, "-M", "none", "-display", "none", "-plugin", f"file={quoted(plugin)}"],
        plugin.with_name("qemu.log"),
        deadline,
    )
    loaded = "config=FILE" in tried.log
    return "" if loaded else f"QEMU does not load the plugin: {_last_line(tried.log)}"


def _last_line(log: str) -> str:
    return processes.tail(log, 1) or "no message"
