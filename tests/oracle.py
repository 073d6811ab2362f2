"""oracle: all of scoring for one lead in plain Python, to hold the fast code against.

Written from the design, not from the code, and to be read against it: a little above the budget for that.
What a log says of a lead is in ``oracle_events``, how a cell, a share or a date is read in ``oracle_values``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from tests.oracle_events import (
    FROM_LOG,
    Event,
    amount_seen,
    bounded,
    fades_by_event,
    points_left,
    points_of,
    points_of_number,
)
from tests.oracle_values import READ, fold, hundredths, keep, rounded, share_of

Truth = bool | None
"""None is unknown."""


@dataclass(frozen=True)
class Verdict:
    """What a lead gets; points and coverage in whole hundredths."""

    lines: list[tuple[str, int]]
    groups: dict[str, int]
    score: int
    tier: str
    grade: str | None
    coverage: int
    disqualified_by: str | None


def judge(
    config: Mapping[str, Any], cells: Mapping[str, str | None], as_of: date, events: Sequence[Event] = ()
) -> Verdict:
    """Score one lead, whose cells are text and who did these things, by a config as a plain mapping."""
    with localcontext(prec=60):
        lead = Lead(config.get("fields", {}), cells, as_of, events)
        lines: list[tuple[str, int]] = []
        groups = {name: _add_up(name, group, lead, lines) for name, group in config["groups"].items()}
        total = sum(groups.values())
        if config.get("score", {}).get("combine") == "max":
            lines.append(("score: others", max(groups.values()) - total))
            total = max(groups.values())
        score = _bound("score", config.get("score", {}), total, lines)
        reached = (t for t in config["tiers"] if "min_score" not in t or score >= hundredths(t["min_score"]))
        grade = config.get("grade")
        letters = "".join(_letter(grade[axis], groups) for axis in ("rows", "columns")) if grade else None
        out = (d["name"] for d in config.get("disqualify", []) if holds(d["when"], lead))
        coverage = _coverage(config, lead)
        return Verdict(lines, groups, score, next(reached)["name"], letters, coverage, next(out, None))


class Lead:
    """One lead: the value of each field as the config reads it, None where unknown."""

    def __init__(
        self,
        fields: Mapping[str, Any],
        cells: Mapping[str, str | None],
        as_of: date,
        events: Sequence[Event] = (),
    ) -> None:
        self.fields, self.cells, self.as_of, self.events = fields, cells, as_of, events

    def type(self, name: str) -> str:
        field = self.fields.get(name, {})
        derived = {"age": "number", **FROM_LOG}.get(field.get("derive"))
        return derived or str(field.get("type", "text"))

    def value(self, name: str) -> Any:
        field = self.fields.get(name, {})
        if field.get("derive") in FROM_LOG:
            return amount_seen(field, self.events, self.as_of)
        if "derive" in field:
            return self._derived(field["derive"], self.value(field["of"]))
        text = (self.cells[next(c for c in [*field.get("from", []), name] if c in self.cells)] or "").strip()
        if text in ("", *field.get("null", [])):
            return None
        try:
            return READ[self.type(name)](text, field.get("format"))
        except (ValueError, KeyError):
            return None

    def _derived(self, derive: str, source: Any) -> Any:
        if source is None or derive == "age":
            return source and Decimal((self.as_of - source).days)
        name, at, domain = fold(source).rpartition("@")
        return domain if name and at and "." in domain else None


def every(truths: Iterable[Truth]) -> Truth:
    found = set(truths)
    return False if False in found else None if None in found else True


def some(truths: Iterable[Truth]) -> Truth:
    found = set(truths)
    return True if True in found else None if None in found else False


def holds(when: Mapping[str, Any], lead: Lead) -> Truth:
    """Whether criteria hold, by three-valued logic."""
    outcomes: list[Truth] = []
    for key, value in when.items():
        if key in ("all", "any", "none"):
            inner = [holds(part, lead) for part in value]
            one = some(inner)
            outcomes.append(
                every(inner) if key == "all" else one if key == "any" else None if one is None else not one
            )
        elif key == "at_least_of":
            inner = [holds(part, lead) for part in value["criteria"]]
            yes, perhaps = inner.count(True), inner.count(True) + inner.count(None)
            outcomes.append(True if yes >= value["k"] else None if perhaps >= value["k"] else False)
        else:
            outcomes.append(passes(lead, key, value))
    return every(outcomes)


def passes(lead: Lead, name: str, test: Any) -> Truth:
    """Whether a field passes a test: a scalar, a list or operators, which must all hold."""
    if not isinstance(test, Mapping):
        test = {"in": test} if isinstance(test, list) else {"is": test}
    value, options = lead.value(name), {key: test[key] for key in ("exact", "accents") if key in test}
    outcomes: list[Truth] = []
    for operator, argument in test.items():
        if operator in ("known", "missing"):
            outcomes.append((value is not None) == (argument is (operator == "known")))
        elif operator not in ("exact", "accents", "points"):
            outcomes.append(
                None if value is None else _compare(lead, name, value, operator, argument, options)
            )
    return every(outcomes)


def _compare(
    lead: Lead, name: str, value: Any, operator: str, argument: Any, options: dict[str, Any]
) -> bool:
    arguments = argument if isinstance(argument, list) else [argument]
    if operator in ("within_days", "older_than_days"):
        return HOLDS[operator]((lead.as_of - value).days, arguments)
    if lead.type(name) == "text":
        value = fold(value, **options)
        arguments = arguments if operator == "matches" else [fold(str(one), **options) for one in arguments]
    elif lead.type(name) != "boolean":
        arguments = [READ[lead.type(name)](str(one), None) for one in arguments]
    return HOLDS[operator](value, arguments)


def _has_word(text: str, word: str) -> bool:
    before, after = r"(?<!\w)" if word[0].isalnum() else "", r"(?!\w)" if word[-1].isalnum() else ""
    return re.search(before + re.escape(word) + after, text) is not None


HOLDS: dict[str, Callable[[Any, list[Any]], bool]] = {
    "is": lambda value, wanted: value == wanted[0],
    "is_not": lambda value, wanted: value != wanted[0],
    "in": lambda value, wanted: value in wanted,
    "not_in": lambda value, wanted: value not in wanted,
    "contains": lambda text, parts: any(part in text for part in parts),
    "starts_with": lambda text, parts: any(text.startswith(part) for part in parts),
    "ends_with": lambda text, parts: any(text.endswith(part) for part in parts),
    "has_word": lambda text, words: any(_has_word(text, word) for word in words),
    "matches": lambda text, patterns: re.fullmatch(patterns[0], text, re.IGNORECASE) is not None,
    "at_least": lambda value, cut: bool(value >= cut[0]),
    "at_most": lambda value, cut: bool(value <= cut[0]),
    "above": lambda value, cut: bool(value > cut[0]),
    "below": lambda value, cut: bool(value < cut[0]),
    "between": lambda value, ends: bool(ends[0] <= value <= ends[1]),
    "within_days": lambda age, days: bool(0 <= age <= days[0]),
    "older_than_days": lambda age, days: bool(age > days[0]),
}


def award(rule: Mapping[str, Any], lead: Lead) -> int | None:
    """What a rule gives before any decay, None where unknown."""
    points = _award(rule, lead)
    return hundredths(rule.get("otherwise", 0)) if points is False else points


def _award(rule: Mapping[str, Any], lead: Lead) -> int | None:
    """The same, but False where nothing matched."""
    if rule["kind"] == "match":
        truth = holds(rule["when"], lead)
        return hundredths(rule["points"]) if truth else truth
    if rule["kind"] == "table":
        truths = [passes(lead, rule["field"], case) for case in rule["cases"]]
        return hundredths(rule["cases"][truths.index(True)]["points"]) if True in truths else some(truths)
    if rule["kind"] == "profile":
        known, near = weigh(rule, lead)
        total = sum(_weight_of(criterion) for criterion in rule["criteria"])
        if not known or known / total < Fraction(share_of(rule.get("min_known", 0))):
            return None
        of = total if rule.get("unknown") == "zero" else known
        return rounded(hundredths(rule["points"]) * near / of)
    if "event" in rule:
        return points_of(rule, lead.events)
    value = lead.value(rule.get("field") or rule["age_of"])
    if value is None:
        return None
    if rule["kind"] == "lookup":
        values = {fold(str(text)): points for text, points in rule["values"].items()}
        return hundredths(values[fold(value)]) if fold(value) in values else False
    if rule["kind"] == "bands":
        number = Decimal((lead.as_of - value).days) if "age_of" in rule else value
        reached = [bound for bound in rule["bands"] if Decimal(str(bound)) <= number]
        return hundredths(rule["bands"][max(reached, key=lambda b: Decimal(str(b)))]) if reached else False
    return points_of_number(rule, value)


def weigh(rule: Mapping[str, Any], lead: Lead) -> tuple[Fraction, Fraction]:
    """The weights of a profile's known criteria, and the same times how close the lead is to each."""
    known = near = Fraction(0)
    for criterion in rule["criteria"]:
        if "when" in criterion:
            truth = holds(criterion["when"], lead)
            close = None if truth is None else Fraction(truth)
        else:
            value = lead.value(criterion["field"])
            centre, half_width = (Fraction(str(criterion[key])) for key in ("centre", "half_width"))
            close = (
                None if value is None else max(Fraction(0), 1 - abs(Fraction(value) - centre) / half_width)
            )
        if close is not None:
            known += _weight_of(criterion)
            near += _weight_of(criterion) * close
    return known, near


def _weight_of(criterion: Mapping[str, Any]) -> Fraction:
    return Fraction(str(criterion.get("weight", 1)))


def _decided(rule: Mapping[str, Any], lead: Lead) -> Fraction:
    """How much of a rule known fields decide where it has its points; of a profile, in hundredths of a %."""
    if rule["kind"] != "profile":
        return Fraction(1)
    share = weigh(rule, lead)[0] / sum(_weight_of(criterion) for criterion in rule["criteria"])
    return Fraction(rounded(share * 10_000), 10_000)


def fade(points: int, decay: Mapping[str, Any] | None, lead: Lead) -> int:
    """What is left of points that fade since a date in a field."""
    if not decay:
        return points
    since = lead.value(decay["since"])
    return keep(points, decay, None if since is None else (lead.as_of - since).days)


def _add_up(name: str, group: Mapping[str, Any], lead: Lead, lines: list[tuple[str, int]]) -> int:
    total = earned = 0
    for rule in group["rules"]:
        points = award(rule, lead)
        points = hundredths(rule.get("missing", 0)) if points is None else points
        by_event = fades_by_event(rule)
        left = points_left(rule, lead.events) if by_event else fade(points, rule.get("decay"), lead)
        lines.append((rule["name"], points))
        if "decay" in rule:
            lines.append((f"{rule['name']}: decay", left - points))
        total, earned = total + left, earned + max(left, 0)
    if "decay" in group:
        lost = fade(earned, group["decay"], lead) - earned
        lines.append((f"{name}: decay", lost))
        total += lost
    return _bound(name, group, total, lines)


def _bound(name: str, bounds: Mapping[str, Any], points: int, lines: list[tuple[str, int]]) -> int:
    for key, choose in (("floor", max), ("cap", min)):
        if key in bounds:
            bound = choose(points, hundredths(bounds[key]))
            lines.append((f"{name}: {key}", bound - points))
            points = bound
    return points


def _letter(axis: Mapping[str, Any], groups: Mapping[str, int]) -> str:
    cuts = sorted(((hundredths(cut), str(label)) for label, cut in axis["cuts"].items()), reverse=True)
    return next((label for cut, label in cuts if groups[axis["group"]] >= cut), cuts[-1][1])


def _coverage(config: Mapping[str, Any], lead: Lead) -> int:
    decided, total = Fraction(0), 0
    for group in config["groups"].values():
        for rule in group["rules"]:
            weight = max(min(_weight(rule), hundredths(group["cap"])) if "cap" in group else _weight(rule), 1)
            points = award(rule, lead)
            sources = [part["decay"]["since"] for part in (rule, group) if "since" in part.get("decay", {})]
            ageless = any(lead.value(since) is None for since in sources)
            total += weight
            decided += 0 if points is None or (ageless and points) else weight * _decided(rule, lead)
    return rounded(100 * decided / total)


def _weight(rule: Mapping[str, Any]) -> int:
    if "max_count" in rule:
        times = rule["max_count"] - (rule.get("min_count", 1) - 1)
        return abs(bounded(rule, hundredths(rule["each"]) * times))
    if "each" in rule or "per_value" in rule:
        bounds = [key for key in ("cap", "floor", "each", "per_value") if key in rule]
        return abs(hundredths(rule[bounds[0]]))
    chosen = [rule[key] for key in ("points", "once", "otherwise") if key in rule]
    chosen += [case["points"] for case in rule.get("cases", [])]
    chosen += [points for key in ("values", "bands", "ranges") for points in rule.get(key, {}).values()]
    points = [bounded(rule, hundredths(one)) for one in [*chosen, 0]]
    return max(points) - min(points)
