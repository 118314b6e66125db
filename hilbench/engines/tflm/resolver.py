"""Which function of the op resolver adds each operator, read from the library's own header.

So the answer is right for the version that is linked, and an operator that it
lacks is named before a compiler is started.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from hilbench.core.errors import BuildError, Unsupported
from hilbench.tflite import state
from hilbench.tflite.graph import Graph
from hilbench.tflite.misread import misread

# TfLiteStatus AddConv2D(...) { return AddBuiltin(BuiltinOperator_CONV_2D, ...
# TfLiteStatus AddDelay() { return AddCustom("SignalDelay", ...
_METHOD = re.compile(
    r"TfLiteStatus (Add\w+)\([^{;]*\{[^}]*?"
    r'Add(?:Builtin\(\s*BuiltinOperator_(\w+)|Custom\(\s*"([^"]+)")'
)


def methods(header: Path) -> dict[str, str]:
    """Names of `Add` functions of MicroMutableOpResolver by operator.

    Raises BuildError for a header that has none.
    """
    text = header.read_text(encoding="utf-8", errors="replace")
    found = {builtin or custom: method for method, builtin, custom in _METHOD.findall(text)}
    if not found:
        raise BuildError(f"TFLM: no operators in {header}")
    return found


def needed(graph: Graph, methods: Mapping[str, str]) -> list[str]:
    """The functions to call for a graph, each once, in alphabetic order.

    Raises Unsupported for operators that the library does not have or gets wrong.
    """
    state.check(graph)
    names = {operator.name for operator in graph.operators}
    if missing := sorted(names - methods.keys()):
        lines = [f"{name}: the library does not have it" for name in missing]
        raise Unsupported(
            f"the library has no operator {_listed(missing)}",
            problems=lines,
            remedy="a newer TFLM, or the engine aot",
        )
    if wrong := misread(graph):
        raise Unsupported(f"TFLM: {wrong}", remedy="the engine aot, or another variant")
    return sorted({methods[name] for name in names})


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
