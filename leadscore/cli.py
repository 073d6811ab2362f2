"""cli: one line per command, and the only place where an error becomes an exit code."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from types import FrameType
from typing import Annotated, NoReturn

import typer

from leadscore import __version__
from leadscore.commands.check import check
from leadscore.commands.explain import explain
from leadscore.commands.inspect import inspect
from leadscore.commands.presets import presets
from leadscore.commands.score import score
from leadscore.commands.streams import prepare_streams, silence
from leadscore.errors import LeadscoreError, PublishError
from leadscore.text import visible

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,  # rich would break paths at column 80 and make --help slower
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,  # locals hold personal data
)

BUG, NOT_SHOWN = 1, 7


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"leadscore {__version__}")
        raise typer.Exit


@app.callback()
def leadscore(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Score, tier and rank the leads of a CRM export by rules a salesperson can read."""


app.command()(score)
app.command()(explain)
app.command()(check)
app.command()(inspect)
app.command()(presets)


def main() -> None:
    """Run the command line. Whatever goes wrong ends here, as plain lines on stderr and an exit code."""
    prepare_streams()
    for number in (signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup's SIGHUP stays ignored
            signal.signal(number, _stop)
    code = _run()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = _stdout_is_closed() if code in {0, 5} else code
    sys.exit(code)


def _run() -> int:
    try:
        return _call_app()
    except LeadscoreError as error:
        _say(*map(str, error.problems))
        return error.exit_code
    except typer.TyperException as error:
        _say(*error.format_message().splitlines())
        return error.exit_code
    except BrokenPipeError:
        return _stdout_is_closed()
    except MemoryError:
        _say("could not finish: not enough memory")
        return PublishError.exit_code
    except OSError as error:
        _say_traceback(error)
        # Not the error's own text, which may name anything: only what the system says about its number.
        _say(f"could not finish: {os.strerror(error.errno or 0)}")
        return PublishError.exit_code
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:
        _say_traceback(error)
        _say(f"a bug in leadscore: {type(error).__name__}; please report it")
        return BUG


def _call_app() -> int:
    try:
        code = app(prog_name="leadscore", standalone_mode=False)
    except SystemExit as stop:
        # Typer turns a closed pipe into exit 1, which here means a bug.
        if isinstance(stop.__context__, BrokenPipeError):
            raise stop.__context__ from None
        raise
    return code if isinstance(code, int) else 0


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)  # an exception, so that a half-written result is cleared away on the way out


def _stdout_is_closed() -> int:
    silence(sys.stdout)
    return NOT_SHOWN


def _say_traceback(error: Exception) -> None:
    if os.environ.get("LEADSCORE_TRACEBACK") == "1":
        traceback.print_exception(error)


def _say(*lines: str) -> None:
    try:
        for line in lines:
            print(visible(line), file=sys.stderr)
        sys.stderr.flush()
    except OSError:
        silence(sys.stderr)
