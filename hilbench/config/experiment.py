"""An experiment: models x variants x engines x boards, and how to measure them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from hilbench.config.load import Strict, load
from hilbench.core.errors import SpecError
from hilbench.core.paths import experiments_dir

Names = tuple[str, ...]


class Training(Strict):
    """How every model is trained: Adam on the model's own loss, in its own batches by default."""

    epochs: int = Field(default=3, ge=0)
    learning_rate: float = Field(default=1e-3, gt=0)
    batch_size: int | None = Field(default=None, ge=1)
    seed: int = Field(default=42, ge=0)


class Data(Strict):
    """Which samples calibrate and which are compared.

    `samples` follow the `representative` ones, so that they never overlap.
    `published` adds a pass as the published campaign did it: the first samples
    of the training data, quantised by truncation (`error_mae_published`).
    `text` is a file for the character models; without it synthetic text is used.
    """

    representative: int = Field(default=200, ge=1)
    samples: int = Field(default=10, ge=1)
    published: bool = False
    text: str | None = None


class Measure(Strict):
    """Invocations that are thrown away, and those that are counted."""

    warmups: int = Field(default=1, ge=0)
    repetitions: int = Field(default=10, ge=1)


class Figures(Strict):
    leave_out: Names = ()


class Experiment(Strict):
    schema_version: Literal[1] = Field(alias="schema")
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    models: Names = Field(min_length=1)
    variants: Names = Field(min_length=1)
    engines: Names = Field(min_length=1)
    boards: Names = Field(min_length=1)
    training: Training = Training()
    data: Data = Data()
    measure: Measure = Measure()
    figures: Figures = Figures()

    @field_validator("models", "variants", "engines", "boards")
    @classmethod
    def _no_twins(cls, names: Names) -> Names:
        twins = sorted({name for name in names if names.count(name) > 1})
        if twins:
            raise ValueError(f"named twice: {', '.join(twins)}")
        return names


def load_experiment(path_or_name: str) -> tuple[Path, Experiment]:
    """A file, or the name of a shipped experiment (`rnn`, `smoke`).

    Raises SpecError.
    """
    path = Path(path_or_name)
    if not path.exists():
        shipped = experiments_dir() / f"{path.stem}.yaml"
        if not shipped.is_file():
            names = ", ".join(sorted(p.stem for p in experiments_dir().glob("*.yaml")))
            remedy = f"a file, or one of: {names}"
            raise SpecError(path_or_name, "no such experiment", remedy=remedy)
        path = shipped
    return path, load(path, Experiment)
