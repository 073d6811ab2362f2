"""check: every fault and doubt of a config, before a run meets them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leadscore.commands.common import (
    AsOf,
    Events,
    Join,
    Json,
    NoCache,
    Set,
    open_cache,
    print_json,
    read_as_of,
)

Config = Annotated[Path | None, typer.Argument(help="The scoring model, a YAML file.", show_default=False)]
Exports = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[EXPORT]...", help="An export, or several as one, to hold it against.", show_default=False
    ),
]
Explain = Annotated[
    str | None,
    typer.Option("--explain", metavar="CODE", help="Explain one kind of doubt.", show_default=False),
]
Resolved = Annotated[
    bool,
    typer.Option(
        "--resolved", help="Print the config as it stands after extends and --set, and nothing else."
    ),
]


def check(
    config: Config = None, exports: Exports = None, as_of: AsOf = None, set_: Set = None, json_: Json = False,
    explain: Explain = None, events: Events = None, join: Join = None, resolved: Resolved = False,
    no_cache: NoCache = False,
) -> int:  # fmt: skip
    """List every fault (exit 3) and doubt (exit 0) of a config."""
    from leadscore.analysis.check import check_config, explain_doubt, resolve_config
    from leadscore.views.check import check_json, check_view
    from leadscore.views.screen import plain, show

    if explain is not None:
        show(plain(explain_doubt(explain)), stderr=False)
        return 0
    if config is None:
        raise typer.BadParameter("name a config, or a kind of doubt after --explain", param_hint="CONFIG")
    if resolved:
        typer.echo(resolve_config(config, set_ or ()), nl=False)
        return 0
    files, cache = (exports or (), events or (), join or ()), open_cache(no_cache)
    checked = check_config(config, set_ or (), read_as_of(as_of), *files, cache)
    if json_:
        print_json(check_json(checked))
    else:
        show(*check_view(checked), stderr=False)
    return 0
