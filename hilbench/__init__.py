"""hilbench: benchmarks of neural networks on real and emulated microcontrollers.

From Python (docs/python.md): hilbench.run, hilbench.measure, hilbench.load.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own would be an import, and this runs before signals are heard
if TYPE_CHECKING:
    from hilbench.api import load, measure, run
    from hilbench.core.errors import HilbenchError

__version__ = "0.1.0"
__all__ = ["HilbenchError", "__version__", "load", "measure", "run"]


def __getattr__(name: str) -> object:
    """What is public, imported when it is used: `hilbench --version` must not wait for it."""
    from importlib import import_module

    if name in ("run", "measure", "load"):
        return getattr(import_module("hilbench.api"), name)
    if name == "HilbenchError":
        return import_module("hilbench.core.errors").HilbenchError
    raise AttributeError(f"module 'hilbench' has no attribute '{name}'")
