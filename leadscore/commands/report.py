"""report: one HTML file of a run, to look at and to forward."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leadscore.commands.common import loading
from leadscore.commands.streams import say

Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder that a run wrote.", show_default=False)]
Out = Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The page.")]
First = Annotated[int, typer.Option("--first", metavar="N", min=0, max=1000, help="So many leads are named.")]
Nobody = Annotated[bool, typer.Option("--no-personal-data", help="Name no lead, so that anybody may see it.")]
PAGE = Path("report.html")
FIRST = 20


def report(run: Run, out: Out = PAGE, first: First = FIRST, no_personal_data: Nobody = False) -> int:
    """Write a page that shows what a run found: one HTML file that opens anywhere."""
    with loading():
        from leadscore.analysis.reported import read_run
        from leadscore.pipeline.replace import replace_file
        from leadscore.views.report.needed import refuse_without_charts
        from leadscore.views.report.page import report_page

    refuse_without_charts("report")
    page = report_page(read_run(run, 0 if no_personal_data else first))
    replace_file(out, page)
    say(f"written to {out}")
    return 0
