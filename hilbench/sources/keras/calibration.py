"""Calibration of networks that keep a state: each sequence begins with the state of the file.

TensorFlow's calibrator runs all samples through one interpreter, so that the state of one sequence
goes on in the next, and ranges are those of states that never occur. Used in the child alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from hilbench.core import extras


@contextmanager
def anew(every: int) -> Iterator[None]:
    """While the block lasts, the converter calibrates every so many samples by themselves.

    The ranges of a tensor are then the widest of all. Variants of 16 bits are calibrated and
    quantized in one call: theirs is of a file that has its ranges, and reads no sample again.
    """
    kind = extras.tflite_calibrator()
    plain, quantize = kind.calibrate, kind.calibrate_and_quantize

    def calibrate(self: Any, samples: Callable[[], Iterator[Any]]) -> bytes:
        rest = iter(samples())
        found = bytearray(plain(self, lambda: islice(rest, every)))
        while part := list(islice(rest, every)):
            widen(found, plain(kind(self._model_content), partial(iter, part)))
        return bytes(found)

    def calibrate_and_quantize(self: Any, samples: Any, *arguments: Any, **named: Any) -> bytes:
        ranged = kind(calibrate(self, samples))
        ranged._feed_tensors = lambda *_: None
        return bytes(quantize(ranged, samples, *arguments, **named))

    kind.calibrate, kind.calibrate_and_quantize = calibrate, calibrate_and_quantize
    try:
        yield
    finally:
        kind.calibrate, kind.calibrate_and_quantize = plain, quantize


def widen(content: bytearray, other: bytes) -> None:
    """Give each tensor of `content` the range that holds its own and that of the same network."""
    for mine, theirs in zip(_ranges(content), _ranges(other), strict=True):
        for ends, given, wider in zip(mine, theirs, (np.minimum, np.maximum), strict=True):
            ends[:] = wider(ends, given)


def _ranges(content: bytes | bytearray) -> Iterator[tuple[Any, Any]]:
    """Of each tensor that has them: smallest and largest, as views of the file."""
    model = extras.tflite_schema().Model.GetRootAs(content, 0)
    for graph in map(model.Subgraphs, range(model.SubgraphsLength())):
        for tensor in map(graph.Tensors, range(graph.TensorsLength())):
            ranges = tensor.Quantization()
            if ranges is not None and ranges.MinLength():
                yield ranges.MinAsNumpy(), ranges.MaxAsNumpy()
