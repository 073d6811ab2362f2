"""evaluate: the score against what became of the leads."""

from __future__ import annotations

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
from leadscore.errors import Problem, UsageError

if TYPE_CHECKING:
    from leadscore.analysis.evaluate.judged import Split

SplitAt = Annotated[
    str | None,
    typer.Option(
        "--split",
        metavar="DATE",
        help="Score as of this day; only outcomes after it count.",
        show_default=False,
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until", metavar="DATE", help="With --split: the last day that counts.", show_default=False
    ),
]
Cuts = Annotated[
    list[str] | None,
    typer.Option(
        "--cut",
        metavar="TIER=HOW",
        help="Propose where a tier begins: SQL=capacity:120, MQL=recall:80% or =youden.",
        show_default=False,
    ),
]
PerDay = Annotated[
    str | None,
    typer.Option(
        "--per-day", metavar="FIELD", help="Capacity is leads a day by this date.", show_default=False
    ),
]


Missed = Annotated[
    int, typer.Option("--missed", metavar="N", min=0, help="Name so many won leads, the lowest first.")
]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="FIELD",
        help="Compare groups: arm (of the config's arms), owner, ...",
        show_default=False,
    ),
]
Predict = Annotated[
    Path | None,
    typer.Option(
        "--predict", metavar="MODEL", help="Hold the chances of this file against it.", show_default=False
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "-o", "--out", metavar="FILE", help="With --cut: a new config with these cuts.", show_default=False
    ),
]


def evaluate(
    exports: Exports, config: Config, as_of: AsOf = None, split: SplitAt = None, until: Until = None,
    cuts: Cuts = None, per_day: PerDay = None, out: Out = None, missed: Missed = 0, by: By = None,
    predict: Predict = None, set_: Set = None, events: Events = None, join: Join = None, json_: Json = False,
    no_cache: NoCache = False,
) -> int:  # fmt: skip
    """Show whether the score tells won from lost leads, and where."""
    with loading():
        from leadscore.analysis.evaluate.asked import Asked, ask_outcomes
        from leadscore.analysis.evaluate.propose import read_wanted
        from leadscore.analysis.files import Files
        from leadscore.analysis.rewrite import rewrite
        from leadscore.analysis.save import mode_of, refuse_place, write_new
        from leadscore.analysis.variant import read_variant
        from leadscore.model.load import config_bytes
        from leadscore.pipeline.predict import read_predictor
        from leadscore.views.evaluate import evaluate_view
        from leadscore.views.evaluate_json import evaluate_json
        from leadscore.views.screen import show

    apart = _read_split(as_of, split, until)
    day = apart.day if apart else read_as_of(as_of)
    if out is not None and not cuts:
        raise UsageError(Problem("-o", what="is where proposed cuts go", hint="add --cut TIER=HOW"))
    if out is not None:
        refuse_place(out, config)  # at once, and not after minutes
    content, variant = config_bytes(config), read_variant("", config, set_ or ())
    chances = None if predict is None else read_predictor(predict, variant.model).model
    asked = Asked(apart, tuple(read_wanted(cuts or ())), per_day, missed, by, chances)
    with show_progress(not json_) as told:
        files = Files(exports, day, events or (), join or (), open_cache(no_cache), told)
        answer = ask_outcomes(variant, files, asked)
    if out is not None and answer.proposed is not None:
        made = rewrite(content, variant, answer.proposed.values, out)
        write_new(out, made.content, mode_of(config))
    if json_:
        print_json(evaluate_json(answer, day, out))
    else:
        show(*evaluate_view(answer, day, out), stderr=False)
    return answer.evaluation.judged.exit_code


def _read_split(as_of: str | None, split: str | None, until: str | None) -> Split | None:
    from leadscore.analysis.evaluate.judged import Split

    if split is None:
        if until is not None:
            raise UsageError(Problem("--until", what="ends what --split begins", hint="add --split DATE"))
        return None
    if as_of is not None:
        raise UsageError(Problem("--as-of", what="is what --split says", hint="leave it out"))
    return Split(read_as_of(split, "--split"), None if until is None else read_as_of(until, "--until"))
