"""explain: why leads have their scores, and what would change them."""

from __future__ import annotations

from typing import Annotated

import typer

from leadscore.commands.common import (
    AsOf,
    Config,
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
)

Ids = Annotated[
    list[str] | None,
    typer.Option("--id", help="A lead's id, as it stands in the export; or several.", show_default=False),
]
Ranks = Annotated[
    list[str] | None,
    typer.Option("--rank", metavar="N", help="A rank, or several: 1-10.", show_default=False),
]
Facts = Annotated[bool, typer.Option("--facts", help="Look for changes in facts too, such as the industry.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print a CSV row per line of each lead on stdout.")]


def explain(
    exports: Exports, config: Config, ids: Ids = None, ranks: Ranks = None, as_of: AsOf = None,
    set_: Set = None, events: Events = None, join: Join = None, facts: Facts = False, csv: AsCsv = False,
    json_: Json = False, no_cache: NoCache = False,
) -> int:  # fmt: skip
    """Show the lines that add up to a lead's score, and what would lift it."""
    with loading():
        from leadscore.analysis.explain.asked import Asked, explain_asked
        from leadscore.model.load import load_model
        from leadscore.views.explain import explain_csv, explain_json, explain_view
        from leadscore.views.screen import show

    model, cache = load_model(config, set_ or ()), open_cache(no_cache)
    asked = Asked(tuple(ids or ()), tuple(ranks or ()), facts, prospects=not csv)
    files = (tuple(exports), tuple(events or ()), tuple(join or ()))
    leads = explain_asked(asked, *files, model, read_as_of(as_of), cache)
    if json_:
        print_json(explain_json(leads))
    elif csv:
        typer.echo(explain_csv(leads), nl=False)
    else:
        for lead in leads:
            show(*explain_view(lead), stderr=False)
    return 0
