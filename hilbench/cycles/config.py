"""The plugin's configuration: all that it knows of core, chip and image, in one text file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hilbench.config.chip import MemoryTiming
from hilbench.config.core import Core, Rules, Timing, kinds
from hilbench.core.quoting import qemu as quoted


@dataclass(frozen=True)
class Range:
    """Addresses from `start` up to, without, `end`."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start:#x} {self.end:#x}"


@dataclass(frozen=True)
class Image:
    """Where things are in an image.

    A window opens when execution leaves `start_mark`, the function that starts the counter,
    and closes when it enters the function at `end_mark`. `functions` are sorted and do not
    overlap; the plugin names them by their index.
    """

    flash: Range
    ram: Range
    stack: Range
    start_mark: Range
    end_mark: int
    functions: tuple[Range, ...]


def write(
    path: Path,
    core: Core | None,
    memory: MemoryTiming,
    image: Image,
    output: Path,
    decoder: str = "thumb",
) -> None:
    """Write the file that `arguments` names; the plugin's records will go to `output`.

    Without a core nothing is timed: a cycle is an instruction. `decoder` is `Family.decoder`.
    """
    timing = _core(core) if core else _untimed()
    reading = [f"riscv {int(decoder == 'riscv')}", f"timed {int(core is not None)}"]
    lines = [*timing, *reading, *_memory(memory), *_image(image), f"output {output}"]
    path.write_text("".join(f"{line}\n" for line in lines))


def arguments(plugin: Path, config: Path) -> list[str]:
    """QEMU's options that load the plugin with this configuration."""
    return ["-plugin", f"file={quoted(plugin)},config={quoted(config)}"]


def disjoint(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Sorted by address, aliases and what overlaps with an earlier one left out."""
    kept: list[Range] = []
    for each in sorted(ranges, key=lambda r: (r.start, -r.end)):
        if each.end > each.start and (not kept or each.start >= kept[-1].end):
            kept.append(each)
    return tuple(kept)


_RULES = tuple(name for name in Rules.model_fields if name != "fetch_buffer")
"""Those that are cycles."""


def _core(core: Core) -> Iterator[str]:
    none = {name: Timing(cycles=1, source="no such instruction") for name in core.lacks}
    for name, t in (core.kinds | none).items():
        yield (
            f"kind {name} {t.cycles} {t.per_transfer} {t.refill}"
            f" {t.pipelined} {int(t.leads)} {t.fpu_busy}"
        )
    for name in _RULES:
        yield f"{name} {getattr(core.rules, name).cycles}"
    yield f"fetch_buffer {core.rules.fetch_buffer.words}"


def _untimed() -> Iterator[str]:
    """What the plugin asks for, and then does not look at."""
    yield from (f"kind {name} 1 0 0 0 0 0" for name in kinds())
    yield from (f"{name} 0" for name in _RULES)
    yield "fetch_buffer 1"


def _memory(memory: MemoryTiming) -> Iterator[str]:
    for name, value in memory.model_dump(exclude={"banks"}).items():
        yield f"{name} {int(value)}"
    for bank in memory.banks:
        yield f"bank {bank.start:#x} {bank.end:#x} {bank.load_cycles}"


def _image(image: Image) -> Iterator[str]:
    yield f"flash {image.flash}"
    yield f"ram {image.ram}"
    yield f"stack {image.stack}"
    yield f"start_mark {image.start_mark}"
    yield f"end_mark {image.end_mark:#x}"
    for function in image.functions:
        yield f"function {function}"
