"""This computer, as a CPU family: kernels and engines run as a process, under sanitizers.

No board has it, and what its clock counts is nothing to publish.
"""

from __future__ import annotations

from hilbench.arch.base import Family, Toolchain


def flags(core: str, fpu: str | None) -> tuple[str, ...]:
    """POSIX, which the drivers need; sanitizers are the builder's choice."""
    del core, fpu
    return ("-D_POSIX_C_SOURCE=200809L",)


FAMILY = Family(
    name="host",
    cores={"host": ""},
    fpus=frozenset(),
    isas=frozenset(),
    toolchain=Toolchain(
        file="host.cmake",
        gcc="gcc",
        gxx="g++",
        demangler="c++filt",
        gcc_package="gcc libc6-dev",
        gxx_package="g++",
    ),
    flags=flags,
    is_bare=False,
)
