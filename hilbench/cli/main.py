"""The `hilbench` command: subcommands are found in hilbench/cli/commands."""

from __future__ import annotations

import signal
import sys
from typing import Annotated

import typer

from hilbench import __version__
from hilbench.cli import commands
from hilbench.cli.console import fail
from hilbench.core import registry
from hilbench.core.errors import HilbenchError, Interrupted

USAGE_EXIT = 2
INTERRUPTED_EXIT = 130

app = typer.Typer(
    help="Benchmarks of neural networks on real and emulated microcontrollers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in registry.modules(commands):
    module.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hilbench {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Entry point of the console script: expected errors are one line and exit code 2.

    SIGTERM, from a CI runner or a batch system, is an interrupt like Ctrl-C.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except Interrupted as error:
        fail(str(error))
        sys.exit(INTERRUPTED_EXIT)
    except HilbenchError as error:
        fail(str(error))
        sys.exit(USAGE_EXIT)
    except KeyboardInterrupt:
        fail("interrupted")
        sys.exit(INTERRUPTED_EXIT)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


if __name__ == "__main__":
    main()
