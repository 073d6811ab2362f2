"""cli: one line per command, and the only place where an error becomes an exit code."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import traceback
from dataclasses import asdict
from types import FrameType
from typing import Annotated, NoReturn

import typer

from leadscore import __version__
from leadscore.commands.calibrate import calibrate
from leadscore.commands.check import check
from leadscore.commands.common import print_json
from leadscore.commands.compare import compare
from leadscore.commands.evaluate import evaluate
from leadscore.commands.explain import explain
from leadscore.commands.init import init
from leadscore.commands.inspect import inspect
from leadscore.commands.memory import is_out_of_memory
from leadscore.commands.presets import presets
from leadscore.commands.report import report
from leadscore.commands.schema import schema
from leadscore.commands.score import score
from leadscore.commands.streams import STOPPED, STOPS, ignore_stops, prepare_streams, say, silence
from leadscore.commands.trend import trend
from leadscore.commands.verify import verify
from leadscore.errors import LateError, LeadscoreError, Problem, PublishError

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,  # rich would break paths at column 80 and make --help slower
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,  # locals hold personal data
)

BUG, NOT_SHOWN = 1, 7
_NO_MEMORY = Problem("", what="could not finish: not enough memory")


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
app.command()(compare)
app.command()(evaluate)
app.command()(calibrate)
app.command()(inspect)
app.command()(init)
app.command()(presets)
app.command()(report)
app.command()(verify)
app.command()(trend)
app.command()(schema)


def main() -> None:
    """Run the command line. Whatever goes wrong ends here, as plain lines on stderr and an exit code."""
    prepare_streams()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no matrix is multiplied here, and idle threads spin
    sys.unraisablehook = _tell_unraised
    atexit.register(gc.freeze)  # what is still there goes with the process, not object by object
    for number in STOPS:
        if signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}:  # nohup's stays ignored
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
        return _fail(error.exit_code, *error.problems)
    except typer.TyperException as error:
        return _fail(
            error.exit_code, *(Problem("", what=line) for line in error.format_message().splitlines())
        )
    except BrokenPipeError:
        return _stdout_is_closed()
    except MemoryError:
        return _fail(PublishError.exit_code, _NO_MEMORY)
    except OSError as error:
        _say_traceback(error)
        # Not the error's own text, which may name anything: only what the system says about its number.
        what = f"could not finish: {os.strerror(error.errno or 0)}"
        return _fail(PublishError.exit_code, Problem("", what=what))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:
        if is_out_of_memory(error):
            return _fail(PublishError.exit_code, _NO_MEMORY)
        _say_traceback(error)
        what = f"a bug in leadscore: {type(error).__name__}"
        return _fail(BUG, Problem("", what=what, hint="please report it"))


def _fail(code: int, *problems: Problem) -> int:
    """The problems for people and, where it is wanted, for machines."""
    if STOPPED and code != LateError.exit_code:
        return 128 + STOPPED[0]  # what a library made of being stopped
    say(*map(str, problems))
    if "--json" in sys.argv:
        try:
            print_json({"exit_code": code, "problems": [asdict(problem) for problem in problems]})
        except BrokenPipeError:
            silence(sys.stdout)
    return code


def _call_app() -> int:
    try:
        code = app(prog_name="leadscore", standalone_mode=False)
    except SystemExit as stop:
        # Typer turns a closed pipe into exit 1, which here means a bug.
        if isinstance(stop.__context__, BrokenPipeError):
            raise stop.__context__ from None
        raise
    return code if isinstance(code, int) else 0


def _tell_unraised(lost: sys.UnraisableHookArgs) -> None:
    """A stop that came while nothing can be raised is no news; the run ends where it would be published."""
    if not isinstance(lost.exc_value, SystemExit):
        sys.__unraisablehook__(lost)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    STOPPED.append(number)
    ignore_stops()  # or a second one would stop the first one's clearing away
    sys.exit(128 + number)  # an exception, so that a half-written result is cleared away on the way out


def _stdout_is_closed() -> int:
    silence(sys.stdout)
    return NOT_SHOWN


def _say_traceback(error: Exception) -> None:
    if os.environ.get("LEADSCORE_TRACEBACK") == "1":
        traceback.print_exception(error)
