"""score: the main job, from an export to ranked and tiered files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from leadscore.commands.common import AsOf, Config, Export, Json, Set, print_json, read_as_of

Out = Annotated[
    Path,
    typer.Option(
        "-o", "--out", help="The folder for the result; {as_of} stands for the day.", show_default=False
    ),
]
Format = Annotated[
    list[str] | None, typer.Option("--format", help="csv or parquet; may be given twice.", show_default=False)
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Do not show the summary.")]


def score(
    export: Export, config: Config, out: Out, as_of: AsOf = None, set_: Set = None, format_: Format = None,
    json_: Json = False, quiet: Quiet = False,
) -> int:  # fmt: skip
    """Score, tier and rank the leads of an export."""
    from leadscore.model.load import config_bytes, load_content
    from leadscore.pipeline.run import Job, score_export
    from leadscore.views.screen import show
    from leadscore.views.summary import summary_view

    day = read_as_of(as_of)
    content = config_bytes(config)
    formats = [f"output.formats=[{', '.join(format_)}]"] if format_ else []
    overrides = (*(set_ or ()), *formats)
    model = load_content(str(config), content, overrides)
    target = Path(str(out).replace("{as_of}", day.isoformat()))
    digest = hashlib.sha256(content).hexdigest()
    run = score_export(Job(export, model, day, target, config.name, digest, overrides))
    if json_:
        print_json({"exit_code": run.exit_code, "out": str(run.out), "summary": run.summary})
    elif not quiet:
        show(*summary_view(run.summary, str(run.out)))
    return run.exit_code
