"""test_segments: a lead is scored by the model of its segment, as if that were the only one."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from pandas.testing import assert_frame_equal

from leadscore.model.load import load_model
from leadscore.pipeline.batch import Scored, score_batch, score_leads
from leadscore.pipeline.fit import fit_model
from leadscore.pipeline.portion import join_lines
from tests.oracle import Lead, holds
from tests.oracle_events import read_log
from tests.strategies import AS_OF, Config, cells_of
from tests.strategies_segments import Segmented, segment_cases, segment_event_cases

shuffles = st.randoms(use_true_random=False)
ADDED = ["segment", "percent"]


def batch(config: Config, leads: pd.DataFrame, log: pd.DataFrame | None = None) -> pd.DataFrame:
    return score_batch(leads, load_model(config), AS_OF, events=log)


def segments_of(case: Segmented, leads: pd.DataFrame, log: pd.DataFrame | None = None) -> list[str]:
    """The first segment whose criteria hold, by the oracle: unknown does not hold."""
    config = case.config
    events = {} if log is None else read_log(config, cells_of(log), leads["lead_id"], AS_OF).events
    names = []
    for cells in cells_of(leads):
        lead = Lead(config["fields"], cells, AS_OF, events.get(str(cells["lead_id"]), ()))
        names.append(next(name for name, when in case.order if when is None or holds(when, lead) is True))
    return names


def percent(score: float, most: int) -> Decimal:
    """Score / maximum x 100, rounded half away from zero to hundredths."""
    share = Decimal(repr(score)) * 100 / (Decimal(most) / 100)
    return share.quantize(Decimal("0.01"), ROUND_HALF_UP)


def check_against_single_models(
    case: Segmented, leads: pd.DataFrame, log: pd.DataFrame | None = None
) -> None:
    found, names = batch(case.config, leads, log), segments_of(case, leads, log)
    assert found["segment"].tolist() == names
    seen = 0
    for name, single in case.singles.items():
        rows = [place for place, other in enumerate(names) if other == name]
        alone = batch(single, leads.iloc[rows], log)
        mine = found.iloc[rows]
        assert_frame_equal(mine[list(alone)], alone, check_dtype=False)
        lacking = [column for column in found if column not in (*alone, *ADDED)]
        assert all(column in case.groups - set(single["groups"]) for column in lacking)
        assert mine[lacking].isna().all(axis=None)
        most = load_model(single).bounds()[1]
        shares = [Decimal(repr(share)) for share in mine["percent"]]
        assert shares == [percent(score, most) for score in alone["score"]]
        seen += len(rows)
    assert seen == len(leads)


@given(segment_cases())
@settings(max_examples=25)
def test_segments_score_their_leads_as_each_ones_whole_config_does_alone(
    case: tuple[Segmented, pd.DataFrame],
) -> None:
    check_against_single_models(*case)


@given(segment_event_cases())
@settings(max_examples=15)
def test_rules_of_one_name_count_events_as_their_own_segment_says(
    case: tuple[Segmented, pd.DataFrame, pd.DataFrame],
) -> None:
    check_against_single_models(*case)


@pytest.mark.slow
@given(st.one_of(segment_cases(), segment_event_cases()))
@settings(max_examples=200)
def test_segments_score_their_leads_as_each_ones_whole_config_does_alone_in_many_more_cases(
    case: tuple[Any, ...],
) -> None:
    check_against_single_models(*case)


@given(segment_event_cases(), shuffles)
@settings(max_examples=12)
def test_a_lead_scores_the_same_in_any_batch_and_any_order(
    case: tuple[Segmented, pd.DataFrame, pd.DataFrame], random: Random
) -> None:
    (config, leads, log), order = (case[0].config, *case[1:]), list(range(len(case[1])))
    random.shuffle(order)
    cut = random.randint(0, len(order))
    parts = [batch(config, leads.iloc[places], log) for places in (order[:cut], order[cut:])]
    whole = batch(config, leads, log)
    assert_frame_equal(pd.concat(parts).loc[whole.index], whole)


def scored(config: Config, leads: pd.DataFrame) -> Scored:
    model = load_model(config)
    return score_leads(leads, model, fit_model(model, list(leads.columns), "leads").columns, AS_OF)


@given(segment_cases())
@settings(max_examples=15)
def test_every_leads_lines_add_up_and_those_of_other_segments_are_zero(
    case: tuple[Segmented, pd.DataFrame],
) -> None:
    found = scored(case[0].config, case[1])
    lines, points = join_lines(found.portions)
    assert (points.sum(axis=0) == found.columns["score"].to_numpy()).all()
    for portion in found.portions:
        own = {line.name for line in portion.contributions.lines}
        for line, row in zip(lines, points, strict=True):
            if line.name not in own:
                assert not row[portion.rows].any()


# --- by hand ---------------------------------------------------------------------------------------------

RULE = {"name": "visits", "kind": "count", "field": "visits", "each": 1, "cap": 30}
LOST = {"name": "lost", "kind": "count", "field": "lost", "each": -1, "floor": -30}
PLAIN: Config = {
    "name": "test",
    "id": "lead_id",
    "groups": {"fit": {"rules": [RULE, LOST]}},
    "tiers": [{"name": "all"}],
}


def with_segments(*segments: Config, **more: Any) -> Config:
    return {**PLAIN, **more, "segments": [*segments, {"name": "rest"}]}


def rows_of(config: Config, *leads: Config, log: list[Config] | None = None) -> list[Config]:
    """The columns scoring adds for each lead; cells that are not written are empty."""
    fields = ["source", "kind", "visits", "lost", "deal", "gone"]
    cells = [{"lead_id": str(place), **dict.fromkeys(fields, ""), **lead} for place, lead in enumerate(leads)]
    frame = pd.DataFrame(cells, columns=["lead_id", *fields], dtype="str")
    events = None if log is None else pd.DataFrame(log, columns=["lead_id", "event", "time"], dtype="str")
    records: list[dict[str, Any]] = batch(config, frame, events).astype(object).to_dict("records")  # type: ignore[assignment]
    return records


PARTNER: Config = {"name": "partner", "when": {"source": "Partner"}}
SHOP: Config = {"name": "shop", "when": {"source": "Shop"}}


def test_the_first_segment_that_holds_has_the_lead_and_unknown_does_not_hold() -> None:
    visited: Config = {"name": "visited", "when": {"visits": {"at_least": 3}}}
    nobody: Config = {"name": "not there", "when": {"none": [{"source": {"known": True}}]}}
    negated: Config = {"name": "no partner", "when": {"source": {"is_not": "Partner"}}}
    config = with_segments(PARTNER, visited, negated, nobody)
    found = rows_of(
        config,
        {"source": "Partner", "visits": "9"},
        {"source": "Shop", "visits": "9"},
        {"source": "Shop", "visits": "many"},
        {"source": "", "visits": ""},
        {"source": "", "visits": "2"},
    )
    assert [row["segment"] for row in found] == ["partner", "visited", "no partner", "not there", "not there"]
    without = rows_of(with_segments(PARTNER, visited, negated), {}, {"source": " partner "})
    assert [row["segment"] for row in without] == ["rest", "partner"]


@pytest.mark.parametrize(
    ("most", "score", "share"),
    [
        (30, 1, 3.33),
        (30, 2, 6.67),
        (30, -1, -3.33),
        (30, -2, -6.67),
        (8, -5, -62.5),
        (16, 1, 6.25),
        ("24.96", "24.96", 100),
        (800, "0.04", 0.01),  # 0.005 %: a half goes away from zero
        (800, "-0.04", -0.01),
        (800, "-0.03", 0),
    ],
)
def test_percent_is_rounded_half_away_from_zero(most: Any, score: Any, share: float) -> None:
    rule = {"name": "points", "kind": "match", "when": {"visits": 1}, "points": score, "otherwise": most}
    groups = {"fit": {"rules": [rule]}}
    (row,) = rows_of(with_segments(groups=groups), {"visits": "1"})
    assert (row["score"], row["percent"]) == (float(score), share)


def test_a_group_that_fades_and_its_rule_of_the_same_name_keep_their_lines_apart() -> None:
    decay = {"window_days": 0, "since": "gone", "missing": "50%"}
    group = {"rules": [{**RULE, "name": "web", "decay": decay}], "decay": decay}
    config = with_segments(PARTNER, groups={"web": group})
    leads = pd.DataFrame(
        {"lead_id": ["1", "2"], "source": ["Partner", ""], "visits": ["8", "20"], "gone": ""}
    )
    found = scored(config, leads.astype("str"))
    lines, points = join_lines(found.portions)
    assert [line.name for line in lines] == ["web", "web: decay", "web: decay"]
    assert points.T.tolist() == [[800, -400, -200], [2000, -1000, -500]]
    assert found.columns["score"].tolist() == [200, 500]


def test_a_rule_in_other_groups_of_two_segments_has_one_line() -> None:
    override = {"groups": {"fit": {"remove": True}, "use": {"rules": [RULE]}}}
    config = with_segments({**PARTNER, "override": override})
    leads = pd.DataFrame(
        {"lead_id": ["1", "2"], "source": ["Partner", ""], "visits": ["8", "20"], "lost": ""}
    )
    lines, points = join_lines(scored(config, leads.astype("str")).portions)
    assert [line.name for line in lines] == ["visits", "lost"]
    assert points.T.tolist() == [[800, 0], [2000, 0]]


def counted(**more: Any) -> Config:
    return {"name": "visits", "kind": "count", "event": "visit", "cap": 50, **more}


EVENTS: list[Config] = [
    *({"lead_id": lead, "event": "visit", "time": "2026-06-30"} for lead in "0012"),
    *({"lead_id": lead, "event": "visit", "time": "2026-06-16"} for lead in "012"),
]
HALF: Config = {"decay": {"half_life_days": 14}}


@pytest.mark.parametrize(
    ("rule", "other", "points"),
    [
        (counted(each=4), None, [12, 8, 8]),  # one rule for all
        (counted(each=4), counted(each=1), [3, 8, 8]),
        (counted(each=4), counted(each=1, **HALF), [2.5, 8, 8]),
        (counted(each=4, **HALF), {"name": "visits", "decay": {"remove": True}}, [12, 6, 6]),
        (counted(each=4, **HALF), counted(each=4, within_days=7, **HALF), [8, 6, 6]),
        (counted(each=4), counted(each=4, at_most_per_day=1), [8, 8, 8]),
        (counted(each=4), {"name": "visits", "event": ["visit", "call"], "once": 3, "each": {"remove": True}},
         [3, 8, 8]),
    ],
)  # fmt: skip
def test_a_rule_on_events_counts_as_its_own_segment_says(
    rule: Config, other: Config | None, points: list[float]
) -> None:
    override = {"override": {"groups": {"fit": {"rules": [other]}}}} if other else {}
    config = with_segments({**PARTNER, **override}, SHOP, groups={"fit": {"rules": [rule]}})
    found = rows_of(config, {"source": "Partner"}, {"source": "Shop"}, {}, log=EVENTS)
    assert [row["score"] for row in found] == points


def test_measures_and_grade_are_those_of_the_segment() -> None:
    axes = {side: {"group": "fit", "cuts": {"A": 20, "B": 0}} for side in ("rows", "columns")}
    lower = {side: {"cuts": {"A": 5}} for side in axes}
    override = {
        "groups": {"fit": {"cap": 15, "floor": 0}},
        "score": {"floor": 0},
        "scales": {"light": {"cuts": {"green": 90}}},
        "heat": {"cuts": {"yellow": "0.1"}},
        "grade": lower,
    }
    config = with_segments(
        {**PARTNER, "override": override},
        score={"floor": -30},
        scales={
            "light": {"of": "score", "cuts": {"green": 50, "red": 0}},
            "share": {"of": "fit", "to": "percent"},
        },
        heat={"weights": {"fit": 1}, "cuts": {"red": "0.9", "yellow": "0.75", "blue": 0}},
        grade=axes,
    )
    partner, other = rows_of(config, {"source": "Partner", "visits": "12"}, {"visits": "12"})
    assert (partner["light"], partner["share"], partner["grade"]) == ("red", 80, "AA")
    assert (other["light"], other["share"], other["grade"]) == ("green", 70, "BB")
    assert [(row["heat"], row["heat_colour"]) for row in (partner, other)] == [(0.8, "yellow"), (0.7, "blue")]


def test_a_matrix_has_its_cuts_in_the_segment() -> None:
    use = {"rules": [{**RULE, "name": "use", "field": "deal"}]}
    tiers = [{"name": "both", "high": ["fit", "use"]}, {"name": "fits", "high": ["fit"]},
             {"name": "uses", "high": ["use"]}, {"name": "none"}]  # fmt: skip
    config = with_segments(
        {**PARTNER, "override": {"matrix": {"fit": 20}}},
        groups={"fit": {"rules": [RULE]}, "use": use},
        matrix={"fit": 10, "use": 10},
        tiers=tiers,
    )
    lead = {"visits": "15", "deal": "10"}
    partner, other = rows_of(config, {"source": "Partner", **lead}, lead)
    assert (partner["tier"], other["tier"]) == ("uses", "both")
    assert partner["product"] == other["product"] == 150


def test_best_of_names_the_best_group_by_the_points_of_the_segment() -> None:
    use = {"rules": [{**RULE, "name": "use", "field": "deal"}]}
    config = with_segments(
        {**PARTNER, "override": {"groups": {"fit": {"cap": 5}}}},
        groups={"fit": {"rules": [RULE]}, "use": use},
        best_of={"name": "product", "groups": ["fit", "use"]},
    )
    lead = {"visits": "15", "deal": "10"}
    partner, other = rows_of(config, {"source": "Partner", **lead}, lead)
    assert (partner["product"], other["product"]) == ("use", "fit")


def test_the_expected_value_goes_by_the_segments_probabilities() -> None:
    value = {"size": "deal", "cases": [{"when": {"kind": "new"}, "probability": "10%"}], "otherwise": "30%"}
    override = {"value": {"cases": [{"when": {"kind": "new"}, "probability": "50%"}]}}
    config = with_segments({**PARTNER, "override": override}, value=value)
    lead = {"kind": "new", "deal": "200"}
    partner, other, unknown = rows_of(config, {"source": "Partner", **lead}, lead, {"kind": "new"})
    assert (partner["expected_value"], other["expected_value"]) == (100, 20)
    assert pd.isna(unknown["expected_value"])


def test_no_leads_have_the_columns_and_types_that_leads_have() -> None:
    override = {"groups": {"more": {"rules": [{**RULE, "name": "more"}]}}}
    config = with_segments({**PARTNER, "override": override})
    leads = pd.DataFrame(
        {"lead_id": ["1"], "source": ["Partner"], "visits": ["8"], "lost": [""]}, dtype="str"
    )
    found = batch(config, leads)
    assert found["more"].tolist() == [8]
    assert_frame_equal(batch(config, leads[:0]), found[:0])
    assert pd.isna(batch(config, leads.assign(source=""))["more"]).all()


def test_one_segment_is_every_lead_of_it() -> None:
    found = rows_of({**PLAIN, "segments": [{"name": "all"}]}, {"visits": "15"}, {})
    assert [(row["segment"], row["percent"]) for row in found] == [("all", 50), ("all", 0)]
