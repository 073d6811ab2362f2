"""test_properties_leads: a lead's result is its own, wherever it stands and whoever stands beside it."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import numpy as np
import pandas as pd
from hypothesis import given, strategies as st
from pandas.testing import assert_frame_equal

from leadscore.model.load import load_model
from tests.properties import batch, collect, exact, often, rank, rank_frame, rank_ids, shuffles
from tests.strategies import EMPTY, FIELDS, TESTS, Case, Config, reachable
from tests.strategies_quick import quick_cases, quick_frames, wide_cases


@often
@given(wide_cases, shuffles)
def test_f01_shuffled_rows_give_the_same_scores_tiers_ranks_and_reasons(case: Case, random: Random) -> None:
    config, leads = case
    order = random.sample(range(len(leads)), len(leads))
    found, expected = rank_frame(config, leads.iloc[order]), rank_frame(config, leads)
    assert list(found.items()) == list(expected.items())


@often
@given(quick_cases, shuffles)
def test_f09_two_parts_of_an_export_give_what_the_whole_gives(case: Case, random: Random) -> None:
    config, leads = case
    model, first = load_model(config), np.array([random.random() < 0.5 for _ in range(len(leads))])
    parts = [collect(model, leads[chosen]) for chosen in (first, ~first) if chosen.any()]
    found, expected = rank(model, pd.concat(parts, ignore_index=True)), rank(model, collect(model, leads))
    assert list(found.items()) == list(expected.items())


@often
@given(quick_cases, quick_frames, shuffles)
def test_f10_one_more_lead_leaves_the_others_in_their_order(
    case: Case, more: pd.DataFrame, random: Random
) -> None:
    config, leads = case
    new = more[:1].assign(lead_id=random.choice(["-1", "5", "~", "\U0001f600"]))
    place = random.randint(0, len(leads))
    with_it = pd.concat([leads[:place], new, leads[place:]], ignore_index=True)
    model = load_model(config)
    before, after = (rank_ids(model, collect(model, each)) for each in (leads, with_it))
    assert [id_ for id_ in after if id_ != new["lead_id"][0]] == before


@often
@given(quick_cases)
def test_f12_every_lead_is_in_the_one_tier_that_its_score_opens(case: Case) -> None:
    config, leads = case
    # The cuts are scores that leads have, and one that is just missed.
    scores = exact(batch({**config, "tiers": [{"name": "rest"}]}, leads)["score"])
    cuts = sorted({*scores, scores[0] + Decimal("0.01")}, reverse=True)
    tiers: list[Config] = [{"name": f"from {cut}", "min_score": cut} for cut in cuts]
    config = reachable({**config, "tiers": [*tiers, {"name": "rest"}]})
    found = batch(config, leads)
    reached = [
        next(tier["name"] for tier in config["tiers"] if score >= tier.get("min_score", score))
        for score in scores
    ]
    assert (exact(found["score"]), found["tier"].tolist()) == (scores, reached)


@often
@given(quick_cases)
def test_f14_ranks_go_from_one_up_by_score_and_then_by_id(case: Case) -> None:
    config = {key: value for key, value in case[0].items() if key not in ("rank_by", "disqualify")}
    found = rank_frame(config, case[1])
    assert [row["rank"] for row in found.values()] == list(range(1, len(case[1]) + 1))
    assert list(found) == sorted(found, key=lambda id_: (-found[id_]["score"], id_))


READ_BY = {
    "Job Title": ["title"],
    "country": ["country"],
    "email": ["mail_domain"],
    "Employees": ["employees"],
    "visits": ["visits"],
    "last_seen": ["last_seen"],
    "Created": ["created", "lead_age"],
    "unsubscribed": ["unsubscribed"],
}
"""Column -> the fields made of it."""
MAY_LACK = {
    name: field if "derive" in field else {**field, "optional": True}
    for name, field in {**FIELDS, "country": {"type": "text"}, "email": {}}.items()
}
PROBES = st.one_of(
    [
        st.tuples(
            st.just(column),
            st.lists(
                st.sampled_from(
                    [
                        {field: test}
                        for field in fields
                        for test in TESTS[field]
                        if not {"known", "missing"} & test.keys()
                    ]
                ),
                min_size=1,
                max_size=2,
            ),
        )
        for column, fields in READ_BY.items()
    ]
)
"""A column, and tests of the fields made of it, by any operator that asks for a value."""


@often
@given(quick_cases, PROBES, shuffles)
def test_f15_blank_missing_and_absent_are_one_and_earn_only_what_missing_says(
    case: Case, probes: tuple[str, list[Config]], random: Random
) -> None:
    (config, leads), (column, tests) = case, probes
    asked: list[Config] = [*tests, *({"none": [test]} for test in tests)]
    asking = [
        {"name": f"probe {place}", "kind": "match", "when": when, "points": 5}
        for place, when in enumerate(asked)
    ]
    telling = [{**rule, "name": f"told {place}", "missing": 3} for place, rule in enumerate(asking)]
    groups = {**config["groups"], "asking": {"rules": asking}, "telling": {"rules": telling}}
    config = reachable({**config, "fields": MAY_LACK, "groups": groups})
    blank = leads.assign(**{column: pd.Series(dtype="str")})
    spelt = blank.fillna("").map(lambda cell: random.choice(EMPTY) if cell in EMPTY else cell)
    found = batch(config, spelt.astype("str"))
    assert set(found["asking"]) == {0}
    assert set(found["telling"]) == {3 * len(asked)}
    assert_frame_equal(batch(config, blank), found)
    assert_frame_equal(batch(config, leads.drop(columns=column)), found)
