"""render: a draft -> the config's text, commented."""

from __future__ import annotations

from collections.abc import Iterator

from leadscore.analysis.init.draft import CAUTION, ENGAGEMENT, FIT, GROUPS, Draft, RuleDraft
from leadscore.analysis.init.yaml_lines import comment, key_text, off, remark, value_text, wrapped

_MEANS = {
    FIT: "would they be a good customer? Stays the same from week to week",
    ENGAGEMENT: "do they want something now? What they did, and how lately",
    CAUTION: "reasons to wait, or to look twice",
}
_SHORT = 96
"""A rule without remarks stands in one line up to this length."""


def render(draft: Draft) -> str:
    """The same text for the same draft; it ends with a line end."""
    parts = [
        comment(draft.head),
        _names(draft),
        _fields(draft),
        _disqualify(draft),
        _groups(draft),
        _score(draft),
        _tiers(draft),
        _rest(draft),
    ]
    blocks = ["\n".join(line.rstrip() for line in part) for part in parts]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _names(draft: Draft) -> Iterator[str]:
    yield f"name: {key_text(draft.title)}"
    yield remark(f"id: {key_text(draft.id.name)}", "the field that tells one lead from another; always text")
    if draft.preset:
        yield remark(f"preset: {draft.preset}", "the headers are those of this CRM's export")


def _fields(draft: Draft) -> Iterator[str]:
    outcome = draft.outcome
    extra = (outcome.field, outcome.at, outcome.since) if outcome else ()
    asked = [each for each in (draft.id, *draft.fields, *extra) if each and each.settings]
    fields = {each.name: each for each in sorted(asked, key=lambda each: not each.off)}
    if any(not each.off for each in fields.values()):
        yield remark("fields:", "where a field comes from and how its cells are read")
    elif fields:
        yield "# fields:"
    width = min(max((len(key_text(name)) for name in fields), default=0) + 1, 24)
    for name in dict.fromkeys(each.name for each in asked):
        each = fields[name]
        line = f"{key_text(name) + ':':<{width}} {value_text(each.settings)}"
        line = f"  # {line}" if each.off else f"  {line}"
        yield f"{line}  # {each.remark}" if each.remark else line


def _disqualify(draft: Draft) -> Iterator[str]:
    if draft.disqualify:
        mark = "# " if all(why for _, _, why in draft.disqualify) else ""
        yield remark(f"{mark}disqualify:", "out of the ranking, into a file of their own, with the reason")
    for name, when, why in draft.disqualify:
        line = f"- {{name: {key_text(name)}, when: {value_text(when)}}}"
        yield remark(f"  # {line}", why) if why else f"  {line}"


def _groups(draft: Draft) -> Iterator[str]:
    yield remark("groups:", "the points of all rules add up to the score")
    for group in GROUPS:
        rules = [rule for rule in draft.rules if rule.group == group]
        if not rules:
            continue
        is_live = any(not rule.off for rule in rules)
        if is_live:
            yield remark(f"  {group}:", _MEANS[group])
            if group in draft.caps:
                yield f"    cap: {draft.caps[group]}"
            yield "    rules:"
        else:
            yield from comment([f"{group}: {_MEANS[group]}"], 2)
            yield from (f"  # {line}" for line in (f"{group}:", "  rules:"))
        for rule in rules:
            yield from _rule(rule)


def _rule(rule: RuleDraft) -> Iterator[str]:
    yield from comment([rule.off] if rule.off else rule.why, 6)
    lines = list(_rule_lines(rule))
    yield from off(lines) if rule.off else lines


def _rule_lines(rule: RuleDraft) -> Iterator[str]:
    whole = value_text({"name": rule.name, **rule.settings})
    if not rule.notes and len(whole) <= _SHORT and "cases" not in rule.settings:
        yield f"      - {whole}"
        return
    yield f"      - name: {key_text(rule.name)}"
    for key, value in rule.settings.items():
        if key in ("values", "bands") and rule.notes:
            yield f"        {key}:"
            for name, points in value.items():
                yield remark(f"          {key_text(name, True)}: {points}", rule.notes.get(str(name), ""))
        elif key == "cases":
            yield "        cases:"
            for place, case in enumerate(value):
                *lines, last = wrapped(f"          - {value_text(case)}", 24)
                note = rule.notes.get(str(place), "")
                yield from [*lines, f"{last}  # {note}" if note else last]
        else:
            *lines, last = wrapped(f"        {key}: {value_text(value)}", 12)
            yield from [*lines, remark(last, rule.notes.get(key, ""))]


def _score(draft: Draft) -> Iterator[str]:
    cap = draft.caps.get("score")
    score = {"combine": "sum"} | ({"floor": 0} if draft.floor else {}) | ({"cap": cap} if cap else {})
    yield f"score: {value_text(score)}"
    if draft.grade:
        yield remark("grade:", "A1: good fit and keen; A3: good fit, quiet; C1: keen, poor fit")
        for axis, (group, cuts) in zip(("rows", "columns"), draft.grade.items(), strict=True):
            yield f"  {axis + ':':<8} {value_text({'group': group, 'cuts': cuts})}"


def _tiers(draft: Draft) -> Iterator[str]:
    yield remark("tiers:", "a score of exactly the cut is in the tier")
    for tier in draft.tiers:
        cut = {} if tier.min_score is None else {"min_score": tier.min_score}
        yield remark(f"  - {value_text({'name': tier.name, **cut})}", tier.note)


def _rest(draft: Draft) -> Iterator[str]:
    if draft.rank_by:
        yield remark(f"rank_by: [score, {key_text(draft.rank_by)}]", "equal scores: the higher number first")
    if draft.outcome:
        outcome = draft.outcome
        dates = {key: each.name for key, each in (("at", outcome.at), ("since", outcome.since)) if each}
        yield f"outcome: {value_text({'field': outcome.field.name, 'won': outcome.won, **dates})}"
    reasons = {"formats": ["csv"], "reasons": 3}
    prefix = {"prefix": draft.prefix} if draft.prefix else {}
    yield remark(f"output: {value_text({**reasons, **prefix})}",
                 "the export has columns of these names itself" if prefix else "")  # fmt: skip
    if draft.checks:
        yield remark(f"checks: {value_text(draft.checks)}", "what was seen in this export, and no more")
