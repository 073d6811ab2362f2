"""result: a config and history -> other points for it, with what they would have done to leads held out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from leadscore.analysis.calibrate.bands import Wanted, keep_number, scale_of, suggest_bands
from leadscore.analysis.calibrate.figures import Figures, judge_scores
from leadscore.analysis.calibrate.follow import follow_points, open_model
from leadscore.analysis.calibrate.frequency import suggest_by_frequency
from leadscore.analysis.calibrate.logistic import refuse_without
from leadscore.analysis.calibrate.parts import Parts, split_leads
from leadscore.analysis.calibrate.pulls import keep_pulls
from leadscore.analysis.calibrate.scorecard import suggest_points
from leadscore.analysis.calibrate.suggested import Row, Scale, Suggested
from leadscore.analysis.compare.changes import Change, list_changes
from leadscore.analysis.evaluate.judged import LEAST, Judged, Split, judge_leads, refuse_too_few
from leadscore.analysis.files import Files
from leadscore.analysis.rewrite import Rewritten, rewrite
from leadscore.analysis.variant import Variant, with_field
from leadscore.errors import ConfigError, Problem, UsageError
from leadscore.model.lint_segments import lint_config
from leadscore.model.schema import Model
from leadscore.points import format_points

METHODS = ("scorecard", "frequency", "bands", "probability")


@dataclass(frozen=True)
class Asked:
    """How points are to be learned."""

    method: str = "scorecard"
    pdo: int | None = None
    scale: int = 5
    """m of models.md E16."""
    bands: Wanted | None = None


@dataclass(frozen=True)
class Result:
    """What history says of a config, and what that would have done to the leads held out."""

    variant: Variant
    method: str
    judged: Judged
    parts: Parts
    before: Figures
    rows: list[Row] = field(default_factory=list)
    scale: Scale | None = None
    told: list[str] = field(default_factory=list)
    rewritten: Rewritten | None = None
    """None where no config is to be written."""
    changes: list[Change] = field(default_factory=list)
    after: Figures | None = None

    @property
    def verdict(self) -> str:
        """What the leads held out say of the new points."""
        if self.after is None:
            return ""
        if self.after.area.low <= 0.5:
            return "no evidence that these points tell won from lost leads: do not use them"
        if self.after.area.value <= self.before.area.value:
            return "these points tell won from lost leads no better than the ones there are"
        return ""


def calibrate_config(
    content: bytes, variant: Variant, files: Files, asked: Asked, out: Path | None, split: Split | None = None
) -> Result:
    """Learn points from the leads of an export whose outcome is known, and try them on a fifth held out.

    ``content``: the config's file; ``out``: where the new one is to stand, which counts for what it extends.
    Nothing is written. Raises UsageError where a library is missing or the config cannot be calibrated,
    InputError where there are too few leads, and what a scoring run raises.
    """
    if asked.method in {"scorecard", "bands"}:
        refuse_without()
    if asked.method != "probability":
        _refuse_other_sums(variant)
    if asked.bands is not None:
        variant = with_field(variant, asked.bands.field, "number")
        _refuse_other_field(variant, asked.bands.field)
    also = keep_number(asked.bands.field) if asked.bands else keep_pulls(variant.model)
    probability = asked.method == "probability"
    judged = judge_leads(variant, files, split) if probability else judge_leads(variant, files, split, also)
    refuse_too_few(judged)
    parts = split_leads(judged)
    before = judge_scores(judged, parts, variant, _day(files, split))
    result = Result(variant, asked.method, judged, parts, before)
    if probability:
        return replace(result, told=_few_held_out(before))
    suggested = _suggest(judged, parts, asked)
    told = [*suggested.told, *_few_held_out(before)]
    result = replace(result, rows=suggested.rows, scale=suggested.scale, told=told)
    if out is None or not (suggested.values or suggested.ladders):
        return result
    return _try_out(result, suggested, content, files, out, split)


def _try_out(
    result: Result, suggested: Suggested, content: bytes, files: Files, out: Path, split: Split | None
) -> Result:
    """The same with the new config, read as a user will read it, and what its scores are worth."""
    variant, judged, parts = result.variant, result.judged, result.parts
    opened = judge_leads(replace(variant, model=open_model(variant.model, suggested)), files, split)
    moved = follow_points(judged, opened, parts, suggested)
    del opened  # or it would be in memory beside the next ones
    numbers = {path: format_points(each) for path, each in (suggested.values | moved).items()}
    rewritten = rewrite(content, variant, {**suggested.ladders, **numbers}, out)
    after = judge_leads(rewritten.variant, files, split)
    return replace(
        result,
        told=[*result.told, *_left_alone(variant.model), *_new_doubts(variant, rewritten.variant)],
        rewritten=rewritten,
        changes=list_changes(variant.tree, rewritten.variant.tree),
        after=judge_scores(after, parts, rewritten.variant, _day(files, split)),
    )


def _day(files: Files, split: Split | None) -> date:
    return split.day if split else files.as_of


def _suggest(judged: Judged, parts: Parts, asked: Asked) -> Suggested:
    if asked.method == "frequency":
        return suggest_by_frequency(judged, parts, asked.scale)
    if asked.bands is not None:
        return suggest_bands(judged, parts, asked.bands, scale_of(judged, parts, asked.pdo))
    return suggest_points(judged, parts, asked.pdo)


def _refuse_other_sums(variant: Variant) -> None:
    """Points are learned of a score that is a sum of its rules' points, and of nothing else."""
    model = variant.model
    reasons = {
        "segments": (bool(model.segments), "has segments", "calibrate each segment's own config file"),
        "score.combine": (model.score.combine == "max", "takes the best group alone", "write combine: sum"),
        "accounts.in_score": (
            bool(model.accounts and model.accounts.in_score),
            "has the account's score in the lead's",
            "calibrate without it: leave in_score out of a copy of the config",
        ),
    }
    for key, (refused, what, hint) in reasons.items():
        if refused:
            raise ConfigError(
                Problem(variant.file, key=key, what=f"{what}, so no points are learned", hint=hint)
            )


def _refuse_other_field(variant: Variant, name: str) -> None:
    kind = variant.model.fields[name].type
    if kind not in {"number", "date"}:
        what, hint = f"is a {kind} field, and bands are of numbers", "name a number or a date"
        raise UsageError(Problem(f"--field {name}", what=what, hint=hint))


def _few_held_out(figures: Figures) -> list[str]:
    fewest = min(figures.won, figures.leads - figures.won)
    if fewest >= LEAST:
        return []
    outcome = "won" if fewest == figures.won else "lost"
    return [f"only {fewest:,} of the leads held out were {outcome}, so the intervals are wide"]


def _left_alone(model: Model) -> list[str]:
    """What else counts in points, and was not moved."""
    keys = {"matrix": model.matrix, "scales": model.scales, "heat": model.heat, "nurture": model.nurture}
    found = [key for key, value in keys.items() if value]
    return [f"{' and '.join(found)}: not moved, look whether the numbers still fit"] if found else []


def _new_doubts(before: Variant, after: Variant) -> list[str]:
    """What leadscore check says of the new config and did not say of the old one."""
    known = {(each.code, each.problem.key) for each in lint_config(before.model, before.tree)}
    found = lint_config(after.model, after.tree)
    return [f"{each.code}: {each.problem}" for each in found if (each.code, each.problem.key) not in known]
