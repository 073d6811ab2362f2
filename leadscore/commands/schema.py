"""schema: what an editor needs to complete and check a config, and the reference for people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leadscore.commands.common import loading

Header = Annotated[
    bool, typer.Option("--header", help="Print the line that goes on top of a config, for editors.")
]
Place = Annotated[bool, typer.Option("--path", help="Print the path of the schema on this machine.")]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print a reference of all keys, for people.")]


def schema(header: Header = False, path: Place = False, markdown: Markdown = False) -> int:
    """Print the JSON Schema of a config: editors complete and check by it."""
    if header + path + markdown > 1:
        raise typer.BadParameter("is one thing too many; ask for one", param_hint="--header")
    shipped = Path(__file__).parents[1] / "config.schema.json"
    if path:
        typer.echo(shipped)
    elif header:
        typer.echo(f"# yaml-language-server: $schema={shipped.as_uri()}")
    else:
        with loading():
            from leadscore.model.json_schema.reference import make_reference
            from leadscore.model.json_schema.whole import dump_schema
        typer.echo(make_reference() if markdown else dump_schema(), nl=False)
    return 0
