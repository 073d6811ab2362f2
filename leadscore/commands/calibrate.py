"""calibrate: points from history, as a new config beside the old one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    show_progress,
)
from leadscore.commands.evaluate import SplitAt
from leadscore.errors import Problem, UsageError

if TYPE_CHECKING:
    from leadscore.analysis.calibrate.result import Asked, Result
    from leadscore.analysis.evaluate.judged import Split


class Way(StrEnum):
    """What --method may be."""

    scorecard = "scorecard"
    frequency = "frequency"
    bands = "bands"
    probability = "probability"


class Direction(StrEnum):
    """What --monotone may be."""

    up = "up"
    down = "down"


Out = Annotated[
    Path | None,
    typer.Option(
        "-o", "--out", metavar="FILE", help="The new config, which is not there yet.", show_default=False
    ),
]
Method = Annotated[Way, typer.Option("--method", help="How points are learned; probability learns none.")]
Field = Annotated[
    str | None,
    typer.Option("--field", metavar="NAME", help="With bands: the number, or date.", show_default=False),
]
Bands = Annotated[int, typer.Option("--bands", metavar="N", min=2, max=50, help="At most so many bands.")]
Monotone = Annotated[
    Direction | None,
    typer.Option("--monotone", help="With bands: rates only rise, or only fall.", show_default=False),
]
Scale = Annotated[
    int, typer.Option("--scale", metavar="M", min=2, max=100, help="With frequency: points are 1 to M.")
]
Pdo = Annotated[
    int | None,
    typer.Option(
        "--pdo", metavar="N", min=1, max=10_000, help="Points that double the odds.", show_default=False
    ),
]
Probability = Annotated[
    Path | None,
    typer.Option(
        "--probability",
        metavar="FILE",
        help="Also write the chances by score, for score --predict.",
        show_default=False,
    ),
]


def calibrate(
    exports: Exports, config: Config, out: Out = None, method: Method = Way.scorecard, field: Field = None,
    bands: Bands = 5, monotone: Monotone = None, scale: Scale = 5, pdo: Pdo = None,
    probability: Probability = None, as_of: AsOf = None, split: SplitAt = None, set_: Set = None,
    events: Events = None, join: Join = None, json_: Json = False, no_cache: NoCache = False,
) -> int:  # fmt: skip
    """Learn points from won and lost leads; write them as a new config."""
    with loading():
        from leadscore.analysis.calibrate.result import calibrate_config
        from leadscore.analysis.files import Files
        from leadscore.analysis.save import refuse_place
        from leadscore.analysis.variant import read_variant
        from leadscore.model.load import config_bytes
        from leadscore.views.calibrate import calibrate_view
        from leadscore.views.calibrate_json import calibrate_json
        from leadscore.views.screen import show

    asked = _read_asked(method, field, bands, monotone, scale, pdo)
    _refuse_nothing(method, out, probability)
    for path in filter(None, (out, probability)):
        refuse_place(path, config)
    apart = _read_split(as_of, split)
    day = apart.day if apart else read_as_of(as_of)
    content, variant = config_bytes(config), read_variant("before", config, set_ or ())
    with show_progress(not json_) as told:
        files = Files(exports, day, events or (), join or (), open_cache(no_cache), told)
        result = calibrate_config(content, variant, files, asked, out, apart)
    written = _write(result, config, out, probability)
    if json_:
        print_json(calibrate_json(result, day, written))
    else:
        show(*calibrate_view(result, day, written), stderr=False)
    return result.judged.exit_code


def _read_asked(
    method: Way, field: str | None, bands: int, monotone: Direction | None, scale: int, pdo: int | None
) -> Asked:
    from leadscore.analysis.calibrate.bands import Wanted
    from leadscore.analysis.calibrate.result import Asked

    if (method is Way.bands) != (field is not None):
        what = "says of which number bands are wanted"
        hint = "write --method bands --field NAME, or leave it out"
        raise UsageError(Problem("--field", what=what, hint=hint))
    wanted = None if field is None else Wanted(field, bands, None if monotone is None else str(monotone))
    return Asked(str(method), pdo, scale, wanted)


def _read_split(as_of: str | None, split: str | None) -> Split | None:
    from leadscore.analysis.evaluate.judged import Split

    if split is not None and as_of is not None:
        raise UsageError(Problem("--as-of", what="is what --split says", hint="leave it out"))
    return None if split is None else Split(read_as_of(split, "--split"))


def _refuse_nothing(method: Way, out: Path | None, probability: Path | None) -> None:
    if method is Way.probability:
        if out is not None or probability is None:
            what, hint = "writes no config, only the chances by score", "write --probability FILE, and no -o"
            raise UsageError(Problem("--method probability", what=what, hint=hint))
    elif out is None and method is not Way.bands:
        what, hint = "has no default: the config itself stays as it is", "write -o new.yml"
        raise UsageError(Problem("-o", what=what, hint=hint))


def _write(result: Result, config: Path, out: Path | None, probability: Path | None) -> list[Path]:
    """Write what was asked for; where no config is to be written, none is."""
    from leadscore.analysis.save import mode_of, write_new

    written = []
    if out is not None and result.rewritten is not None:
        write_new(out, result.rewritten.content, mode_of(config))
        written.append(out)
    if probability is not None:
        figures = result.after or result.before
        write_new(probability, figures.curve.to_json().encode(), mode_of(config))
        written.append(probability)
    return written
