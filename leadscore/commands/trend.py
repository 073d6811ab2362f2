"""trend: runs over time, and an exit code for what has moved too far."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadscore.commands.common import Json, Set, loading, print_json
from leadscore.commands.streams import say
from leadscore.errors import Problem, UsageError

if TYPE_CHECKING:
    from leadscore.model.output import Checks

Runs = Annotated[
    list[Path],
    typer.Argument(
        metavar="RUN...", help="Folders that runs wrote, or one that holds them.", show_default=False
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "-c", "--config", help="The config whose checks say what is too far: exit 5.", show_default=False
    ),
]
Last = Annotated[int, typer.Option("--last", metavar="N", min=1, help="So many runs are shown.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what is too far.")]


def trend(
    runs: Runs, config: Config = None, set_: Set = None, last: Last = 10, json_: Json = False,
    quiet: Quiet = False,
) -> int:  # fmt: skip
    """Show what has moved from run to run: tiers, score, rules, missing fields, new values."""
    with loading():
        from leadscore.analysis.trend.result import find_trend
        from leadscore.views.screen import show
        from leadscore.views.trend import trend_view
        from leadscore.views.trend_json import trend_json

    found = find_trend(runs, _read_checks(config, set_ or []))
    if json_:
        print_json(trend_json(found))
    elif not quiet:
        show(*trend_view(found, last), stderr=False)
    newest = found.steps[-1].run.path
    say(*(f"{newest}: is far from the run before: {alarm.sentence}" for alarm in found.alarms))
    return found.exit_code


def _read_checks(config: Path | None, overrides: list[str]) -> Checks | None:
    from leadscore.model.build import build_model
    from leadscore.model.load import config_bytes, load_tree

    if config is not None:
        return build_model(load_tree(str(config), config_bytes(config), overrides)).checks
    if overrides:
        what = "changes a config, and there is none"
        raise UsageError(Problem("--set", what=what, hint="name the config with -c"))
    return None
