"""The `hilbench` command: subcommands are found in hilbench/cli/commands."""

from __future__ import annotations

import errno
import logging
import sys
from contextlib import redirect_stdout
from typing import Annotated, TextIO, cast

import typer

from hilbench import __version__
from hilbench.cli import commands
from hilbench.cli.console import Output, fail, listening
from hilbench.cli.endings import Endings
from hilbench.core import registry
from hilbench.core.errors import HilbenchError, Interrupted
from hilbench.core.text import one_line

USAGE_EXIT = 2
INTERRUPTED_EXIT = 130

_SHOWN = 100
_REFUSALS = {
    errno.EACCES,
    errno.EDQUOT,
    errno.ELOOP,
    errno.EMFILE,
    errno.ENAMETOOLONG,
    errno.ENFILE,
    errno.ENOSPC,
    errno.EPERM,
    errno.EROFS,
}
"""What a system says of any program's files; other errors of files are bugs."""

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
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say what each stage of each job does.")
    ] = False,
) -> None:
    del version
    context.with_resource(listening(logging.INFO if verbose else logging.WARNING))


def main() -> None:
    """Runs one command and exits: an expected error is one line and exit code 2.

    A command that a signal ended has the status that shells give: 128 and its number.
    """
    output = Output(sys.stdout)
    with Endings() as endings, redirect_stdout(cast(TextIO, output)):
        try:
            status = _run(endings, output)
            endings.over()
        except (KeyboardInterrupt, Exception):
            if not endings.status:
                raise
            status = _interrupted()  # what failed did so because of it
        sys.exit(endings.status or status)


def _run(endings: Endings, output: Output) -> int:
    try:
        try:
            app(obj=endings.owner)
        finally:
            output.flush()
    except SystemExit as ended:
        if endings.owner.stopping:
            fail("interrupted")
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except HilbenchError as error:
        if endings.status and not isinstance(error, Interrupted):
            return _interrupted()
        fail(str(error))
        return INTERRUPTED_EXIT if isinstance(error, Interrupted) else USAGE_EXIT
    except KeyboardInterrupt:
        return _interrupted()
    except OSError as error:
        if not output.failed:
            if error.errno not in _REFUSALS:
                raise
            named = [str(error.filename)[:_SHOWN]] if error.filename else []
            fail(one_line(": ".join([*named, str(error.strerror)])))
            return USAGE_EXIT
        output.drop()
        if isinstance(error, BrokenPipeError):
            return 1
        fail(f"cannot write the output: {error.strerror}")
        return USAGE_EXIT
    return 0


def _interrupted() -> int:
    fail("interrupted")
    return INTERRUPTED_EXIT


if __name__ == "__main__":
    main()
