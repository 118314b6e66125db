"""A folder that looks like a prebuilt TensorFlow Lite Micro; its archives are tiny."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from hilbench.engines.tflm.library import ARCHIVE, INTERPRETER

EM_ARM, EM_X86_64 = 40, 62
V6S_M, V7, V7E_M, V8_1_M = 12, 10, 13, 21
_CPU_ARCH, _VFP_ARGS = 6, 28

RESOLVER = """\
template <unsigned int tOpCount>
class MicroMutableOpResolver : public MicroOpResolver {
 public:
  TfLiteStatus AddCustom(const char* name, const TFLMRegistration* registration) {
    if (registrations_len_ >= tOpCount) {
      return kTfLiteError;
    }
    return kTfLiteOk;
  }

  TfLiteStatus AddAdd(const TFLMRegistration& registration = Register_ADD()) {
    return AddBuiltin(BuiltinOperator_ADD, registration, ParseAdd);
  }

  TfLiteStatus AddAveragePool2D(
      const TFLMRegistration& registration = Register_AVERAGE_POOL_2D()) {
    return AddBuiltin(BuiltinOperator_AVERAGE_POOL_2D, registration, ParsePool);
  }

  TfLiteStatus AddBatchMatMul() {
    return AddBuiltin(BuiltinOperator_BATCH_MATMUL,
                      Register_BATCH_MATMUL(), ParseBatchMatMul);
  }

  TfLiteStatus AddDelay() {
    return AddCustom("SignalDelay", tflite::tflm_signal::Register_DELAY());
  }

  TfLiteStatus AddFullyConnected(
      const TFLMRegistration& registration = Register_FULLY_CONNECTED()) {
    return AddBuiltin(BuiltinOperator_FULLY_CONNECTED, registration,
                      ParseFullyConnected);
  }
};
"""

HEADERS = {
    "tensorflow/lite/micro/micro_interpreter.h": "",
    "tensorflow/lite/micro/micro_mutable_op_resolver.h": RESOLVER,
    "third_party/flatbuffers/include/flatbuffers/flatbuffers.h": "",
    "third_party/gemmlowp/fixedpoint/fixedpoint.h": "",
    "third_party/ruy/ruy/profiler/instrumentation.h": "",
}


def elf(attributes: Mapping[int, int] | None, machine: int = EM_ARM) -> bytes:
    """A 32-bit little-endian relocatable object with nothing but its build attributes."""
    names = b"\0.shstrtab\0.ARM.attributes\0"
    content = b"" if attributes is None else _attributes(attributes)
    names_at, content_at = 52, 52 + len(names)
    sections_at = content_at + len(content)
    sections = bytes(40)
    sections += struct.pack("<10I", 1, 3, 0, 0, names_at, len(names), 0, 0, 1, 0)
    if attributes is not None:
        sections += struct.pack("<10I", 11, 0x70000003, 0, 0, content_at, len(content), 0, 0, 1, 0)
    header = b"\x7fELF\x01\x01\x01".ljust(16, b"\0") + struct.pack(
        "<2H5I6H",
        1,
        machine,
        1,
        0,
        0,
        sections_at,
        0x05000000,
        52,
        0,
        0,
        40,
        len(sections) // 40,
        1,
    )
    return header + names + content + sections


def _attributes(values: Mapping[int, int]) -> bytes:
    pairs = b"".join(bytes((tag, value)) for tag, value in values.items())
    scope = b"\x01" + struct.pack("<I", 5 + len(pairs)) + pairs
    vendor = b"aeabi\0" + scope
    return b"A" + struct.pack("<I", 4 + len(vendor)) + vendor


def cpu(architecture: int = V7E_M, *, hard_float: bool = True) -> dict[int, int]:
    """Build attributes of a CPU and float ABI."""
    return {_CPU_ARCH: architecture, **({_VFP_ARGS: 1} if hard_float else {})}


def archive(objects: Sequence[bytes], symbols: Sequence[str] = ()) -> bytes:
    """A static archive: an index of TFLM's interpreter and `symbols`, then the objects."""
    symbols = [INTERPRETER, *symbols]
    names = b"".join(symbol.encode() + b"\0" for symbol in symbols)
    index = struct.pack(f">I{len(symbols)}I", len(symbols), *(0 for _ in symbols)) + names
    members = [("/", index), *((f"o{i}.o/", content) for i, content in enumerate(objects))]
    return b"!<arch>\n" + b"".join(_member(name, content) for name, content in members)


def _member(name: str, content: bytes) -> bytes:
    header = f"{name:<16}{0:<12}{0:<6}{0:<6}{644:<8}{len(content):<10}`\n".encode()
    return header + content + b"\n" * (len(content) % 2)


def make(root: Path, archives: Mapping[str, bytes] | None = None, version: str = "") -> Path:
    """The folder, with an archive for cortex-m4+fp unless told otherwise."""
    if archives is None:
        archives = {"cortex-m4+fp": archive([elf(cpu())], ["arm_fully_connected_s8"])}
    for name, text in HEADERS.items():
        _write(root / "include" / name, text.encode())
    for name, content in archives.items():
        _write(root / "lib" / name / ARCHIVE, content)
    if version:
        _write(root / "VERSION", version.encode())
    return root


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
