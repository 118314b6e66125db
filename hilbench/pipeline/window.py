"""What a timed window holds besides the invocation."""

from __future__ import annotations

from dataclasses import replace

from hilbench.config.experiment import Window
from hilbench.core.artifacts import EngineSources
from hilbench.tflite.graph import Graph

_ALIGNMENT = 8
"""Of each tensor in the buffer of firmware/window/copies.c."""

COPIES = ("timed_copy_inputs", "timed_copy_outputs")
"""Its functions that copy."""


def timed(sources: EngineSources, graph: Graph, window: Window) -> EngineSources:
    """The sources of an image whose timed window is `window`."""
    if window == "invoke":
        return sources
    sizes = (graph.tensors[index].bytes for index in (*graph.inputs, *graph.outputs))
    room = sum(-(-size // _ALIGNMENT) * _ALIGNMENT for size in sizes)
    return replace(sources, copied_bytes=max(_ALIGNMENT, room))
