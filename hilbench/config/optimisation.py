"""How hard the compiler optimises firmware: GCC's options for it."""

from __future__ import annotations

from typing import Literal

Optimisation = Literal["-O2", "-O3", "-Os"]
DEFAULT: Optimisation = "-O3"
