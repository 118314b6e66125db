"""The kernel tests once more with AddressSanitizer: no access outside of any array.

Those are the tests that load the kernels into Python, which has to run with the sanitizer's
allocator then, hence the child process. What aot_host builds, such as convolutions and the LSTM,
is a program that always has it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_kernel_tests_pass_under_address_sanitizer() -> None:
    query = ["gcc", "-print-file-name=libasan.so"]
    runtime = subprocess.run(query, capture_output=True, text=True, check=True).stdout.strip()
    folder = Path(__file__).parent
    names = ("elementwise", "functions", "hybrid", "movers", "s16", "weighted")
    tests = [str(folder / f"test_kernels_{name}.py") for name in names]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        env=os.environ
        | {
            "LD_PRELOAD": runtime,
            "ASAN_OPTIONS": "detect_leaks=0",
            "HILBENCH_SANITIZE": "address",
            "PYTHONMALLOC": "malloc",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
