"""What a lowering hands over is exactly the struct in the kernel's header."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from hilbench.core.errors import BuildError
from hilbench.core.paths import firmware_dir
from hilbench.engines.aot import headers
from hilbench.engines.aot.program import Call, Constant, Operand, Pointer, Struct, Value
from hilbench.tflite.graph import Operator

HEADER = """
#include "shared.h"
enum { CELLS = 3 };
struct some_s8_params {
    struct shared shared; /* one; two */
    const struct shared *other, *another; // three
    const int8_t *weights;
    const void *anything;
    int32_t count, steps[CELLS];
    uint8_t pair[2];
    float min, max, bounds[2];
};
void some_s8(const struct some_s8_params *p, const int8_t *in, int8_t *out);
"""
SHARED = Struct("shared", {"n": 4})
GOOD: Mapping[str, Value] = {
    "shared": SHARED,
    "other": Pointer(SHARED),
    "another": None,
    "weights": Constant("weights", np.zeros(3, np.int8)),
    "anything": Constant("anything", np.zeros(3, np.float32)),
    "count": np.int64(7),
    "steps": (1, 2, 3),
    "pair": np.array([0, 255]),
    "min": 1,
    "max": float("inf"),
    "bounds": np.array([0.5, 1.5], np.float32),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shared.h").write_text("struct shared {\n    int32_t n;\n};\n")
    (tmp_path / "some.h").write_text(HEADER)
    monkeypatch.setattr(headers, "folders", lambda: (tmp_path,))
    return tmp_path


def call(fields: Mapping[str, Value], header: str = "some.h") -> Call:
    operator = Operator(0, "ADD", (0,), (1,), {})
    return Call(operator, "some_s8", header, Struct("some_s8_params", fields), (), Operand(1))


def test_what_is_right_passes(folder: Path) -> None:
    good = call(GOOD)
    assert headers.checked(good) is good


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"coutn": 7}, "field 'coutn' of struct some_s8_params does not exist"),
        ({"steps": (1, 2)}, "field 'steps' of struct some_s8_params takes 3 of int32_t, not 2"),
        ({"count": (1, 2)}, "field 'count' .* takes one of int32_t, not 2"),
        ({"steps": 1}, "field 'steps' .* is int32_t, not int"),
        ({"count": 1.5}, "field 'count' .* is int32_t, not float64"),
        ({"count": None}, "field 'count' .* is int32_t, not NoneType"),
        ({"min": np.float32(1.5)}, "field 'min' .* is float, not float32"),
        ({"bounds": (0.5, 1.5)}, "field 'bounds' .* is float: give an array"),
        ({"count": 1 << 31}, r"field 'count' .* which \[2147483648\] exceeds"),
        ({"pair": (0, -1)}, r"field 'pair' .* is uint8_t, which \[0, -1\] exceeds"),
        ({"shared": Struct("other", {"n": 1})}, "field 'shared' .* is struct shared, not other"),
        ({"shared": Struct("shared", {})}, "field 'n' of struct shared is not filled"),
        ({"other": Pointer(Struct("x", {}))}, "field 'other' .* points to struct shared, not st"),
        (
            {"other": Pointer(Struct("shared", {"n": 1, "m": 1}))},
            "field 'm' of struct shared does not exist",
        ),
        ({"weights": Constant("w", np.zeros(3, np.int16))}, "points to int8_t, not int16_t"),
        ({"weights": 0}, "field 'weights' .* is a pointer"),
    ],
)
def test_what_c_would_take_in_silence(
    folder: Path, change: Mapping[str, Value], message: str
) -> None:
    with pytest.raises(BuildError, match=rf"^some_s8 \(some\.h\): .*{message}"):
        headers.checked(call({**GOOD, **change}))


@pytest.mark.parametrize("name", GOOD)
def test_a_field_that_is_forgotten(folder: Path, name: str) -> None:
    fields = {key: value for key, value in GOOD.items() if key != name}
    with pytest.raises(BuildError, match=f"field '{name}' of struct some_s8_params is not filled$"):
        headers.checked(call(fields))


def test_headers_that_cannot_be_read(folder: Path) -> None:
    with pytest.raises(BuildError, match=r"^there is no header none\.h"):
        headers.checked(call(GOOD, "none.h"))
    (folder / "bits.h").write_text("struct b {\n    int32_t low : 4;\n};\n")
    with pytest.raises(
        BuildError, match=r"^bits\.h: struct b: cannot understand 'int32_t low : 4'"
    ):
        headers.checked(call(GOOD, "bits.h"))
    (folder / "empty.h").write_text("")
    with pytest.raises(BuildError, match=r"there is no struct some_s8_params$"):
        headers.checked(call(GOOD, "empty.h"))


def test_every_shipped_header_is_understood() -> None:
    for path in sorted((firmware_dir() / "kernels").glob("*.h")):
        text = path.read_text()
        found = [tag for tag in headers.structs(path.name) if f"struct {tag} {{" in text]
        assert sum(tag.endswith("_params") for tag in found) == text.count("_params {")
