"""inspect: what is in an export, before a config is written for it."""

from __future__ import annotations

from typing import Annotated

import typer

from leadscore.commands.common import Export, Json, loading, print_json

Id = Annotated[
    str | None,
    typer.Option("--id", metavar="COLUMN", help="Look for duplicates in this column.", show_default=False),
]
NoValues = Annotated[
    bool, typer.Option("--no-values", help="Show no cell's value, not even those of a few categories.")
]


def inspect(export: Export, id_: Id = None, no_values: NoValues = False, json_: Json = False) -> int:
    """Show what is in an export, and what a config would have to say of it."""
    with loading():
        from leadscore.analysis.inspect import inspect_export
        from leadscore.views.inspect import inspect_json, inspect_view
        from leadscore.views.screen import show

    found = inspect_export(export, id_, not no_values)
    if json_:
        print_json(inspect_json(found))
    else:
        show(*inspect_view(found), stderr=False)
    return 0
