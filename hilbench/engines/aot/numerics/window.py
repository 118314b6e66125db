"""Output size and padding of windows that slide over an axis."""

from __future__ import annotations

from hilbench.core.errors import Unsupported


def output_and_padding(
    size: int, window: int, stride: int, dilation: int, padding: str
) -> tuple[int, int]:
    """(output size, padding before) along one axis; `padding` is SAME or VALID.

    Source: tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2.
    """
    span = (window - 1) * dilation + 1
    if padding == "SAME":
        out = -(-size // stride)
    elif padding == "VALID":
        out = (size - span) // stride + 1
    else:
        raise Unsupported(f"padding {padding}")
    if out < 1:
        raise Unsupported(f"a window of {span} over {size} elements")
    return out, max((out - 1) * stride + span - size, 0) // 2
