"""explain: why one lead has its score."""

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
    open_cache,
    print_json,
    read_as_of,
)

Id = Annotated[
    str, typer.Option("--id", help="The lead's id, as it stands in the export.", show_default=False)
]


def explain(
    exports: Exports, config: Config, id_: Id, as_of: AsOf = None, set_: Set = None, events: Events = None,
    join: Join = None, json_: Json = False, no_cache: NoCache = False,
) -> int:  # fmt: skip
    """Show the lines that add up to one lead's score."""
    from leadscore.analysis.explain import explain_lead
    from leadscore.model.load import load_model
    from leadscore.pipeline.files import open_exports
    from leadscore.pipeline.inputs import open_log
    from leadscore.pipeline.join_tables import open_tables
    from leadscore.views.explain import explain_json, explain_view
    from leadscore.views.screen import show

    model, cache = load_model(config, set_ or ()), open_cache(no_cache)
    logs = [open_log(path, model, cache) for path in events or ()]
    tables = open_tables(join or (), model)
    export = open_exports(exports, model, cache)
    lead = explain_lead(export, model, read_as_of(as_of), id_, logs, tables)
    if json_:
        print_json(explain_json(lead))
    else:
        show(*explain_view(lead), stderr=False)
    return 0
