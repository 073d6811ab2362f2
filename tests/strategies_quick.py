"""strategies_quick: random models out of ready-made parts, for properties that are tried a thousand times.

``strategies`` draws a rule piece by piece, which takes longer than scoring by it. Here its rules are drawn
beforehand, the same ones each time, and a model is put together of them: one draw for each.
"""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import pandas as pd
from hypothesis import Phase, given, settings, strategies as st

from tests.strategies import (
    FIELDS,
    RULES,
    Case,
    Config,
    bounds,
    criteria,
    cuts,
    decays,
    leads_of,
    reachable,
    rows,
    without_none,
)


def pool(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """So many values, the same ones in every process; the shortest first, as the simplest stands first."""
    found: dict[str, Any] = {}

    @settings(max_examples=count, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
    @given(strategy)
    def collect(value: Any) -> None:
        found[repr(value)] = value

    collect()
    return [found[text] for text in sorted(found, key=lambda text: (len(text), text))]


_MATCHES, *_others = (pool(rule, 80) for rule in RULES)
_RULES = sorted([*_MATCHES, *(rule for rules in _others for rule in rules)], key=lambda rule: len(str(rule)))
rules, matches = st.sampled_from(_RULES), st.sampled_from(_MATCHES)
quick_criteria = st.sampled_from(pool(criteria, 150))
quick_decays = st.sampled_from([None, None, *pool(decays, 40)])
quick_bounds = st.sampled_from([*[{}] * 20, *pool(bounds, 60)])
_cuts = st.sampled_from(pool(cuts, 100))

_rows = st.lists(st.sampled_from(pool(rows.map(lambda several: several[0]), 400)), min_size=1, max_size=5)
GROUPS = ("fit", "engagement", "doubts")
_GRADES = [None, None] + [
    {
        "rows": {"group": rows, "cuts": {"A": 15, "B": "0.5", "C": -10}},
        "columns": {"group": columns, "cuts": {"1": 0}},
    }
    for rows, columns in pairwise(GROUPS)
]
_RANK_BY: list[Any] = [None, None, ["score"], ["score", "employees"], ["tier", {"lowest": "visits"}]]
_RANK_BY += [["engagement", "country"], [{"lowest": "score"}, "last_seen"], ["unsubscribed", "coverage"]]
_ids = ["00", "0", "10", "9", "1e3", "A", "a", "Z", "é", "e\u0301", "\uffee", "\U0001d11e", "+5", "@b"]
# Above U+FFFF the order by code point is not that of UTF-16.
ORDERS = [Random(seed).sample(_ids, len(_ids)) for seed in range(60)]


@st.composite
def quick_configs(draw: st.DrawFn, least: int = 3, most: int = 5) -> Config:
    """A config of so many rules, the first of which is a match; points in decimals."""
    drawn = [draw(matches), *(draw(rules) for _ in range(draw(st.integers(least, most)) - 1))]
    named = [{"name": f"rule {place}", **rule} for place, rule in enumerate(drawn)]
    groups = {
        name: without_none({"rules": named[place::3], "decay": draw(quick_decays)}, draw(quick_bounds))
        for place, name in enumerate(GROUPS)
    }
    tiers = [{"name": f"tier {place}", "min_score": cut} for place, cut in enumerate(draw(_cuts))]
    out = draw(st.one_of(st.none(), st.none(), quick_criteria))
    score = {"combine": draw(st.sampled_from(["sum", "sum", "max"])), **draw(quick_bounds)}
    return reachable(
        without_none(
            {"name": "random", "id": "lead_id", "fields": FIELDS, "groups": groups, "score": score},
            {"disqualify": [{"name": "out", "when": out}] if out else None},
            {"grade": draw(st.sampled_from(_GRADES)), "rank_by": draw(st.sampled_from(_RANK_BY))},
            {"tiers": [*tiers, {"name": "rest"}]},
        )
    )


@st.composite
def _frames(draw: st.DrawFn) -> pd.DataFrame:
    leads = leads_of(draw(_rows))
    return leads.assign(lead_id=pd.Series(draw(st.sampled_from(ORDERS))[: len(leads)], dtype="str"))


quick_frames = _frames()
"""Up to seven leads with ids of any form; two stand there twice, under other ids: there are ties."""
quick_cases: st.SearchStrategy[Case] = st.tuples(quick_configs(), quick_frames)
wide_cases: st.SearchStrategy[Case] = st.tuples(quick_configs(12, 12), quick_frames)
"""A dozen rules and more: a narrow model hides what goes wrong in sums."""
