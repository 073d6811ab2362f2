"""verify: whether a published run is still what its manifest says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leadscore.commands.common import Json, loading, print_json
from leadscore.commands.streams import say

RunFolder = Annotated[
    Path, typer.Argument(metavar="RUN", help="The folder a run wrote, or a link to it.", show_default=False)
]


def verify(run: RunFolder, json_: Json = False) -> None:
    """Read a run again: digests, counts, order and tiers, against its own manifest."""
    with loading():
        from leadscore.analysis.verify import verify_run

    verified = verify_run(run)
    if json_:
        whole = {"exit_code": 0, "run": str(run), "as_of": verified.as_of, "files": verified.files}
        print_json({**whole, "leads": verified.counts})
        return
    ranked = f"{verified.counts['ranked']:,} of {verified.counts['in']:,} leads ranked"
    say(f"{run}: is whole: as of {verified.as_of}, {verified.files} files, {ranked}")
