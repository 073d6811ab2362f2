"""common: the arguments that several commands share."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadscore.commands.memory import refuse_small_limit
from leadscore.errors import Problem, UsageError

if TYPE_CHECKING:
    from leadscore.pipeline.cache import Cache
    from leadscore.pipeline.told import Told

Export = Annotated[
    Path,
    typer.Argument(
        help="The file the CRM exported: CSV (also gzipped), xlsx or Parquet.", show_default=False
    ),
]
Exports = Annotated[
    list[Path],
    typer.Argument(
        metavar="EXPORT...",
        help="The files the CRM exported: CSV (also gzipped), xlsx or Parquet. Several are one input.",
        show_default=False,
    ),
]
Config = Annotated[
    Path, typer.Option("-c", "--config", help="The scoring model, a YAML file.", show_default=False)
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="The day to score for, YYYY-MM-DD; today without it.", show_default=False),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a value of the config, for example groups.fit.cap=40.",
        show_default=False,
    ),
]
Events = Annotated[
    list[Path] | None,
    typer.Option(
        "--events", metavar="FILE", help="An activity log; may be given more than once.", show_default=False
    ),
]
Join = Annotated[
    list[str] | None,
    typer.Option(
        "--join",
        metavar="[NAME=]FILE",
        help="A table that the config joins to the leads; NAME says which, if there are several.",
        show_default=False,
    ),
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Do not keep what is read of the files, nor use what was kept.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


@contextmanager
def loading() -> Iterator[None]:
    """Around the imports of a command: what they make stays, and garbage is not looked for in it, neither
    meanwhile nor later. The looking takes a tenth of a small run."""
    refuse_small_limit()
    before = len(sys.modules)
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) > before:  # else a process that runs many commands would keep their garbage
            gc.freeze()
        gc.enable()


def read_as_of(text: str | None, option: str = "--as-of") -> date:
    """The day asked for, or today by this machine's clock: the only place where a clock is read."""
    if text is None:
        return datetime.now().astimezone().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(Problem(option, what="is not a date", hint="write YYYY-MM-DD")) from None


def open_cache(no_cache: bool) -> Cache:
    """Where what is read of large files is kept for the next run."""
    from leadscore.pipeline.cache import NO_CACHE, Cache, default_folder

    return NO_CACHE if no_cache else Cache(default_folder())


@contextmanager
def show_progress(wanted: bool) -> Iterator[Told]:
    """Who is told how far the run is: whoever looks at the terminal, if it is one."""
    from leadscore.pipeline.told import nobody

    if wanted and sys.stderr.isatty():
        from leadscore.views.progress import open_progress

        with open_progress() as told:
            yield told
    else:
        yield nobody


def print_json(content: dict[str, Any]) -> None:
    """One object on stdout."""
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))
