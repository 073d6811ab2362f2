"""strategies: random scoring models and random leads, as odd as real exports are.

Tests, decays and cells are drawn from written-out pools: one draw each, not ten. They make the file long.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from leadscore.model.load import load_model
from tests.oracle_values import fold, hundredths

AS_OF = date(2026, 6, 30)
Config = dict[str, Any]
Case = tuple[Config, pd.DataFrame]
Parts = st.SearchStrategy[Config]

TEXTS = [
    *(
        "CEO",
        "ceo",
        "Vice President Sales",
        "International Manager",
        "Intern",
        "C++ dev",
        "R2 ۱۲",
        "r2 12",
        "N/A",
    ),
    *("José", "JOSE\u0301", "jose", "مدير", "مدیر فروش", "كتاب", "کتاب", "NO", "null", "\xa0Software ", "12"),
]
PARTS = ["c", "intern", "مدیر", "jose", "É", "e", "c++", "12", "Vice President", "r2", "software", "كت"]
PATTERNS = ["c.*", ".*o", "[a-z]+", r"r\d .*", "jose|ceo", r".*\d"]
NUMBERS = [
    *(Decimal(n) / 100 for n in (0, -1, 1, 125, 1249, 1250, 4999, 5000, 5001)),
    -50,
    7,
    30,
    90,
    365,
    1000,
    12345,
]
ODD_NUMBERS = [
    *("#REF!", "1e3", "۵۰", "12,5", "nan", "inf", "-", "0x10", "1_000"),
    *("+5", "-0", " 10 ", "007", ".5", "5."),
]
DAYS = [-400, -1, 0, 1, 2, 13, 14, 15, 29, 30, 31, 45, 46, 90, 91, 365, 800]
DATES = [AS_OF - timedelta(days) for days in DAYS]
ODD_DATES = [
    "2026-02-30",
    "30 June",
    "45000",
    "2026-06-30T23:59:59",
    " 2026-06-01 ",
    "0000-00-00",
    "13/13/2026",
]
FLAGS = ["true", "TRUE", "Yes", "no", "0", "1", "maybe", "False"]
EMPTY = [None, "", "  ", "\xa0"]
SHARES = ["0", "2%", "0.125", "33%", "50%", "85%", "1"]

TEXT_FIELDS = ["title", "country", "mail_domain"]
NUMBER_FIELDS = ["employees", "visits", "lead_age"]
DATE_FIELDS = ["last_seen", "created"]
FIELDS: Config = {
    "title": {"from": ["Job Title", "Title"]},
    "employees": {"from": ["Employees"], "type": "number", "null": ["N/A", "-"]},
    "visits": {"type": "number"},
    "last_seen": {"type": "date"},
    "created": {"from": ["Created"], "type": "date", "format": "%d/%m/%Y"},
    "unsubscribed": {"type": "boolean"},
    "mail_domain": {"derive": "email_domain", "of": "email"},
    "lead_age": {"derive": "age", "of": "created"},
}


def _ranges(values: list[Any]) -> list[Config]:
    tests = [{name: value} for name in ("at_least", "at_most", "above", "below") for value in values]
    return [
        *tests,
        *({"between": [low, high]} for low, high in zip(values, values[2:], strict=False) if low <= high),
    ]


_known = [{name: wanted} for name in ("known", "missing") for wanted in (True, False)]
_options: list[Config] = [{}, {}, {"exact": True}, {"accents": "ignore"}]
_pairs = [[one, other] for one, other in zip(TEXTS, TEXTS[5:], strict=False)]
_text_tests: list[Config] = [
    *({name: value, **options} for name in ("is", "is_not") for value in TEXTS for options in _options),
    *({name: values, **options} for name in ("in", "not_in") for values in _pairs for options in _options),
    *(
        {name: value, **options}
        for name in ("contains", "starts_with", "ends_with", "has_word")
        for value in [*PARTS, PARTS[1:4]]
        for options in _options
    ),
    *({"matches": pattern} for pattern in PATTERNS * 4),
    *({"contains": part, "is_not": text} for part, text in zip(PARTS, TEXTS, strict=False)),
    *(_known * 5),
]
_number_tests: list[Config] = [
    *({name: value} for name in ("is", "is_not") for value in NUMBERS),
    *({name: NUMBERS[:4]} for name in ("in", "not_in")),
    *({"above": 0, "at_most": value} for value in NUMBERS),
    *(*_ranges(NUMBERS), *(_known * 2)),
]
_date_tests: list[Config] = [
    *({name: day} for name in ("is", "is_not") for day in DATES),
    *({name: days} for name in ("within_days", "older_than_days") for days in DAYS[2:] * 2),
    *(*_ranges(DATES[::-1]), *(_known * 2)),
]
_flag_tests: list[Config] = [*({name: flag} for name in ("is", "is_not") for flag in (True, False)), *_known]
TESTS: dict[str, list[Config]] = {
    **dict.fromkeys(TEXT_FIELDS, _text_tests),
    **dict.fromkeys(NUMBER_FIELDS, _number_tests),
    **dict.fromkeys(DATE_FIELDS, _date_tests),
    "unsubscribed": _flag_tests,
}

points = st.integers(-3000, 3000).map(lambda n: Decimal(n) / 100)
gains = st.integers(1, 3000).map(lambda n: Decimal(n) / 100)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """None two times out of three."""
    return st.one_of(st.none(), st.none(), strategy)


def without_none(*parts: Config) -> Config:
    return {key: value for part in parts for key, value in part.items() if value is not None}


def _rule(required: Parts, **optional: st.SearchStrategy[Any]) -> Parts:
    settings = {**optional, "missing": points, "decay": decays}
    options = st.fixed_dictionaries({key: maybe(value) for key, value in settings.items()})
    return st.builds(without_none, required, options)


def _test_of(fields: list[str]) -> Parts:
    return st.sampled_from([{field: test} for field in fields for test in TESTS[field]])


_leaves = st.one_of(
    *(_test_of([field]) for field in TESTS),
    st.sampled_from([{"country": text} for text in TEXTS] + [{"country": pair} for pair in _pairs]),
    st.builds(
        lambda one, other: {**one, **other}, _test_of(["visits"]), _test_of(["unsubscribed", "last_seen"])
    ),
)


def _combined(inner: Parts) -> Parts:
    several = st.lists(inner, min_size=1, max_size=3)
    named = st.builds(lambda key, listed: {key: listed}, st.sampled_from(["all", "any", "none"]), several)
    k = st.integers(1, 3)
    at_least = st.builds(
        lambda k, listed: {"at_least_of": {"k": min(k, len(listed)), "criteria": listed}}, k, several
    )
    return st.one_of(named, at_least, st.builds(lambda one, other: {**one, **other}, _leaves, named))


criteria = st.one_of(_leaves, _combined(_leaves), _combined(st.one_of(_leaves, _combined(_leaves))))
DECAY_FORMS: list[Config] = [
    *({"half_life_days": days} for days in (1, 14, 30, Decimal("7.5"))),
    *({"window_days": days} for days in (0, 14, 30)),
    *({"daily": share} for share in SHARES),
    *({"linear": {"lose": share, "every_days": days}} for share in SHARES for days in (1, 30)),
    *({"steps": {90: "0", 14: share}} for share in SHARES),
]
KEPT_WITHOUT_DATE: list[Config] = [{}, {}, {"missing": "30%"}, {"missing": 1}]
decays = st.sampled_from(
    [
        {**form, "since": since, **missing}
        for form, since, missing in product(DECAY_FORMS, DATE_FIELDS, KEPT_WITHOUT_DATE)
    ]
)


def _table(field: str) -> Parts:
    case = st.builds(lambda test, points: {**test, "points": points}, st.sampled_from(TESTS[field]), points)
    return st.builds(
        lambda cases: {"kind": "table", "field": field, "cases": cases},
        st.lists(case, min_size=1, max_size=3),
    )


_lookup = st.builds(
    lambda field, values: {"kind": "lookup", "field": field, "values": dict(values)},
    st.sampled_from(TEXT_FIELDS),
    st.lists(
        st.tuples(st.sampled_from(TEXTS), points),
        min_size=1,
        max_size=4,
        unique_by=lambda pair: fold(pair[0]),
    ),
)
_bands = st.builds(
    lambda source, bands: {"kind": "bands", **source, "bands": bands},
    st.sampled_from(
        [*({"field": name} for name in NUMBER_FIELDS), *({"age_of": name} for name in DATE_FIELDS)]
    ),
    st.dictionaries(st.sampled_from(NUMBERS), points, min_size=1, max_size=4),
)
_count = st.builds(
    lambda field, mode, each, bound, sign: without_none(
        {"kind": "count", "field": field, mode: sign * each},
        {"cap" if sign > 0 else "floor": bound and sign * bound},
    ),
    *(st.sampled_from(NUMBER_FIELDS), st.sampled_from(["each", "each", "once"])),
    *(gains, maybe(gains), st.sampled_from([1, -1])),
)
_criterion = st.builds(
    without_none,
    st.one_of(
        st.builds(lambda when: {"when": when}, criteria),
        st.builds(
            lambda field, centre, half_width: {"field": field, "centre": centre, "half_width": half_width},
            st.sampled_from(NUMBER_FIELDS),
            st.sampled_from(NUMBERS),
            st.sampled_from(["0.02", "1", "7.5", "300"]),
        ),
    ),
    st.fixed_dictionaries({"weight": maybe(st.sampled_from(["0.01", "0.5", "2", "3", "7"]))}),
)
_profile = st.builds(
    lambda points, criteria: {
        "kind": "profile",
        "points": points,
        "criteria": [{"name": f"criterion {place}", **each} for place, each in enumerate(criteria)],
    },
    points,
    st.lists(_criterion, min_size=1, max_size=4),
)
_match = st.builds(lambda when, points: {"kind": "match", "when": when, "points": points}, criteria, points)
_tables = st.one_of(
    [_table(field) for field in ["title", "country", "visits", "lead_age", "last_seen", "unsubscribed"]]
)
RULES = [
    *(_rule(_match, otherwise=points), _rule(_tables, otherwise=points), _rule(_lookup, otherwise=points)),
    *(_rule(_bands, otherwise=points), _rule(_count)),
    _rule(_profile, unknown=st.sampled_from(["ignore", "zero"]), min_known=st.sampled_from(SHARES)),
]
bounds = st.builds(
    lambda floor, span: without_none(
        {"floor": floor, "cap": None if span is None else (floor or Decimal(0)) + Decimal(span) / 100}
    ),
    st.one_of(st.none(), points),
    st.one_of(st.none(), st.integers(0, 6000)),
)
cuts = st.lists(points, min_size=2, max_size=3, unique=True).map(lambda given: sorted(given, reverse=True))
_axes = st.builds(
    lambda group, least: {"group": group, "cuts": dict(zip("BACD", least, strict=False))},
    st.sampled_from(["fit", "engagement", "doubts"]),
    st.lists(points, min_size=1, max_size=4, unique=True),
)


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """A config of at least a dozen rules, with points in decimals."""
    rules = [draw(rule) for rule in [*RULES, *RULES, *RULES[:2]]] + draw(
        st.lists(st.one_of(RULES), max_size=2)
    )
    named = [{"name": f"rule {place}", **rule} for place, rule in enumerate(rules)]
    parts = {"fit": named[0::3], "engagement": named[1::3], "doubts": named[2::3]}
    groups = {
        name: without_none({"rules": part, "decay": draw(maybe(decays))}, draw(bounds))
        for name, part in parts.items()
    }
    tiers = [{"name": f"tier {place}", "min_score": cut} for place, cut in enumerate(draw(cuts))]
    out = draw(st.lists(criteria, max_size=2))
    score = {"combine": draw(st.sampled_from(["sum", "max"])), **draw(bounds)}
    return reachable(
        without_none(
            {"name": "random", "id": "lead_id", "fields": FIELDS, "groups": groups, "score": score},
            {"disqualify": [{"name": f"out {place}", "when": when} for place, when in enumerate(out)]},
            {"grade": draw(st.one_of(st.none(), st.fixed_dictionaries({"rows": _axes, "columns": _axes})))},
            {"tiers": [*tiers, {"name": "rest"}]},
        )
    )


def reachable(config: Config) -> Config:
    """The config without the tiers that no lead could ever get: one that has such a tier is refused."""
    low, high = load_model({**config, "tiers": [{"name": "rest"}]}).bounds()
    given = [
        tier
        for tier in config["tiers"]
        if "min_score" not in tier or low < hundredths(tier["min_score"]) <= high
    ]
    return {**config, "tiers": given}


_numbers = [
    *map(str, NUMBERS),
    *("3", "49.99", "50", "50.01", "0.005", "1.115", "250000"),
    *ODD_NUMBERS,
    *EMPTY,
]
CELLS: dict[str, list[str | None]] = {
    "Job Title": [*TEXTS, *EMPTY],
    "country": [*TEXTS, *EMPTY],
    "email": ["a@ceo", "a@no.example", "B@No.Example ", "nobody", "x@y@jose.example", *EMPTY],
    "Employees": [*_numbers, "N/A"],
    "visits": [*_numbers],
    "last_seen": [*map(str, DATES * 2), *ODD_DATES, *EMPTY],
    "Created": [*map("{:%d/%m/%Y}".format, DATES * 2), *ODD_DATES, *EMPTY],
    "unsubscribed": [*FLAGS, *EMPTY],
}
_rows = st.tuples(*(st.sampled_from(pool) for pool in CELLS.values()))
rows = st.lists(_rows, min_size=1, max_size=8)
"""Cells in the order of CELLS."""


def leads_of(rows: list[tuple[str | None, ...]]) -> pd.DataFrame:
    """An export as it was read; its first leads stand in it twice, under other ids: there are ties."""
    rows = [*rows, *rows[:2]]
    leads = pd.DataFrame(rows, columns=list(CELLS), dtype="str")
    leads.insert(0, "lead_id", pd.Series([f"{place:06}" for place in range(len(rows))], dtype="str"))
    return leads


def cells_of(leads: pd.DataFrame) -> list[dict[str, str | None]]:
    """The leads as the oracle reads them."""
    texts = leads.astype(object).where(leads.notna(), None)
    return [dict(zip(texts.columns, row, strict=True)) for row in texts.values.tolist()]


frames = rows.map(leads_of)
cases: st.SearchStrategy[Case] = st.tuples(configs(), frames)
