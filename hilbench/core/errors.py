"""Every error that hilbench expects, in one tree.

    HilbenchError
    |- UsageError               the command line, or an unknown name
    |  `- SpecError             a YAML file: says file, line and key
    |- MissingTool              a program or package that is not installed
    |- Interrupted              Ctrl-C: the work was stopped on request
    |- StoreError               results, figures or cache cannot be written
    |- FarmError                a farm's scheduler cannot be reached, or refuses
    `- JobError                 one job ends; the campaign goes on
       |- FormatError           a .tflite that is broken or truncated
       |- Unsupported           an operator, type or option the engine cannot run
       |- Skipped               what the engine needs is not configured
       |- DataError             samples are broken or do not fit the network
       |- TrainError            training or exporting the Keras model failed
       |- ConvertError          the TFLite converter refused, crashed or hung
       |- BuildError            the cross compiler or linker failed
       |  `- DoesNotFit         a memory region overflows
       |- TargetError           the board or emulator died or could not start
       |  |- HostLost            the board, or its host in a farm, is gone: others have such a one
       |  `- BoardGone           the board was unplugged, and there is no other
       |- LinkError             the serial protocol gave up
       |- EngineError           the engine on the device reported an error
       `- DeadlineExceeded      a stage ran out of its time

An error says what failed, where, and the remedy. The command line prints it as
one line without a traceback; any other exception is a bug and shows one.
"""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.core.text import one_line, printable


class HilbenchError(Exception):
    """An expected failure: a message, and what the user can do about it.

    `log_dir` names a folder with logs once somebody has kept them.
    """

    status = "failed"
    log_dir = ""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = printable(message)
        self.remedy = remedy

    def __str__(self) -> str:
        text = one_line(self.message)
        return f"{text} ({one_line(self.remedy)})" if self.remedy else text


class UsageError(HilbenchError):
    """The user asked for something that does not exist or cannot be."""


class SpecError(UsageError):
    """A YAML file that is not what it must be.

    `where` is "file:line" or the file alone.
    """

    def __init__(self, where: str, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{where}: {message}", remedy=remedy)
        self.where = where


class MissingTool(HilbenchError):
    """A program or Python package that the work needs is not there."""

    def __init__(self, tool: str, *, remedy: str) -> None:
        super().__init__(f"{tool} is not installed", remedy=remedy)
        self.tool = tool


class Interrupted(HilbenchError):
    """The user stopped the run."""


class StoreError(HilbenchError):
    """A file of results, figures or cache cannot be written."""


class FarmError(HilbenchError):
    """The farm cannot be used: its scheduler is gone or refuses, or its hosts contradict."""


class JobError(HilbenchError):
    """Ends one job; its row keeps `status` and the message as `reason`."""


class FormatError(JobError):
    """A .tflite file that is truncated, inconsistent or not one at all."""


class Unsupported(JobError):
    """The engine cannot run this graph; says operator, type or option.

    `problems` is each of them in a line of its own, where the message has to be shorter.
    """

    status = "unsupported"

    def __init__(self, message: str, *, remedy: str = "", problems: Sequence[str] = ()) -> None:
        super().__init__(message, remedy=remedy)
        self.problems = tuple(map(one_line, problems)) or (str(self),)


class Skipped(JobError):
    """The engine needs something of the user's that is not configured."""

    status = "skipped"


class DataError(JobError):
    """Samples that cannot be read, or that do not fit the network."""


class TrainError(JobError):
    """A model could not be trained or exported."""


class ConvertError(JobError):
    """The converter refused, crashed or ran out of time."""


class BuildError(JobError):
    """The firmware could not be compiled or linked."""


class DoesNotFit(BuildError):
    """The image is larger than a memory region of the board."""

    status = "does_not_fit"

    def __init__(self, region: str, overflow_bytes: int) -> None:
        super().__init__(f"does not fit: {region} overflows by {overflow_bytes} bytes")
        self.region = region
        self.overflow_bytes = overflow_bytes


class TargetError(JobError):
    """The board or the emulator could not start, died, or crashed."""


class HostLost(TargetError):
    """A board, or a host of a farm, is gone while it measured: another one may do it."""


class BoardGone(TargetError):
    """The board is plugged in no more, and this computer has no other of its kind."""


class LinkError(JobError):
    """The host and the firmware no longer understand each other."""


class EngineError(JobError):
    """The engine on the device refused to initialise or to invoke."""


class DeadlineExceeded(JobError):
    """A stage took longer than it may."""

    status = "timeout"
