"""INPUTS: everything that hilbench reads and did not write, one row each.

A new format of input is one row here; the attempts of test_files.py, test_mutations.py and
tools/fuzz.py then apply to it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import fake_tflm
import h5py
import journals
import numpy as np
import renode_words
import small_graphs
from fake_device import Doubler, FakeDevice
from random_graphs import graphs_of_each_rule

from hilbench.config.bench import Bench
from hilbench.config.board import Board, boards
from hilbench.config.chip import Chip, chips
from hilbench.config.core import Core, cores
from hilbench.config.experiment import Data, Experiment, shipped_experiments
from hilbench.config.limits import read as read_limits
from hilbench.config.load import Strict, load
from hilbench.config.project import Project
from hilbench.core.deadline import Deadline
from hilbench.core.errors import (
    BuildError,
    DataError,
    FormatError,
    HilbenchError,
    LinkError,
    SpecError,
    StoreError,
    TargetError,
    Unsupported,
    UsageError,
)
from hilbench.core.workers import RESULT
from hilbench.cycles import windows
from hilbench.data import files, shakespeare
from hilbench.engines.tflm import archive
from hilbench.link.frame import Decoder
from hilbench.link.messages import MESSAGES, unpack
from hilbench.link.session import Schedule, benchmark
from hilbench.record import store
from hilbench.report.verdict import JUDGED
from hilbench.sources.keras import saved, saved_folder
from hilbench.targets import renode_monitor
from hilbench.targets.bench.pyocd_probe import WORKER
from hilbench.tflite import reader

REPOSITORY = Path(__file__).parents[2]
SECONDS = 10.0
"""No reading takes longer, on a busy machine either."""


@dataclass(frozen=True)
class Input:
    """`take` reads a file that is made of `corpus`, or raises one of `refuses`.

    `named` inputs are files that a user names: there, everything that can stand at a path is
    tried as well. The others come from programs and wires. Of a `stream`, any part may be
    missing or garbage. Where the end of a name decides what a file is, that is `suffix`.
    """

    name: str
    take: Callable[[Path], object]
    corpus: tuple[bytes, ...]
    refuses: tuple[type[HilbenchError], ...] = ()
    named: bool = True
    stream: bool = False
    suffix: str = ""


def _yaml(model: type[Strict]) -> Callable[[Path], object]:
    return lambda path: load(path, model)


def _files(*paths: Path) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in paths)


BENCH = b"""\
schema: 1
boards:
  - {board: nucleo_l4r5zi, probe: 066DFF, serial: "066DFE", chip_id: 0x470, unique_id: 00ff}
  - board: nucleo_l4r5zi
    probe: B
    port: /dev/ttyACM1
    pack: {path: ~/pack, sha256: "%s"}
    power_cycle: [uhubctl, -a, cycle]
""" % (b"0" * 64)


LIMITS = b"""\
schema: 1
metrics: {exe_cycles: 1%, flash_bytes: 512}
models: {"lstm*": {exe_cycles: 3.5%}}
"""
PROJECT = b"""\
schema: 1
defaults:
  boards: [mps2_an386]
  variants: [basic, int8_only]
  measure: {repetitions: 5}
"""


def _limits(path: Path) -> object:
    return read_limits(path, JUDGED)


HAMLET = b"To be, or not to be, that is the question:\n" * 20


def _text(path: Path) -> object:
    return shakespeare.read_text(path, Data(representative=1, samples=1))


def _saved(write: Callable[..., None], *arrays: Any, **named: Any) -> bytes:
    """What numpy writes to a file."""
    written = io.BytesIO()
    write(written, *arrays, **named)
    return written.getvalue()


X, Y = np.arange(12, dtype=np.float32).reshape(4, 3), np.arange(4)
TABLE = b"a,b,label\n1,2.5,0\n-3,4e2,1\n0,1,1\n"


def _link(path: Path) -> object:
    """Everything that arrives, in pieces of uneven size."""
    data, decoder = path.read_bytes(), Decoder()
    pieces = (data[start : start + 37] for start in range(0, len(data), 37))
    frames = [frame for piece in pieces for frame in decoder.feed(piece)]
    return [unpack(MESSAGES[f.number], f.payload) for f in frames if f.number in MESSAGES]


def _session() -> bytes:
    """All that a device sends in one measurement."""
    sent: list[bytes] = []

    def recording(number: int, data: bytes) -> bytes:
        sent.append(data)
        return data

    device = FakeDevice(Doubler(), to_host=recording)
    schedule = Schedule(warmups=1, repetitions=2, min_ticks=100)
    benchmark(device, [[bytes(16)]], schedule, Deadline.after(SECONDS, "the session"))
    return b"".join(sent)


def _renode(path: Path) -> object:
    said = path.read_text(errors="replace")
    return (
        renode_monitor.refusal(said),
        renode_monitor.answer(said),
        renode_monitor.last_words(said),
    )


def _worker(path: Path) -> object:
    folder = path.parent / f"{path.name}.d"
    folder.mkdir(exist_ok=True)
    (folder / RESULT).write_bytes(path.read_bytes())
    return WORKER.read(folder)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _record() -> dict[str, Any]:
    """A line of the plugin's."""

    def ones(kind: type) -> dict[str, int]:
        return {field.name: 1 for field in fields(kind)}

    return {
        "instructions": 9, "cycles": 12, "taken_branches": 1, "kinds": {"alu": 9},
        "loads": ones(windows.Accesses), "stores": ones(windows.Accesses),
        "breakdown": ones(windows.Breakdown), "flash_reads": {"instruction": 3, "data": 1},
        "unaligned": 0, "unaligned_at": 0,
        "stack_low": 536870912, "calls": [[1, -1, 134217728, 9, 12, 1], [2, 1, 134217800, 3, 4, 1]],
    }  # fmt: skip


def _keras(path: Path) -> object:
    return saved.examined(path, allow_lambda=False)


def _hdf5(network: str) -> bytes:
    written = io.BytesIO()
    with h5py.File(written, "w") as file:
        file.attrs["model_config"], file.attrs["keras_version"] = network, "2.15"
    return written.getvalue()


def _zip(**members: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.json", text)
    return written.getvalue()


LAYER = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3}}
NETWORK = json.dumps({"module": "keras", "class_name": "Sequential", "config": {"layers": [LAYER]}})


def _saved_model(path: Path) -> object:
    """As the one file of a folder."""
    folder = path.parent / f"{path.name}.d"
    folder.mkdir(exist_ok=True)
    (folder / "saved_model.pb").unlink(missing_ok=True)
    (folder / "saved_model.pb").symlink_to(path)
    return saved_folder.examined(folder)


INPUTS: tuple[Input, ...] = (
    Input("experiment", _yaml(Experiment), _files(*shipped_experiments().values()), (SpecError,)),
    Input("board", _yaml(Board), _files(*boards().values()), (SpecError,)),
    Input("bench", _yaml(Bench), (BENCH,), (SpecError,)),
    Input("chip", _yaml(Chip), _files(*chips().values()), (SpecError,)),
    Input("core", _yaml(Core), _files(*cores().values()), (SpecError,)),
    Input(
        "csv",
        store.read,
        _files(*sorted((REPOSITORY / "results" / "reference").glob("*.csv"))),
        (StoreError,),
    ),
    Input(
        "tflite",
        reader.read,
        (
            small_graphs.simple_rnn("int8"),
            small_graphs.residual_cnn("float32"),
            *(graph.tflite() for graph in graphs_of_each_rule("int8", 1) if graph.called),
        ),
        (FormatError, Unsupported),
    ),
    Input("journal", journals.read, (journals.content(),), (StoreError, UsageError)),
    Input("text", _text, (HAMLET,), (UsageError,), stream=True),
    Input(
        "npz",
        files.read,
        (_saved(np.savez, x=X, y=Y), _saved(np.savez_compressed, x=X)),
        (DataError,),
        suffix=".npz",
    ),
    Input("npy", files.read, (_saved(np.save, X), _saved(np.save, Y)), (DataError,), suffix=".npy"),
    Input("table", files.read, (TABLE,), (DataError,), suffix=".csv", stream=True),
    Input(
        "keras",
        _keras,
        (_zip(config=NETWORK, metadata='{"keras_version": "3.0"}'),),
        (UsageError,),
        suffix=".keras",
    ),
    Input("hdf5", _keras, (_hdf5(NETWORK),), (UsageError,), suffix=".h5"),
    Input(
        "archive",
        archive.read,
        (fake_tflm.archive([fake_tflm.elf(fake_tflm.cpu())], ["_Z3Addv"]),),
        (BuildError,),
    ),
    Input("limits", _limits, (LIMITS,), (SpecError,)),
    Input("project", _yaml(Project), (PROJECT,), (SpecError,)),
    Input("link", _link, (_session(),), (LinkError,), named=False, stream=True),
    Input("renode", _renode, renode_words.SAID, (), named=False, stream=True),
    Input(
        "pyocd",
        _worker,
        (_json({"schema": 1, "outcome": "ok", "message": "", "unique_id": "00"}),),
        (TargetError,),
        named=False,
    ),
    Input("plugin", windows.read, (_json(_record()) + b"\n",), (TargetError,), False, stream=True),
)
BY_NAME = {each.name: each for each in INPUTS}

SLOW: tuple[Input, ...] = (
    Input(
        "saved_model", _saved_model, (b"\x08\x01\x12\x06\x12\x04\x22\x02\x08\x01",), (UsageError,)
    ),
)
"""Of tools/fuzz.py alone: TensorFlow takes seconds to be imported."""
