"""complete: a draft -> the same with all that follows from its scores: caps, tiers, grade, checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from leadscore.analysis.init.draft import ENGAGEMENT, GROUPS, Draft, FieldDraft, RuleDraft
from leadscore.analysis.init.survey import Survey
from leadscore.analysis.init.tiers import cut_grade, cut_tiers
from leadscore.analysis.init.trial import Tried, settle_draft, try_draft
from leadscore.errors import InputError, Problem
from leadscore.model.check import LEAD_COLUMNS
from leadscore.points import parse_points


def with_fields(draft: Draft, known: Mapping[str, FieldDraft]) -> Draft:
    """The fields that rules read, those of rules that are comments as comments."""
    live = {name for rule in draft.live() for name in rule.fields} | {draft.rank_by}
    live |= {name for _, when, why in draft.disqualify for name in when if not why}
    live |= {
        str(known[name].settings["of"]) for name in live if name in known and "of" in known[name].settings
    }
    spare = {name for rule in draft.rules for name in rule.fields} - live
    spare |= {name for _, when, _ in draft.disqualify for name in when} - live
    fields = [
        replace(each, off=name not in live, remark=each.remark if each.settings.get("derive") else "")
        for name, each in known.items()
        if name in live | spare and name != draft.id.name
    ]
    return replace(draft, fields=tuple(fields))


def complete_draft(draft: Draft, survey: Survey, day: date) -> tuple[Draft, Tried]:
    """The draft without what does nothing, and with caps, tiers, a grade and checks by its scores."""
    known = {each.name: each for each in draft.fields}
    draft = replace(draft, checks={"on_duplicate": "last"})
    if not draft.live():
        raise InputError(nothing_known(survey))
    draft, tried = settle_draft(draft, survey, day)
    if not draft.live():
        raise InputError(nothing_known(survey))
    numbers = [
        rule.fields[0]
        for rule in draft.live(ENGAGEMENT)
        if rule.settings["kind"] in ("count", "bands") and "age_of" not in rule.settings
    ]
    draft = replace(draft, rank_by=next(iter(numbers), ""), caps=_caps(draft))
    draft = replace(draft, floor=_lowest(draft) < 0)
    draft = with_fields(draft, known)
    draft, tried = _without_tight_bounds(draft, try_draft(draft, survey, day), survey, day)
    draft = replace(draft, tiers=cut_tiers(tried), grade=cut_grade(tried), checks=column_checks(tried))
    return draft, tried


def _without_tight_bounds(draft: Draft, tried: Tried, survey: Survey, day: date) -> tuple[Draft, Tried]:
    """Without a floor or caps that hold every lead of a small export at one value."""
    tight = {each.problem.key for each in tried.findings if each.code == "bound-always-binds"}
    if not tight:
        return draft, tried
    caps = {
        name: cap for name, cap in draft.caps.items() if not {f"groups.{name}.cap", f"{name}.cap"} & tight
    }
    draft = replace(draft, caps=caps, floor=draft.floor and "score.floor" not in tight)
    return draft, try_draft(draft, survey, day)


def _caps(draft: Draft) -> dict[str, int]:
    """No group gives more than 50 by rules of thumb, and the score no more than 100."""
    sums = {group: sum(most(rule) for rule in draft.live(group)) for group in GROUPS}
    by_history = any("won" in note for rule in draft.live() for note in rule.notes.values())
    caps = {} if by_history else {group: 50 for group, points in sums.items() if points > 50}
    total = sum(min(points, caps.get(group, points)) for group, points in sums.items())
    return {**caps, **({"score": 100} if total > 100 else {})}


def most(rule: RuleDraft, sign: int = 1) -> float:
    """The most points a rule gives; with ``sign`` -1 the most it takes."""
    settings = rule.settings
    given = [settings.get(key, 0) for key in ("points", "otherwise", "missing", "cap")]
    given += [*settings.get("values", {}).values(), *settings.get("bands", {}).values()]
    given += [case["points"] for case in settings.get("cases", ())]
    return max(sign * parse_points(str(points)) / 100 for points in (0, *given))


def _lowest(draft: Draft) -> float:
    return -sum(most(rule, -1) for rule in draft.live())


def column_checks(tried: Tried) -> dict[str, object]:
    """What the export has of what cannot be read, so that its run is complete."""
    counts = {"max_rows_set_aside": tried.damaged, "max_unreadable_cells": tried.unreadable}
    checks: dict[str, object] = {key: count for key, count in counts.items() if count}
    return {**checks, **({"on_duplicate": "last"} if tried.copies else {})}


def output_prefix(survey: Survey, groups: Sequence[str]) -> str:
    """What stands before the names of the output's columns where the export has such names itself."""
    taken = {column.casefold() for column in survey.export.columns}
    own = {*LEAD_COLUMNS, *groups, "file"}
    return next(
        (p for p in ("", "ls_", "leadscore_", "ls2_") if not {p + name for name in own} & taken), "ls3_"
    )


def nothing_known(survey: Survey) -> Problem:
    what = "no rule can be made of any column: none has a known meaning, and none says who was won"
    hint = "say who was won: --outcome COLUMN --won VALUE; leadscore inspect shows the columns"
    return Problem(survey.title, what=what, hint=hint)
