"""candidates: columns of an export -> the rules they could become, and which case each lead is in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from leadscore.analysis.init.draft import ENGAGEMENT, FIT, FieldDraft, Settings
from leadscore.analysis.init.fives import Given
from leadscore.analysis.init.header_words import ACTIVITY, words_of
from leadscore.analysis.init.learn import Cases, Codes
from leadscore.analysis.init.meant import MAIL_KIND
from leadscore.analysis.init.names import short_words
from leadscore.analysis.init.sample import Sample
from leadscore.analysis.init.survey import Column
from leadscore.analysis.init.titles import TITLES, title_cases
from leadscore.analysis.init.values_seen import common, nice
from leadscore.points import Flags

_BANDS, _TRIED = 5, 12
"""So many bands are kept at most, of so many that are tried."""
_LEAST, _LEAST_EXPECTED = 20, 5
"""Leads of a case, and won and lost ones to be expected among them, below which it says nothing."""
_APART = 2.0
"""Standard deviations between the rates of neighbouring bands that are told apart."""
_ZERO = 0.05
"""Share of leads from which on 0 is a band of its own."""


@dataclass(frozen=True)
class Candidate:
    """A rule without its points."""

    column: Column
    name: str
    group: str
    settings: Settings
    """With the number of the case, from 1, in the place of its points."""
    labels: tuple[str, ...]
    """Of each case, the key its points and its comment stand under."""
    cases: Cases
    field: FieldDraft

    def with_points(self, given: Given) -> dict[str, Any]:
        """The rule's settings with these points."""
        settings, points = dict(self.settings), given.points
        if settings["kind"] == "match":
            return {**settings, "points": points[0]}
        if settings["kind"] == "table":
            cases = [{**case, "points": own} for case, own in zip(settings["cases"], points, strict=True)]
            return {**settings, "cases": cases, "otherwise": 0}
        neutral = {"missing": given.otherwise} if given.otherwise else {}
        if settings["kind"] == "bands":
            return {**settings, "bands": dict(zip(settings["bands"], points, strict=True)), **neutral}
        values = dict(zip(settings["values"], points, strict=True))
        return {**settings, "values": values, "otherwise": given.otherwise, **neutral}


def find_candidate(column: Column, sample: Sample) -> Candidate | None:
    """The rule a column could become; None where its cases are too few to learn from."""
    made = next(iter(_make(column, sample)), None)
    if made is None:
        return None
    name, settings, labels, field = made
    learn = ~sample.is_held_out[sample.known]
    won = sample.is_won[sample.known][learn]
    if settings["kind"] == "bands":
        settings, labels = _merge_bands(settings, _codes(settings, sample)[learn], won)
    codes = _codes(settings, sample)
    enough = _enough(np.bincount(codes[learn & (codes >= 0)], minlength=len(labels)), won)
    if settings["kind"] == "lookup" and not enough.all():  # rare values are as any other
        labels = tuple(label for label, kept in zip(labels, enough, strict=True) if kept)
        settings = {**settings, "values": {label: place for place, label in enumerate(labels, 1)}}
        codes, enough = _codes(settings, sample) if labels else codes, enough[enough]
    if not len(enough):
        return None
    codes = np.where(np.append(enough, False)[codes], codes, -1)
    if len(np.unique(codes[learn])) < 2:
        return None
    is_activity = bool(ACTIVITY & set(words_of(column.header))) and column.reading.type != "text"
    group = ENGAGEMENT if is_activity else FIT
    cases = Cases(codes, len(labels), is_open=settings["kind"] in ("match", "table"))
    return Candidate(column, name, group, settings, labels, cases, field)


def _codes(settings: Settings, sample: Sample) -> Codes:
    """Of each lead whose outcome is known the case it is in."""
    return (sample.award(settings)[sample.known] // 100 - 1).astype(np.int64)


_Made = tuple[str, dict[str, Any], tuple[str, ...], FieldDraft]
"""Name, settings, a label for each case, the field."""


def _make(column: Column, sample: Sample) -> Iterator[_Made]:
    field = FieldDraft(column.field, column.settings)
    name = " ".join(short_words(column.header))
    if column.meaning == "email":
        yield "mail address", *_lookup(MAIL_KIND.name, ["business", "free"]), MAIL_KIND
    elif column.meaning in ("job_title", "seniority"):
        cases = title_cases({name: place for place, name in enumerate(TITLES, 1)})
        settings: dict[str, Any] = {"kind": "table", "field": column.field, "cases": cases}
        yield "seniority", settings, tuple(map(str, range(len(cases)))), field
    elif column.names_somebody or column.reading.settings.get("list"):
        return
    elif column.reading.type == "boolean":
        yield name, {"kind": "match", "when": {column.field: True}, "points": 1}, ("points",), field
    elif column.reading.type == "number":
        bounds = _bounds(column, sample)
        bands = {bound: place for place, bound in enumerate(bounds, 1)}
        if len(bands) > 1:
            settings = {"kind": "bands", "field": column.field, "bands": bands}
            yield name, settings, tuple(map(str, bounds)), field
    elif column.reading.type == "text":
        values = list(common(column, column.cells.filled + column.cells.empty))
        if values:
            yield name, *_lookup(column.field, values), field


def _lookup(field: str, values: Sequence[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    points = {value: place for place, value in enumerate(values, 1)}
    return {"kind": "lookup", "field": field, "values": points}, tuple(values)


def _bounds(column: Column, sample: Sample) -> list[int | float]:
    """The lower bounds of bands with about as many leads each; 0 alone where it is frequent."""
    numbers = sample.leads[column.field].values
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers):
        return []
    lowest, zeros = float(numbers.min()), float((numbers == 0).mean())
    rest = numbers[numbers > 0] if zeros >= _ZERO else numbers
    bands = _TRIED
    cuts = (
        {_as_bound(float(np.quantile(rest, part / bands, method="lower"))) for part in range(1, bands)}
        if len(rest)
        else set()
    )
    first = 0 if lowest >= 0 else _as_bound(lowest)
    starts = {_as_bound(float(rest.min()))} if zeros >= _ZERO and len(rest) else set()
    return sorted({first} | {cut for cut in cuts | starts if cut > first})


def _as_bound(number: float) -> int | float:
    if number < 0:
        return -int(np.ceil(-number))
    return int(number) if number == int(number) and number < 100 else nice(number)


def _merge_bands(settings: Settings, codes: Codes, won: Flags) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Neighbouring bands whose rates nobody can tell apart become one."""
    bounds = list(settings["bands"])
    while len(bounds) > 1:
        apart = [_difference(codes, won, place) for place in range(len(bounds) - 1)]
        least = int(np.argmin(apart))
        if apart[least] >= _APART and len(bounds) <= _BANDS:
            break
        del bounds[least + 1]
        codes = np.where(codes > least, codes - 1, codes)
    merged = {**settings, "bands": {bound: place for place, bound in enumerate(bounds, 1)}}
    return merged, tuple(map(str, bounds))


def _difference(codes: Codes, won: Flags, place: int) -> float:
    """The distance between the rates of a band and the next one, in standard deviations."""
    one, other = won[codes == place], won[codes == place + 1]
    if min(len(one), len(other)) < _LEAST:
        return 0.0
    both = (one.sum() + other.sum() + 0.5) / (len(one) + len(other) + 1)
    spread = float(np.sqrt(both * (1 - both) * (1 / len(one) + 1 / len(other))))
    return abs(float(one.mean() - other.mean())) / spread


def _enough(seen: Any, won: Flags) -> Flags:
    rate = min(float(won.mean()), 1 - float(won.mean()))
    enough: Flags = (seen >= _LEAST) & (seen * rate >= _LEAST_EXPECTED)
    return enough


def rows_of(candidate: Candidate, rows: Any) -> Candidate:
    """The same for some of the leads."""
    return replace(candidate, cases=replace(candidate.cases, codes=candidate.cases.codes[rows]))
