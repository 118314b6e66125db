"""Finding and checking the prebuilt TFLM; every error it can end in."""

from __future__ import annotations

import re
from pathlib import Path

import fake_tflm
import pytest

from hilbench.config.board import Cpu, load_board
from hilbench.core import settings
from hilbench.core.errors import BuildError, JobError, Skipped
from hilbench.core.settings import Settings
from hilbench.engines.base import load_engine
from hilbench.engines.tflm import library
from hilbench.engines.tflm.library import ARCHIVE, find, target_arch

M4F = Cpu(core="cortex-m4", fpu="fpv4-sp-d16")
M4 = Cpu(core="cortex-m4")
M55 = Cpu(core="cortex-m55", fpu="fpv5-d16")


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(settings.TFLM, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def configure(monkeypatch: pytest.MonkeyPatch, root: Path) -> Path:
    monkeypatch.setenv(settings.TFLM, str(root))
    return root


@pytest.mark.parametrize("version", ["2026-08-20\n", "TFLM 2026-08-20\nof a release"])
def test_a_sound_library(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = configure(monkeypatch, fake_tflm.make(tmp_path / "tflm", version=version))
    found = find(M4F, Settings.read().tflm)
    assert found.archive == (root / "lib" / "cortex-m4+fp" / ARCHIVE).resolve()
    assert found.include_dirs[0] == root / "include"
    assert [path.name for path in found.include_dirs[1:]] == ["include", "gemmlowp", "ruy"]
    assert found.kernels == "CMSIS-NN"
    assert found.label == (
        f"TFLM 2026-08-20, cortex-m4+fp, CMSIS-NN kernels, SHA-256 {found.sha256}"
    )
    assert found.build.said.startswith("unknown; optimisation unknown; checks unknown; ")


def test_reference_kernels_are_told_by_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = fake_tflm.archive([fake_tflm.elf(fake_tflm.cpu())], ["_ZN6tflite3AddEv"])
    configure(monkeypatch, fake_tflm.make(tmp_path, {"cortex-m4+fp": plain}))
    assert find(M4F, Settings.read().tflm).kernels == "reference"
    assert find(M4F, Settings.read().tflm).label.startswith(
        "TFLM, cortex-m4+fp, reference kernels, SHA-256 "
    )


def test_headers_of_a_clone_are_found_among_its_downloads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = configure(monkeypatch, fake_tflm.make(tmp_path))
    downloads = root / "include/tensorflow/lite/micro/tools/make/downloads"
    downloads.parent.mkdir(parents=True)
    (root / "include/third_party").rename(downloads)
    assert find(M4F, Settings.read().tflm).include_dirs[2] == downloads / "gemmlowp"


def test_an_archive_of_an_older_architecture_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soft = fake_tflm.elf(fake_tflm.cpu(fake_tflm.V7, hard_float=False))
    configure(monkeypatch, fake_tflm.make(tmp_path, {"cortex-m4": fake_tflm.archive([soft])}))
    assert find(M4, Settings.read().tflm).target_arch == "cortex-m4"


def test_the_folder_in_the_configuration_folder_is_the_default(tmp_path: Path) -> None:
    fake_tflm.make(tmp_path / "config" / "hilbench" / "tflm")
    assert find(M4F, Settings.read().tflm).kernels == "CMSIS-NN"


def test_the_fingerprint_follows_archive_and_headers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = configure(monkeypatch, fake_tflm.make(tmp_path))
    before = find(M4F, Settings.read().tflm).fingerprint()
    assert find(M4F, Settings.read().tflm).fingerprint() == before
    header = root / "include/tensorflow/lite/micro/micro_interpreter.h"
    header.write_text("// newer\n")
    assert find(M4F, Settings.read().tflm).fingerprint() != before


@pytest.mark.parametrize(
    ("cpu", "name"),
    [
        (M4F, "cortex-m4+fp"),
        (M4, "cortex-m4"),
        (Cpu(core="cortex-m7", fpu="fpv5-d16"), "cortex-m7+fp"),
        (Cpu(core="cortex-m33", fpu="fpv5-sp-d16"), "cortex-m33"),
        (M55, "cortex-m55"),
        (Cpu(core="cortex-m55"), "cortex-m55+nofp"),
        (Cpu(core="cortex-m0plus"), "cortex-m0plus"),
    ],
)
def test_upstream_names_of_cpus(cpu: Cpu, name: str) -> None:
    assert target_arch(cpu) == name


def test_nothing_configured_is_skipped() -> None:
    engine = load_engine("tflm", Settings.read())
    with pytest.raises(Skipped) as caught:
        engine.supports(load_board("mps2_an386"))
    assert caught.value.status == "skipped"
    assert str(caught.value) == (
        "no TensorFlow Lite Micro library is configured "
        "(--tflm DIR or HILBENCH_TFLM, see docs/tflm.md)"
    )


def of(*attributes: dict[int, int], machine: int = fake_tflm.EM_ARM) -> bytes:
    return fake_tflm.archive([fake_tflm.elf(values, machine) for values in attributes])


WRONG = {
    "not an archive": (
        b"\x7fELF...",
        M4F,
        "is not a static archive: it does not begin with !<arch>",
    ),
    "truncated": (of(fake_tflm.cpu())[:-40], M4F, "is not a static archive: it is truncated"),
    "garbage behind": (of(fake_tflm.cpu()) + b"??", M4F, "is not a static archive: no member at"),
    "no objects": (fake_tflm.archive([]), M4F, "has no object file in it"),
    "broken object": (
        fake_tflm.archive([fake_tflm.elf(fake_tflm.cpu())[:30]]),
        M4F,
        "holds an object file that is broken",
    ),
    "another library": (
        of(fake_tflm.cpu()).replace(b"MicroInterpreter", b"MacroInterpreter"),
        M4F,
        "has no tflite::MicroInterpreter in it",
    ),
    "another machine": (of({}, machine=fake_tflm.EM_X86_64), M4F, "is for x64, not for Arm"),
    "no attributes": (of({}), M4F, "does not say for which CPU it is"),
    "another CPU": (
        of(fake_tflm.cpu(fake_tflm.V8_1_M)),
        M4F,
        "is for Armv8.1-M, cortex-m4 is Armv7E-M",
    ),
    "soft floats": (
        of(fake_tflm.cpu(hard_float=False)),
        M4F,
        "passes floats by the soft ABI, the board by the hard one",
    ),
    "hard floats": (
        of(fake_tflm.cpu()),
        M4,
        "passes floats by the hard ABI, the board by the soft one",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_archives(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content, cpu, message = WRONG[case]
    configure(monkeypatch, fake_tflm.make(tmp_path, {target_arch(cpu): content}))
    with pytest.raises(BuildError, match=re.escape(message)) as caught:
        find(cpu, Settings.read().tflm)
    assert ARCHIVE in str(caught.value)


def test_no_archive_for_the_cpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, fake_tflm.make(tmp_path))
    with pytest.raises(BuildError, match=r"no .*cortex-m55/lib.*\(there are: cortex-m4\+fp\)"):
        find(M55, Settings.read().tflm)


@pytest.mark.parametrize("header", fake_tflm.HEADERS)
def test_missing_headers(header: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = configure(monkeypatch, fake_tflm.make(tmp_path))
    (root / "include" / header).unlink()
    with pytest.raises(BuildError, match=rf"^TFLM: .*{re.escape(header)} is missing"):
        find(M4F, Settings.read().tflm)


def test_not_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, tmp_path / "nowhere")
    with pytest.raises(JobError, match="nowhere is not a folder"):
        find(M4F, Settings.read().tflm)


def test_doctor_hears_of_each_cpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert library.states(Settings.read().tflm) == []
    sound = fake_tflm.archive([fake_tflm.elf(fake_tflm.cpu())])
    root = fake_tflm.make(tmp_path, {"cortex-m4+fp": sound, "cortex-m85": sound})
    configure(monkeypatch, root)
    states = {state.target_arch: state for state in library.states(Settings.read().tflm)}
    assert states["cortex-m4+fp"].usable.startswith("TFLM, cortex-m4+fp, reference kernels")
    assert states["cortex-m85"] == library.State("cortex-m85", problem="no board with this CPU")
    (root / "lib/cortex-m4+fp" / ARCHIVE).write_bytes(b"?")
    broken = {state.target_arch: state for state in library.states(Settings.read().tflm)}[
        "cortex-m4+fp"
    ]
    assert (broken.usable, "is not a static archive" in broken.problem) == ("", True)
