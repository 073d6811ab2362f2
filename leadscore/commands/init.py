"""init: a first config from an export, valid as written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadscore.commands.common import Json, loading, print_json, read_as_of

if TYPE_CHECKING:
    from leadscore.analysis.init.build import Made

Exports = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="EXPORT...", help="The files the CRM exported. Several are one input.", show_default=False
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--out",
        metavar="FILE",
        help="Write the config there; to stdout without it.",
        show_default=False,
    ),
]
Id = Annotated[
    str | None,
    typer.Option("--id", metavar="COLUMN", help="The column that identifies a lead.", show_default=False),
]
Outcome = Annotated[
    str | None,
    typer.Option("--outcome", metavar="COLUMN", help="The column that says who was won.", show_default=False),
]
Won = Annotated[
    list[str] | None,
    typer.Option(
        "--won", metavar="VALUE", help="What stands in it where a lead was won. May be given again.",
        show_default=False,
    ),
]  # fmt: skip
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with", metavar="COLUMN", help="Take this column in, although it may know the outcome.",
        show_default=False,
    ),
]  # fmt: skip
ModelName = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME", help="Begin with a model that ships; list names them.", show_default=False
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", help="The day ages count to, YYYY-MM-DD; the newest of the export without it.",
        show_default=False,
    ),
]  # fmt: skip
SHARED = 0o644
"""A config tells nothing of anybody, and colleagues are to read it."""


def init(
    exports: Exports = None, out: Out = None, id_: Id = None, outcome: Outcome = None, won: Won = None,
    with_: With = None, model: ModelName = None, as_of: AsOf = None, json_: Json = False,
) -> int:  # fmt: skip
    """Write a first config for an export: commented, valid, ready for score."""
    with loading():
        from leadscore.analysis.init.build import Asked, make_config
        from leadscore.analysis.init.from_model import make_from_model
        from leadscore.analysis.save import write_new
        from leadscore.model.shipped import LIST, shipped_lines

    if model == LIST:
        typer.echo("\n".join(shipped_lines()))
        return 0
    if not exports:
        raise typer.BadParameter("name the file the CRM exported", param_hint="EXPORT")
    if won and outcome is None:
        raise typer.BadParameter("says nothing without --outcome COLUMN", param_hint="--won")
    day = read_as_of(as_of) if as_of else None
    asked = Asked(id_, outcome, tuple(won or ()), tuple(with_ or ()), day)
    made = make_from_model(exports, asked, model, out) if model else make_config(exports, asked)
    is_new = write_new(out, made.text.encode(), SHARED) if out else False
    _show(made, out, is_new, json_)
    return 0


def _show(made: Made, out: Path | None, is_new: bool, json_: bool) -> None:
    """The config on stdout, unless it is in a file; what is to be told on stderr."""
    from leadscore.views.init import init_json, init_view
    from leadscore.views.screen import show

    if json_:
        print_json(init_json(made, out))
        return
    if out is None:
        typer.echo(made.text, nl=False)
    show(*init_view(made, out, is_new))
