"""Every kernel of an instruction set beside its __ref kernel on emulated cores, bit by bit."""

from __future__ import annotations

from pathlib import Path

import kernel_twins
import pytest

CORES = (
    kernel_twins.M0PLUS, kernel_twins.M3, kernel_twins.M4, kernel_twins.M4_WITHOUT_FPU,
    kernel_twins.M55,
)  # fmt: skip

# test_convolutions_dsp.py
TESTED_ELSEWHERE = {
    "conv_2d_packed_s8",
    "depthwise_conv_2d_planes_s8",
    "depthwise_conv_2d_unpadded_s8",
}

TEXT = Path(__file__).with_name("kernels_dsp.c").read_text(encoding="ascii")


@pytest.mark.emulator
@pytest.mark.parametrize("core", CORES, ids=lambda core: "-".join(core.suffixes))
def test_kernels_equal_their_references(core: kernel_twins.Core, tmp_path: Path) -> None:
    found = kernel_twins.names("dsp")
    assert found >= TESTED_ELSEWHERE
    assert found >= set().union(*(kernel_twins.names(core.suffixes[0]) for core in CORES))
    assert kernel_twins.verdict(TEXT, found - TESTED_ELSEWHERE, core, tmp_path) == "equal"
