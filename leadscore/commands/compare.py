"""compare: what a change of the config does, before it does it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadscore.commands.common import (
    AsOf,
    Events,
    Exports,
    Join,
    Json,
    NoCache,
    Set,
    loading,
    open_cache,
    print_json,
    read_as_of,
    show_progress,
)
from leadscore.commands.streams import settle
from leadscore.errors import Problem, UsageError

if TYPE_CHECKING:
    from leadscore.analysis.compare.result import Result
    from leadscore.analysis.files import Files

Configs = Annotated[
    list[Path],
    typer.Option(
        "-c", "--config", help="A scoring model; given again, the ones to compare with.", show_default=False
    ),
]
Sweep = Annotated[
    str | None,
    typer.Option(
        "--sweep",
        metavar="KEY=RANGE",
        help="One value of the config in steps: groups.fit.cap=30:60:5 or =30,45,60.",
        show_default=False,
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by", metavar="FIELD", help="Also leads per tier for each owner, day, ...", show_default=False
    ),
]
Write = Annotated[
    Path | None,
    typer.Option(
        "--write", metavar="FOLDER", help="A folder for movers.csv: all leads that move.", show_default=False
    ),
]
First = Annotated[int, typer.Option("--first", metavar="N", min=0, help="So many movers are shown.")]


def compare(
    exports: Exports, config: Configs, as_of: AsOf = None, set_: Set = None, sweep: Sweep = None,
    by: By = None, first: First = 10, write: Write = None, events: Events = None, join: Join = None,
    json_: Json = False, no_cache: NoCache = False,
) -> int:  # fmt: skip
    """Show what another config, or a changed value, does to the same leads."""
    with loading():
        from leadscore.analysis.compare.write import find_folder, write_movers
        from leadscore.analysis.files import Files
        from leadscore.views.compare import compare_view
        from leadscore.views.compare_json import compare_json
        from leadscore.views.screen import show

    if sweep is not None and (write is not None or by is not None):
        raise UsageError(Problem("--sweep", what="is shown as one table", hint="leave out --write and --by"))
    day = read_as_of(as_of)
    target = find_folder(write, day) if write is not None else None  # what is refused is refused at once
    with show_progress(not json_) as told:
        files = Files(exports, day, events or (), join or (), open_cache(no_cache), told)
        result = _compare(files, config, set_ or [], sweep, by)
    if target is not None:
        write_movers(result, target, settle)
    out = target.out if target is not None else None
    if json_:
        print_json(compare_json(result, day, first, out))
    else:
        show(*compare_view(result, day, first, out), stderr=False)
    return 0 if target is None else result.exit_code


def _compare(
    files: Files, configs: list[Path], overrides: list[str], sweep: str | None, by: str | None
) -> Result:
    from leadscore.analysis.compare.result import compare_configs, compare_sweep
    from leadscore.analysis.compare.variants import read_sweep, read_variants

    if sweep is not None:
        return compare_sweep(*read_sweep(configs, overrides, sweep), files)
    return compare_configs(read_variants(configs, overrides), files, by)
