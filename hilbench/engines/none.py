"""The engine of the base firmware: no model, no tensors.

The image built with it holds everything but a model; its sizes are subtracted
to get the share of a model and its engine.
"""

from __future__ import annotations

from pathlib import Path

from hilbench.artifacts import EngineSources

NAME = "none"

_SOURCE = """\
/* The base firmware has no model: nothing to invoke, no inputs, no outputs. */
#include "engine.h"

const char engine_name[] = "none";
const char engine_model[] = "";

int engine_init(void)
{
    return 0;
}

int engine_invoke(void)
{
    return 0;
}

void engine_reset(void)
{
}

const char *engine_error(void)
{
    return "";
}

const struct engine_tensor *engine_input(uint32_t index)
{
    (void)index;
    return 0;
}

const struct engine_tensor *engine_output(uint32_t index)
{
    (void)index;
    return 0;
}
"""


def base_sources(out_dir: Path) -> EngineSources:
    """Write the sources of the base firmware's engine into `out_dir`."""
    source = out_dir / "engine_none.c"
    source.write_text(_SOURCE)
    return EngineSources(
        engine=NAME,
        model_sha256="",
        sources=(source,),
        kernels=(),
        include_dirs=(),
        weights_bytes=0,
        arena_bytes=0,
    )
