"""board_config.h: the facts of board.yaml for the C side."""

from __future__ import annotations

from hilbench.config.board import Board
from hilbench.config.chip import load_chip, memory_timing
from hilbench.core import quoting


def header(board: Board, image_id: str = "", copied_bytes: int = 0) -> str:
    """board_config.h of a board, for one image. `copied_bytes`: see EngineSources."""
    facts: dict[str, str | int] = {
        "BOARD_NAME": board.name,
        "BOARD_CLOCK_HZ": board.clock_hz,
        "BOARD_UART_BASE": board.uart.base,
        "BOARD_UART_CLOCK_HZ": board.uart.clock_hz,
        "BOARD_UART_BAUD": board.uart.baud,
        "BOARD_COUNTER": board.counter.driver,
        "BOARD_COUNTER_BASE": board.counter.base,
        "BOARD_COUNTER_UNIT": board.counter.unit,
        "BOARD_COUNTER_HZ": board.counter.hz,
        "BOARD_COUNTER_PER_TICK": board.counter.per_tick,
        "IMAGE_ID": image_id,
    }
    if board.counter.irq is not None:
        facts["BOARD_COUNTER_IRQ"] = board.counter.irq
    facts |= {f"BOARD_{name.upper()}": value for name, value in board.settings.items()}
    facts |= _flash(board)
    if copied_bytes:
        facts["WINDOW_COPIED_BYTES"] = copied_bytes
    lines = [f"#define {name} {_literal(value)}" for name, value in facts.items()]
    return "\n".join(
        [
            f"/* Generated from boards/{board.name}/board.yaml. */",
            "#ifndef HB_BOARD_CONFIG_H",
            "#define HB_BOARD_CONFIG_H",
            "",
            *lines,
            "",
            "#endif",
            "",
        ]
    )


def _flash(board: Board) -> dict[str, int]:
    """What board.c writes into the chip's flash controller."""
    if board.chip is None:
        return {}
    timing = memory_timing(load_chip(board.chip.name), board.chip, board.clock_hz)
    return {
        "BOARD_FLASH_WAIT_STATES": timing.wait_states,
        "BOARD_FLASH_ICACHE": int(timing.instruction_lines > 0),
        "BOARD_FLASH_DCACHE": int(timing.data_lines > 0),
        "BOARD_FLASH_PREFETCH": int(timing.prefetch),
    }


def _literal(value: str | int) -> str:
    return quoting.c_string(value) if isinstance(value, str) else f"{value:#x}u"
