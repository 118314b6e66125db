"""The constants of a generated file: each array and struct is emitted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set as AbstractSet

import numpy as np

from hilbench.engines.aot import ctext
from hilbench.engines.aot.placement import Key, key_of
from hilbench.engines.aot.program import Constant, Pointer, Struct, Value

_ALIGNMENT = 8  # bytes; a read of the flash of many chips


class ConstantPool:
    """Names constants in the order of their first use and collects their definitions.

    Those of `in_ram` are variables, which `copies`, statements in C, fill from flash.
    """

    def __init__(self, in_ram: AbstractSet[Key] = frozenset()) -> None:
        self.definitions: list[str] = []
        self.copies: list[str] = []
        self._in_ram = in_ram
        self.weights_bytes = 0
        self._arrays: dict[Key, str] = {}
        self._structs: dict[tuple[str, str], str] = {}
        self._used: Counter[str] = Counter()

    def array(self, constant: Constant) -> str:
        """The name of an array with these elements.

        Arrays are padded to what they are aligned to, so that neither the size of the
        section nor the number of reads of one array depends on their order.
        """
        data = constant.data
        key = key_of(constant)
        if key not in self._arrays:
            name = self._arrays[key] = self._new_name(constant.role)
            length = -(-data.nbytes // _ALIGNMENT) * _ALIGNMENT // data.itemsize
            self.weights_bytes += length * data.itemsize
            c_type = ctext.C_TYPES[data.dtype.name]
            text = ctext.lines(ctext.numbers(data), "    ")
            self._define(key, f"{c_type} ", name, f"[{length}]", text)
        return self._arrays[key]

    def struct(self, struct: Struct) -> str:
        """The name of a struct with these fields."""
        key = (struct.tag, self._fields(struct))
        if key not in self._structs:
            name = self._structs[key] = self._new_name(struct.tag)
            c_type = f"struct {struct.tag} "
            if struct.is_table:
                self.weights_bytes += _table_bytes(struct)
                self._define(key_of(struct), c_type, name, "", key[1])
            else:
                self.definitions.append(f"static const {c_type}{name} = {{\n{key[1]}\n}};")
        return self._structs[key]

    def _define(self, key: Key, c_type: str, name: str, length: str, values: str) -> None:
        """Weights or tables, in flash or in RAM."""
        if key not in self._in_ram:
            self.definitions.append(
                f"static const {c_type}{name}{length} WEIGHTS = {{\n{values}\n}};"
            )
            return
        stored = f"{name}_in_flash"
        self.definitions.append(
            f"static const {c_type}{stored}{length} WEIGHTS = {{\n{values}\n}};\n"
            f"static {c_type}{name}{length} COPIED;"
        )
        self.copies.append(f"memcpy(&{name}, &{stored}, sizeof {name});")

    def _new_name(self, stem: str) -> str:
        self._used[stem] += 1
        return f"{stem}_{self._used[stem] - 1}"

    def _fields(self, struct: Struct, indent: str = "    ") -> str:
        items = [
            f".{name} = {self.value(value)}"
            for name, value in struct.fields.items()
            if value is not None
        ]
        return ctext.lines(items, indent)

    def value(self, value: Value) -> str:
        """A field's value as C text; arrays and structs that it points to get their names."""
        if isinstance(value, Constant):
            return self.array(value)
        if isinstance(value, Pointer):
            return f"&{self.struct(value.target)}"
        if isinstance(value, Struct):
            return f"{{\n{self._fields(value, '        ')}\n    }}"
        if isinstance(value, np.ndarray):
            return f"{{\n{ctext.lines(ctext.numbers(value), '        ')}\n    }}"
        if isinstance(value, tuple):
            return f"{{{', '.join(map(ctext.integer, value))}}}"
        if isinstance(value, float):
            return ctext.real(value)
        return ctext.integer(int(value or 0))


def _table_bytes(struct: Struct) -> int:
    arrays = [value for value in struct.fields.values() if isinstance(value, np.ndarray)]
    return -(-sum(array.nbytes for array in arrays) // _ALIGNMENT) * _ALIGNMENT
