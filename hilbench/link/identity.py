"""What the firmware must say of itself, compared before anything is measured.

A swapped console, a stale image or firmware that lies would otherwise be measured in
the job's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hilbench.core.artifacts import DeviceTensor
from hilbench.core.errors import LinkError
from hilbench.link.messages import Info, Statistics

REMEDY = "is another image loaded, or the console another board's?"


@dataclass(frozen=True)
class Expected:
    """The firmware of a job, field by field; what is None cannot be known beforehand.

    `image` names all that the image was made from (Firmware.image_id); `stack_bytes` are
    those that the linker reserved.
    """

    board: str
    engine: str
    model: str
    image: str
    counter: str
    counter_unit: str
    counter_hz: int
    counter_per_tick: int
    inputs: tuple[DeviceTensor, ...] | None = None
    outputs: tuple[DeviceTensor, ...] | None = None
    stack_bytes: int | None = None

    def check_info(self, info: Info) -> None:
        """Raise LinkError with both values of every field of the greeting that differs."""
        names = ("board", "engine", "model", "image", "counter", "counter_unit", "counter_hz",
                 "counter_per_tick")  # fmt: skip
        _refuse((name, getattr(info, name), getattr(self, name)) for name in names)

    def check_counts(self, inputs: int, outputs: int) -> None:
        """Raise LinkError for another number of inputs or outputs than the model file has."""
        sides = (("inputs", inputs, self.inputs), ("outputs", outputs, self.outputs))
        _refuse((name, said, len(known)) for name, said, known in sides if known is not None)

    def check_tensors(
        self, inputs: tuple[DeviceTensor, ...], outputs: tuple[DeviceTensor, ...]
    ) -> None:
        """Raise LinkError where inputs or outputs are not those of the model file."""
        sides = (("inputs", inputs, self.inputs), ("outputs", outputs, self.outputs))
        _refuse(
            (name, _words(said), _words(known)) for name, said, known in sides if known is not None
        )

    def check_statistics(self, found: Statistics) -> None:
        """Raise LinkError for a stack of another size than the image has."""
        if self.stack_bytes is not None:
            _refuse([("stack", f"{found.stack_size} bytes", f"{self.stack_bytes} bytes")])


def _refuse(fields: Iterable[tuple[str, object, object]]) -> None:
    wrong = [
        f"{name.replace('_', ' ')} '{said}' instead of '{known}'"
        for name, said, known in fields
        if said != known
    ]
    if wrong:
        message = f"the firmware is not the job's: it says {', '.join(wrong)}"
        raise LinkError(message, remedy=REMEDY)


def _words(tensors: tuple[DeviceTensor, ...]) -> str:
    return ", ".join(f"{each.dtype} of {each.bytes} bytes" for each in tensors) or "none"
