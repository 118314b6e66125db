"""The .tflite file of a network that is not measured."""

from __future__ import annotations

from hilbench.core.artifacts import ConvertedModel
from hilbench.core.errors import UsageError
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.pipeline import selection, tools
from hilbench.pipeline.events import Observer
from hilbench.pipeline.selection import Chosen
from hilbench.pipeline.stages import Stages


def file_of(
    settings: Settings, network: str, chosen: Chosen, owner: Owner, emit: Observer
) -> ConvertedModel:
    """As a run would convert it: `network` is a file, a folder, a function or a model's name.

    Raises UsageError for an experiment or more than one variant, and what a run raises.
    """
    if not selection.is_network(network):
        known = "a .tflite, .keras or .h5 file, a SavedModel folder, file.py:function, or a model"
        raise UsageError(f"{network}: no network", remedy=f"{known} of `hilbench list models`")
    jobs = selection.select(settings, network, chosen).jobs
    variants = list(dict.fromkeys(job.variant.name for job in jobs))
    if len(variants) > 1:
        raise UsageError(f"{', '.join(variants)}: one variant is inspected at a time")
    tools.require_conversion()
    return Stages(Store(settings.cache, owner=owner), owner).convert(jobs[0], emit)[2]
