"""Nothing that hilbench starts outlives it, whatever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from hilbench.core import processes
from hilbench.core.errors import HilbenchError
from hilbench.core.store import Store
from hilbench.core.watchdog import Watchdog

FAMILY = """
    import sys
    from pathlib import Path
    from hilbench.core import processes
    from hilbench.core.deadline import Deadline
    from hilbench.core.watchdog import Watchdog

    with processes.temporary_folder() as folder:
        command = ["sh", "-c", "sleep 71 & echo $! > grandchild; wait"]
        with processes.child(command, folder / "log", Deadline.after(60, "x")) as child:
            while not (folder / "grandchild").exists() or not (folder / "grandchild").read_text():
                pass
            print(folder, child.pid, (folder / "grandchild").read_text().strip(), flush=True)
            sys.stdin.read()
"""
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def soon(condition) -> bool:
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


@pytest.mark.parametrize("how", ["kill -9", "its end"])
def test_children_their_children_and_temporary_folders_end_with_hilbench(how: str) -> None:
    hilbench = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(FAMILY)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    folder, *pids = hilbench.stdout.readline().split()
    assert Path(folder).is_dir()
    assert not any(gone(int(pid)) for pid in pids)
    if how == "kill -9":
        hilbench.kill()
    hilbench.communicate("")
    assert soon(lambda: all(gone(int(pid)) for pid in pids) and not Path(folder).exists())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("after", [0.03, 0.12, 0.3])
def test_a_command_that_only_starts_says_one_line(number: signal.Signals, after: float) -> None:
    """Python itself needs some 20 ms before any line of ours runs."""
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.argv[1:] = ['list', 'models']\n"
        "from hilbench.__main__ import main; print('on', flush=True); main()"
    )
    hilbench = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    assert hilbench.stdout.readline() == "on\n"
    time.sleep(after)
    hilbench.send_signal(number)
    _, said = hilbench.communicate(timeout=20)
    assert (hilbench.returncode, said) in [(128 + number, "hilbench: interrupted\n"), (0, "")]


def test_a_signal_that_a_destructor_swallows_still_ends_with_one_line() -> None:
    code = (
        "import os, signal, time\n"
        "from hilbench.cli.endings import Endings\n"
        "class Dies:\n"
        "    def __del__(self): os.kill(os.getpid(), signal.SIGTERM); time.sleep(0.1)\n"
        "with Endings():\n"
        "    Dies()\n"
        "    time.sleep(20)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT
    )
    assert (ended.returncode, ended.stderr) == (143, "hilbench: interrupted\n")


@pytest.mark.parametrize("then", ["time.sleep(20)", "raise ImportError('numpy')"])
def test_a_signal_that_an_extension_prints_ends_with_one_line(then: str) -> None:
    """C code prints what interrupts it, as NumPy's import_array does, and goes on or fails."""
    code = (
        "import ctypes, time\n"
        "from hilbench.cli import main\n"
        "def command(**_):\n"
        "    ctypes.pythonapi.PyRun_SimpleString(\n"
        "        b'import os, signal, time; os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)')\n"
        f"    {then}\n"
        "main.app = command\n"
        "main.main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT
    )
    assert (ended.returncode, ended.stderr) == (143, "hilbench: interrupted\n")


def test_a_signal_while_a_class_is_made_ends_with_one_line() -> None:
    """Python 3.11 makes a RuntimeError of what `__set_name__` raises."""
    code = (
        "import os, signal, time\n"
        "from hilbench.cli import main\n"
        "class Stops:\n"
        "    def __set_name__(self, *_): os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)\n"
        "main.app = lambda **_: type('Made', (), {'it': Stops()})\n"
        "main.main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT
    )
    assert (ended.returncode, ended.stderr) == (143, "hilbench: interrupted\n")


@pytest.mark.parametrize("arguments", [["list", "models"], ["plan", "rnn"], ["--help"], ["doctor"]])
def test_a_full_disk_behind_stdout_is_one_line(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        ended = subprocess.run(
            [sys.executable, "-m", "hilbench", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
    assert ended.stderr.splitlines()[-1] == (
        "hilbench: cannot write the output: No space left on device"
    )
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 2


def test_a_closed_stdout_is_one_line() -> None:
    command = f"exec {sys.executable} -m hilbench list variants >&-"
    ended = subprocess.run(
        ["sh", "-c", command], stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    assert ended.stderr == "hilbench: cannot write the output: Bad file descriptor\n"
    assert ended.returncode == 2


LATE = """
    import os, signal, sys
    from hilbench.cli import main

    def command(owner, output):
        if sys.argv[1] == "before":
            os.kill(os.getpid(), signal.SIGTERM)
        if sys.argv[1] == "in a text":
            exec("os.kill(os.getpid(), signal.SIGTERM)")
        return 0

    def over(self):
        ended(self)
        if sys.argv[1] == "after":
            os.kill(os.getpid(), signal.SIGTERM)

    main._run, ended, main.Endings.over = command, main.Endings.over, over
    main.main()
"""


@pytest.mark.parametrize(
    ("when", "status", "said"),
    [
        ("before", 143, "hilbench: interrupted\n"),
        ("in a text", 143, "hilbench: interrupted\n"),
        ("after", 0, ""),
    ],
)
def test_a_signal_just_when_the_command_has_ended(
    tmp_path: Path, when: str, status: int, said: str
) -> None:
    """No traceback, whichever side of the end it meets."""
    (tmp_path / "late.py").write_text(textwrap.dedent(LATE))
    ended = subprocess.run(
        [sys.executable, "-m", "late", when],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        cwd=tmp_path,
    )
    assert (ended.returncode, ended.stderr) == (status, said)


MAKING = """
    import os, signal, sys
    from pathlib import Path
    from hilbench.core import processes

    def killed(event, arguments):
        if event == "os.mkdir" and "/.made." in str(arguments[0]) and len(sys.argv) == 2:
            sys.argv.append("made")
            os.mkdir(arguments[0])
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(killed)
    with processes.temporary_folder(".made.", Path(sys.argv[1])):
        pass
"""


def test_a_kill_just_when_a_temporary_folder_is_made_leaves_none(tmp_path: Path) -> None:
    code = textwrap.dedent(MAKING)
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], env=ENVIRONMENT, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert soon(lambda: not list(tmp_path.iterdir()))


@pytest.mark.parametrize("program", ["", "/no/such/python"])
def test_a_watchdog_that_cannot_be_started_is_not_the_caches_fault(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_watchdog", Watchdog())
    monkeypatch.setattr(sys, "executable", program)
    with (
        pytest.raises(HilbenchError, match=r"^cannot start .*, which ends what a killed hilbench"),
        Store(tmp_path / "cache").scratch("measure", "x"),
    ):
        pass
    assert not [*(tmp_path / "cache").glob(".measure*")]
