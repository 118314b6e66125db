"""Rows as a campaign leaves them, made up but of realistic size."""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.record.journal import Part, Profile, Samples
from hilbench.record.journal.details import Before, Details, Stage
from hilbench.record.journal.history import Past
from hilbench.record.metrics import Value
from hilbench.record.row import Row
from hilbench.report.recorded import Recorded

SIZES: dict[str, tuple[int, int]] = {
    "simple_0": (5, 9),
    "simple_1": (8288, 827200),
    "simple_2": (32960, 3292800),
    "shakespeare_1": (12513, 1056300),
    "shakespeare_2": (37249, 3321900),
    "lstm": (26912, 2702400),
    "gru": (20896, 2094400),
}
BASE_FLASH, BASE_RAM, STACK = 11264, 5120, 4096


def identity(
    model: str, variant: str, engine: str = "aot", board: str = "mps2_an386"
) -> dict[str, Value]:
    return {
        "schema": 1, "experiment": "rnn", "model": model, "variant": variant, "engine": engine,
        "board": board, "hilbench": "0.1.0", "timestamp": "2026-11-21T06:00:00+00:00",
    }  # fmt: skip


def failed(row: Row, status: str, reason: str) -> Row:
    """The same job, as it is recorded when it ends early."""
    names = ("model", "variant", "engine", "board")
    return Row({**identity(*(str(row[n]) for n in names)), "status": status, "reason": reason})


def ok(model: str, variant: str, engine: str = "aot", **changed: Value) -> Row:
    """A row of the emulated board."""
    parameters, macs = SIZES[model]
    int8 = variant == "int8_only"
    weights = parameters * (1 if int8 else 4) + 64
    code = BASE_FLASH + (5200 if int8 else 3900) + (len(model) * 160)
    arena = macs // parameters * (4 if int8 else 16) + 2048
    instructions = 900 + macs * (7 if int8 else 12) * (3 if engine == "tflm" else 1)
    text = model.startswith("shakespeare")
    values: dict[str, Value] = {
        **identity(model, variant, engine),
        "status": "ok", "parameters": parameters, "macs": macs, "profiler_macs": macs - macs // 80,
        "samples": 10, "error_mae": parameters * 3e-7 + 0.004 if int8 else 2.31e-8,
        "exe_kind": "instructions", "exe_instructions": instructions,
        "exe_instructions_min": instructions, "exe_instructions_max": instructions,
        "cold_instructions": instructions + 80, "repetitions": 10, "iterations": 1,
        "flash_bytes": weights + code, "ram_bytes": BASE_RAM + arena + 200,
        "model_flash_bytes": weights + code - BASE_FLASH, "model_ram_bytes": arena + 200,
        "weights_bytes": weights, "code_bytes": code, "arena_bytes": arena, "stack_bytes": STACK,
        "stack_used_bytes": 760,
        "data": "synthetic Markov text, seed 42" if text else "uniform random sequences, seed 42",
        "epochs": 3, "clock_hz": 25_000_000, "compiler": "arm-none-eabi-gcc 12.2.1",
        "flags": "-mcpu=cortex-m4 -mthumb -O3 -ffast-math",
    }  # fmt: skip
    values["oracle_max_lsb" if int8 else "oracle_max_relative"] = 0 if int8 else 1.2e-7
    return Row({**values, **changed})


def on_hardware(row: Row, board: str = "nucleo_l4r5zi", kind: str = "measured") -> Row:
    """The same job on a board that counts cycles: 120 MHz, 1.6 cycles per instruction."""
    cycles = int(float(row["exe_instructions"]) * 1.6)
    values = {name: value for name, value in row.items() if "instructions" not in name}
    return Row({
        **values, "board": board, "exe_kind": kind, "clock_hz": 120_000_000,
        "exe_cycles": cycles, "exe_cycles_min": cycles - 4, "exe_cycles_max": cycles * 11 // 10,
        "exe_ms": cycles / 120_000,
    })  # fmt: skip


def campaign_rows() -> list[Row]:
    """The fourteen jobs of experiments/rnn.yaml, all ok."""
    return [ok(model, variant) for model in SIZES for variant in ("basic", "int8_only")]


def troubled_rows() -> list[Row]:
    """The same with a job that fails, one that does not fit and one that is skipped."""
    rows = {row.job: row for row in campaign_rows()}
    for job, status, reason in (
        ("simple_2/basic", "does_not_fit", "does not fit: ram overflows by 12345 bytes"),
        ("lstm/int8_only", "failed", "the emulator died: " + "qemu: lockup " * 20),
        ("gru/basic", "skipped", "the experiment was interrupted"),
    ):
        key = f"{job}/aot/mps2_an386"
        rows[key] = failed(rows[key], status, reason)
    return list(rows.values())


def recorded(rows: Sequence[Row], campaigns: int = 3) -> Recorded:
    """What a journal would know: ten repetitions, a slower first run, where the time goes, a few
    campaigns before."""
    details, past = {}, {}
    for nth, row in enumerate(row for row in rows if row.ok):
        count = int(row.get("exe_cycles", row.get("exe_instructions", 1000)))
        wide = nth % 5 if row.get("exe_kind") == "measured" else 0
        counts = tuple(count + count * wide * (n * n % 7 - 2) // 9000 for n in range(10))
        details[row.job] = Details(
            (Stage("build", 1.25, False), Stage("measure", 3.5, False)),
            Samples("cycles", count * (11 + nth % 3) // 10, counts, 1),
            profile(count),
            before=_other_code(row, count * 6 // 5) if nth % 2 else None,
        )
        past[row.job] = tuple(
            Past(n, "0.1.0", f"{n + 10:x}" * 20, "", None, _before(row, nth, campaigns - n))
            for n in range(1, campaigns + 1)
        )
    return Recorded(details, past)


def _other_code(row: Row, count: int) -> Before:
    counted = {n: count for n in ("exe_instructions", "exe_cycles") if n in row}
    return Before("c0ffee" * 7, Row({**row, **counted}), profile(count))


def profile(cycles: int) -> Profile:
    """Of an inference that takes so many cycles."""
    dense, gates = Part("FULLY_CONNECTED", 3, cycles // 2, cycles * 6 // 10, 2_000_000), cycles // 4
    return Profile((
        dense, Part("LOGISTIC", 2, gates, gates), Part("MUL", 4, gates // 4, gates // 4, 500),
        Part("dense_s8", 0, cycles // 2, cycles // 2), Part("main", 0, gates, gates),
    ))  # fmt: skip


def _before(row: Row, nth: int, ago: int) -> Row:
    """It was slower, larger or both."""
    changed = {
        name: int(float(row[name]) * (1 + ago * part * (nth % 4) / 100))
        for name, part in (("exe_instructions", 3), ("exe_cycles", 2), ("flash_bytes", 1))
        if name in row
    }
    return Row({**row, **changed})
