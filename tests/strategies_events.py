"""strategies_events: random activity logs, and models that count what is in them in every way there is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from tests.strategies import (
    AS_OF,
    DECAY_FORMS,
    FIELDS,
    KEPT_WITHOUT_DATE,
    RULES,
    Config,
    Parts,
    bounds,
    criteria,
    cuts,
    decays,
    frames,
    gains,
    maybe,
    points,
    reachable,
    without_none,
)

EventCase = tuple[Config, pd.DataFrame, pd.DataFrame]
"""A config, leads, a log."""
Cells = list[str | None]

# --- logs ----------------------------------------------------------------------------------------------

# What is drawn most stands in a list most often: rules and logs must meet.
NAMES = ["visit", "Visit ", "VISIT", "\xa0visit"] * 3 + ["demo request", "DEMO REQUEST", "Demo  Request"]
NAMES += ["purchase", "Purchase"] * 3 + [
    "بازدید",
    "بازديد",
    "tour ۱۲",
    "Tour 12",
    "JOSE\u0301",
    "josé",
    "jose",
]
EMPTY: Cells = [None, "", "  "]
AGES = [-30, -1, *([0, 1, 2] * 6), 6, 7, 8, 13, 14, 15, 29, 30, 31, 44, 45, 46, 59, 60, 90, 91, 365, 4000]
DAYS = [AS_OF - timedelta(age) for age in AGES]
CLOCKS = ["", " 00:00", "T23:59:59", "T23:30:00Z", " 01:15:00+05:45"]
TIMES: Cells = [f"{day}{CLOCKS[place % len(CLOCKS)]}" for place, day in enumerate([*DAYS, *DAYS[::-1]])]
TIMES += ["0001-01-01", "9999-12-31", "2026-02-30", "soon", "45000", "2026-06-30T", *EMPTY]
SLASHED: Cells = [f"{day:%d/%m/%Y} {place % 24:02}:30" for place, day in enumerate(DAYS * 2)]
SLASHED += ["2026-06-30", "31/02/2026 10:00", "06/2026", *EMPTY]
VALUES: Cells = ["0", "1", "2.5", "19.99", "0.01", "1250", "-4", "-0.5", "7.", ".25", "+3", " 12 ", "999999"]
VALUES += ["1e3", "12,5", "۵", "lots", "-", *EMPTY]
GROUPED: Cells = ["0", "1", "2,5", "19,99", "1.250", "1.250,75", "-4", "-1.000,5", "999.999", ",25", "12.50"]
GROUPED += ["1,2,3", "lots", *EMPTY]

LAYOUTS: list[tuple[Config, dict[str, Cells]]] = [
    ({}, {"event": [*NAMES, *EMPTY], "time": [*TIMES], "value": [*VALUES]}),
    (
        {
            "lead": "Contact ID",
            "event": "What",
            "time": {"from": "When", "format": "%d/%m/%Y %H:%M"},
            "value": {"from": "Worth", "decimal": ",", "thousands": "."},
        },
        {"What": [*NAMES, *EMPTY], "When": [*SLASHED], "Worth": [*GROUPED]},
    ),
]
"""What the config says under ``events``, and cells by header; the lead's header stands in front of them."""
# Few leads do most of it; some are nobody's.
_ids = ["000000", "000001"] * 8 + ["000002", "000003"] * 3 + ["000004", "000006", "x", "0"]
_leads = st.sampled_from([*_ids, *EMPTY])
_times_over = st.sampled_from([1, 1, 1, 1, 2, 3, 12])


def _logs(cells: dict[str, Cells], lead: str) -> st.SearchStrategy[pd.DataFrame]:
    row = st.tuples(_leads, *(st.sampled_from(pool) for pool in cells.values()), _times_over)

    def log_of(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
        listed = [cells for *cells, times in rows for _ in range(times)]
        return pd.DataFrame(listed, columns=[lead, *cells], dtype="str")

    some = st.lists(row, min_size=8, max_size=30)
    return st.one_of(st.lists(row, max_size=3), *[some] * 5).map(log_of)


# --- models --------------------------------------------------------------------------------------------

NAMED: list[Any] = ["visit", "Visit", ["purchase", "VISIT"], ["visit", "demo request"], "purchase"]
NAMED += ["Demo Request", "بازدید", ["TOUR 12", "josé"], "never"]
LOG_FIELDS: Config = {
    "last_touch": {"derive": "last_event"},
    "last_visit": {"derive": "last_event", "event": "visit", "within_days": 30},
    "touches": {"derive": "event_count"},
    "visits_now": {"derive": "event_count", "event": ["Visit", "demo request"], "within_days": 14},
    "spent": {"derive": "event_value", "event": "purchase"},
    "worth": {"derive": "event_value", "within_days": 45},
}
DATES_SEEN, NUMBERS_SEEN = ["last_touch", "last_visit"], ["touches", "visits_now", "spent", "worth"]
_LIMITS = [0, 1, 2, 3, 7, 40, "19.99", "0.01", "-0.5", 1250]
_dated: list[Config] = [
    *({name: days} for name in ("within_days", "older_than_days") for days in (0, 1, 14, 30, 45)),
    *({name: day} for name in ("at_least", "below", "is", "is_not") for day in DAYS[6:14]),
]
_numbered: list[Config] = [
    {name: limit} for name in ("at_least", "at_most", "above", "below", "is", "is_not") for limit in _LIMITS
]
_either: list[Config] = [{name: wanted} for name in ("known", "missing") for wanted in (True, False)]
SEEN_TESTS = [
    *({name: test} for name in DATES_SEEN for test in [*_dated, *_either]),
    *({name: test} for name in NUMBERS_SEEN for test in [*_numbered, *_either]),
]
_own_decays = [{**form, **kept} for form, kept in product(DECAY_FORMS, KEPT_WITHOUT_DATE)]
since_log = st.sampled_from(
    [
        {**form, **kept, "since": since}
        for form, kept, since in product(DECAY_FORMS, KEPT_WITHOUT_DATE, DATES_SEEN)
    ]
)
event_decays = st.one_of(*[st.none()] * 2, *[st.sampled_from(_own_decays)] * 4, since_log, decays)


def _one_sign(sign: int, key: str, given: Any, bound: Decimal | None) -> Config:
    """Points of one sign, under the bound that fits them: a cap where they are earned, a floor where not."""
    signed = {times: sign * one for times, one in given.items()} if isinstance(given, dict) else sign * given
    return without_none({key: signed}, {"cap" if sign > 0 else "floor": bound and sign * bound})


_signs = st.sampled_from([1, 1, -1])
_from_the_nth = st.sampled_from(
    [{}, {}, {"min_count": 2}, {"min_count": 3, "max_count": 5}, {"max_count": 1}, {"max_count": 4}]
)
_ranges = st.dictionaries(st.sampled_from([0, 1, 2, 3, 5, 10]), gains, min_size=1, max_size=3)
_each = st.builds(_one_sign, _signs, st.just("each"), gains, maybe(gains))
_once = st.builds(_one_sign, _signs, st.just("once"), gains, maybe(gains))
_by_range = st.one_of(
    st.builds(_one_sign, _signs, st.just("ranges"), _ranges, maybe(gains)),
    st.dictionaries(st.sampled_from([0, 1, 2, 4]), points, min_size=2, max_size=3).map(
        lambda ranges: {"ranges": ranges}
    ),
)
_per_value = st.builds(_one_sign, _signs, st.just("per_value"), gains, maybe(gains))
_a_day = st.sampled_from([None, 1, 1, 2, 3])


def _count_of_events(
    mode: Config, event: Any, days: int | None, a_day: int | None, decay: Config | None, nth: Config
) -> Config:
    parts = {"event": event, "within_days": days, "at_most_per_day": a_day, "decay": decay}
    one_by_one = decay is not None and "since" not in decay
    # Where each fades by its own age nobody can say which ones to leave out, and that is refused.
    return without_none({"kind": "count", **parts}, mode, nth if "each" in mode and not one_by_one else {})


def _events(mode: Parts, a_day: st.SearchStrategy[int | None] = _a_day) -> Parts:
    days = st.sampled_from([None, None, None, 0, 1, 14, 30, 45])
    return st.builds(_count_of_events, mode, st.sampled_from(NAMED), days, a_day, event_decays, _from_the_nth)


EVENT_RULES = [_events(mode) for mode in (_each, _once, _by_range)] + [_events(_per_value, st.none())]
_seen_match = st.builds(
    lambda test, other, points: {"kind": "match", "when": {**other, **test}, "points": points},
    *(st.sampled_from(SEEN_TESTS), st.one_of(st.just({}), st.sampled_from(SEEN_TESTS)), points),
)
_seen_bands = st.builds(
    lambda source, bands, missing: without_none(
        {"kind": "bands", **source, "bands": bands, "missing": missing}
    ),
    st.sampled_from(
        [*({"field": name} for name in NUMBERS_SEEN), *({"age_of": name} for name in DATES_SEEN)]
    ),
    st.dictionaries(st.sampled_from([0, 1, 2, 7, 14, 30, 40, "19.99"]), points, min_size=1, max_size=3),
    maybe(points),
)
_seen_count = st.builds(
    lambda field, mode, decay: without_none({"kind": "count", "field": field, **mode, "decay": decay}),
    st.sampled_from(NUMBERS_SEEN),
    st.one_of(st.builds(without_none, _each, _from_the_nth), _once, _by_range),
    maybe(since_log),
)
_seen_profile = st.builds(
    lambda points, test, field, centre: {
        "kind": "profile",
        "points": points,
        "criteria": [
            {"name": "one", "when": test},
            {"name": "other", "weight": 2, "field": field, "centre": centre, "half_width": "7.5"},
        ],
    },
    *(points, st.sampled_from(SEEN_TESTS), st.sampled_from(NUMBERS_SEEN), st.sampled_from([0, 2, "19.99"])),
)
SEEN_RULES = [_seen_match, _seen_bands, _seen_count, _seen_profile]
_worth: Config = {"kind": "match", "when": {"worth": {"at_least": 20}}, "points": Decimal("0.5")}
"""In every model, so that the log's values are always read."""


@st.composite
def event_configs(draw: st.DrawFn, events: Config) -> Config:
    """A dozen rules and more: events in every mode, fields made from the log, and some that read no log."""
    several = [*EVENT_RULES, *EVENT_RULES, *SEEN_RULES, st.one_of(EVENT_RULES), st.one_of(SEEN_RULES)]
    rules = [*(draw(rule) for rule in several), _worth, draw(st.one_of(RULES))]
    named = [{"name": f"rule {place}", **rule} for place, rule in enumerate(rules)]
    parts = {"fit": named[0::3], "engagement": named[1::3], "doubts": named[2::3]}
    fading = maybe(st.one_of(since_log, decays))
    groups = {
        name: without_none({"rules": part, "decay": draw(fading)}, draw(bounds))
        for name, part in parts.items()
    }
    tiers = [{"name": f"tier {place}", "min_score": cut} for place, cut in enumerate(draw(cuts))]
    out = draw(st.lists(st.one_of(st.sampled_from(SEEN_TESTS), criteria), max_size=1))
    return reachable(
        {
            "name": "random",
            "id": "lead_id",
            "events": events,
            "fields": {**FIELDS, **LOG_FIELDS},
            "groups": groups,
            "score": draw(bounds),
            "tiers": [*tiers, {"name": "rest"}],
            "disqualify": [{"name": f"out {place}", "when": when} for place, when in enumerate(out)],
        }
    )


event_cases: st.SearchStrategy[EventCase] = st.one_of(
    [
        st.tuples(event_configs(events), frames, _logs(cells, events.get("lead", "lead_id")))
        for events, cells in LAYOUTS
    ]
)
