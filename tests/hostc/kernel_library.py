"""The C kernels as a library of this host, called with numpy arrays.

    call("add_s8", {"count": 4, **asdict(add_s8(...))}, a, b, out)

Struct layouts are read from the headers, so a field that numerics and the C
code disagree on is an error. Compiled with UBSan, which ends the process.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from hilbench.core.paths import firmware_dir
from hilbench.engines.aot import headers
from hilbench.engines.aot.program import Constant, Pointer, Struct

KERNELS = firmware_dir() / "kernels"
FLAGS = ["-std=c11", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"]
SANITIZERS = "undefined,float-cast-overflow"
OBJECTS = Path(__file__).parents[2] / ".pytest_cache" / "objects"
_SCALARS = {
    "int8_t": ctypes.c_int8,
    "uint8_t": ctypes.c_uint8,
    "int16_t": ctypes.c_int16,
    "uint16_t": ctypes.c_uint16,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "float": ctypes.c_float,
}


def call(name: str, fields: Mapping[str, Any], *arrays: np.ndarray) -> None:
    """Runs kernel `name`; raises KeyError unless `fields` are exactly its struct's."""
    for array in arrays:
        assert array.flags.c_contiguous
    params, keep_alive = _fill(_struct(f"{name}_params"), fields)
    function = getattr(_library(), name)
    function.restype = None
    function(ctypes.byref(params), *(ctypes.c_void_p(a.ctypes.data) for a in arrays))
    del keep_alive


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(str(_built(os.environ.get("HILBENCH_SANITIZE", SANITIZERS))))


def _built(sanitizers: str) -> Path:
    """The library, compiled once for all processes and runs that have the same files."""
    command = ["gcc", *FLAGS, f"-fsanitize={sanitizers}", "-fno-sanitize-recover=all"]
    files = sorted(path for path in KERNELS.iterdir() if path.suffix in (".c", ".h", ".inc"))
    decides = [*command, *(path.read_text() for path in files)]
    key = hashlib.sha256("\0".join(decides).encode()).hexdigest()
    path = OBJECTS / f"kernels.{key[:24]}.so"
    OBJECTS.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            unfinished = path.with_suffix(".unfinished")
            sources = (str(file) for file in files if file.name.endswith("__ref.c"))
            subprocess.run([*command, *sources, "-lm", "-o", str(unfinished)], check=True)
            unfinished.replace(path)
    return path


@cache
def _declared() -> dict[str, tuple[headers.Field, ...]]:
    """Fields by tag, of every struct that a kernel's header declares."""
    declared: dict[str, tuple[headers.Field, ...]] = {}
    for path in sorted(KERNELS.glob("*.h")):
        declared |= headers.structs(path.name)
    return declared


@cache
def _struct(tag: str) -> type[ctypes.Structure]:
    """The struct as ctypes has it; what holds vectors of another machine is never asked for."""

    def kind(field: headers.Field) -> Any:
        if field.is_pointer:
            return ctypes.c_void_p
        word, _, inner = field.type.partition(" ")
        one = _struct(inner) if word == "struct" else _SCALARS[word]
        return one * field.length if field.length else one

    fields = [(field.name, kind(field)) for field in _declared()[tag]]
    return type(tag, (ctypes.Structure,), {"_fields_": fields})


def _fill(kind: type[ctypes.Structure], fields: Mapping[str, Any]) -> tuple[Any, list[Any]]:
    """The struct, and what its pointers refer to; a mapping is a struct, None is null.

    Values may be those that a lowering makes.
    """
    declared = dict(kind._fields_)
    if fields.keys() != declared.keys():
        raise KeyError(f"{kind.__name__}: {sorted(fields.keys() ^ declared.keys())}")
    result, keep_alive = kind(), []
    for name, given in fields.items():
        value_kind, value = declared[name], _plain(given)
        if value_kind is ctypes.c_void_p and value is not None:
            target = _pointee(name, value)
            keep_alive.append(target)
            setattr(result, name, ctypes.addressof(target))
        elif isinstance(value, Mapping):
            nested, kept = _fill(value_kind, value)
            keep_alive += kept
            setattr(result, name, nested)
        elif value is not None:
            _set_scalar(result, name, value)
    return result, keep_alive


def _plain(value: Any) -> Any:
    """What a lowering fills in as a test would: arrays, mappings; a pointed-to struct as it is."""
    if isinstance(value, Constant):
        return value.data
    if isinstance(value, Pointer):
        return value.target
    return value.fields if isinstance(value, Struct) else value


def _set_scalar(struct: ctypes.Structure, name: str, value: Any) -> None:
    if isinstance(value, (tuple, np.ndarray)):
        getattr(struct, name)[:] = np.asarray(value).tolist()
        return
    setattr(struct, name, value)
    if isinstance(value, int) and getattr(struct, name) != value:
        raise OverflowError(f"{name} = {value} does not fit")


def _pointee(name: str, value: Any) -> Any:
    """A ctypes object with the bytes of an array, or a struct from a mapping."""
    if isinstance(value, np.ndarray):
        return (ctypes.c_char * value.nbytes).from_buffer_copy(np.ascontiguousarray(value))
    if isinstance(value, Struct):
        filled, kept = _fill(_struct(value.tag), value.fields)
    else:
        struct = "tanh_s8_table" if name == "table" else name
        filled, kept = _fill(_struct(struct), value)
    filled.keep_alive = kept
    return filled
