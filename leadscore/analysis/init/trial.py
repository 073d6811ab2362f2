"""trial: a draft, run on its export -> the scores it gives, and the rules that do nothing there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from leadscore.analysis.facts_seen import RunSeen
from leadscore.analysis.init.draft import Draft, RuleDraft
from leadscore.analysis.init.render import render
from leadscore.analysis.init.survey import Survey
from leadscore.fields import UNKNOWN, Truths
from leadscore.model.build import build_model
from leadscore.model.lint import Finding
from leadscore.model.lint_segments import lint_config
from leadscore.model.load import load_tree
from leadscore.model.schema import Model
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.coded import Column
from leadscore.pipeline.collect import Collected, collect_leads
from leadscore.pipeline.export import Batch
from leadscore.pipeline.files import fit_files, open_exports, paths_of
from leadscore.pipeline.ids import choose_copies, set_aside_without_id
from leadscore.points import Flags, Hundredths

NAME = "model.yml"
"""What the config is called in messages about it."""
_AGAIN = 4
_WHY = {
    "rule-never-matches": "no lead of this export gets points by it",
    "rule-always-matches": "every lead of this export gets the same points by it",
    "rule-without-points": "it gives no points",
    "rules-coincide": "nearly the same leads have these points as those of another rule",
    "rules-count-twice": "another rule gives points for the same thing",
    "column-empty": "the column is as good as empty",
}
"""Doubt -> why a rule only stands there as a comment."""


@dataclass(frozen=True)
class Tried:
    """What a draft did with its export."""

    scores: Hundredths
    """Of the leads that are ranked."""
    groups: Mapping[str, Hundredths]
    won: Truths
    findings: tuple[Finding, ...]
    leads: int
    unreadable: int
    damaged: int
    """Lines that cannot be read, or have no id."""
    copies: int
    """Lines whose id stands in a later one as well."""


def settle_draft(draft: Draft, survey: Survey, as_of: date) -> tuple[Draft, Tried]:
    """The draft without the rules that do nothing in this export, and what it did."""
    tried = try_draft(draft, survey, as_of)
    for _ in range(_AGAIN):
        idle = {rule.name: why for rule in draft.live() if (why := next(_reasons(rule, tried.findings), ""))}
        if not idle:
            break
        rules = tuple(rule for rule in draft.rules if rule.name not in idle)
        draft = replace(draft, rules=rules, dropped=(*draft.dropped, *idle.items()))
        if not draft.live():
            break
        tried = try_draft(draft, survey, as_of)
    return draft, tried


def try_draft(draft: Draft, survey: Survey, as_of: date) -> Tried:
    """Score the leads as a run would."""
    return try_text(render(draft), survey, as_of, NAME)


def try_text(text: str, survey: Survey, as_of: date, file: str) -> Tried:
    """The same for a config's text that stands, or will stand, in a file."""
    tree = load_tree(file, text.encode())
    model = build_model(tree)
    export = open_exports(survey.paths, model)
    fits, seen = fit_files(export, model), RunSeen(model)

    def keep(scored: Scored, batch: Batch) -> dict[str, Column]:
        seen.add(scored, fits[batch.file])
        return {}

    collected = collect_leads(export, model, as_of, also=keep)
    trusted = set_aside_without_id(collected, export, model)
    damaged = len(collected.set_aside)
    trusted = choose_copies(collected, trusted, export, paths_of(export), model)
    by_segment = seen.close(collected.fits, collected.joins.columns)
    findings = tuple(lint_config(model, tree, by_segment))
    return replace(_tried(collected, trusted, model), findings=findings, damaged=damaged)


def _tried(collected: Collected, trusted: Flags, model: Model) -> Tried:
    """What is to be known of the leads that are ranked."""
    leads = collected.leads[trusted & collected.leads["disqualified_by"].isna().to_numpy()]
    groups = () if model.segments else model.groups
    return Tried(
        scores=leads["score"].to_numpy().astype(np.int64),
        groups={name: leads[name].to_numpy().astype(np.int64) for name in groups},
        won=leads["won"].to_numpy() if "won" in leads else np.full(len(leads), UNKNOWN),
        findings=(),
        leads=len(collected.leads),
        unreadable=collected.unreadable,
        damaged=0,
        copies=collected.copies,
    )


def nothing_tried() -> Tried:
    """Of a config that needs more than the export to be run."""
    none = np.zeros(0, dtype=np.int64)
    return Tried(none, {}, none.astype(np.int8), (), 0, 0, 0, 0)


def _reasons(rule: RuleDraft, findings: tuple[Finding, ...]) -> Iterator[str]:
    places = {f"groups.{rule.group}.rules.{rule.name}", *(f"fields.{name}" for name in rule.fields)}
    for finding in findings:
        key = finding.problem.key
        if finding.code in _WHY and any(key == place or key.startswith(f"{place}.") for place in places):
            yield _WHY[finding.code]
