"""test_rank: the order of the leads is the one the config asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from leadscore.model.load import load_model
from leadscore.model.order import Lowest
from leadscore.pipeline.coded import TEXT
from leadscore.pipeline.rank import rank_leads
from tests.running import Place, csv_of

CONFIG = """
name: test
id: lead_id
fields: {{seen: {{type: date}}, agreed: {{type: boolean}}}}
groups:
  fit: {{cap: 10, rules: [{{name: points, kind: count, field: points, each: 1}}]}}
  keen: {{cap: 10, rules: [{{name: mails, kind: count, field: mails, each: 1}}]}}
  place: {{rules: [{{name: country, kind: lookup, field: country, values: {{NO: 0.01}}}}]}}
scales: {{light: {{of: fit, cuts: {{green: 70, red: 0}}}}, tenth: {{of: fit, to: 1-10}}}}
value: {{size: size, cases: [{{when: {{lead_id: {{known: true}}}}, probability: 50%}}]}}
heat: {{weights: {{fit: 1, keen: 1}}}}
tiers: [{{name: Zone, min_score: 10}}, {{name: Area}}]
rank_by: {}
"""
HEADER = "lead_id,points,mails,size,days,seen,agreed,country"
LEADS = [
    "1,10,5,100,30,2026-01-01,yes,SE",
    "2,2,9,,5,2026-03-01,no,DK",
    "3,6,1,900,,,,",
    "4,8,2,50,5,2026-02-01,no,SE",
]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize(
    ("rank_by", "order"),
    [
        ("[score]", "1243"),
        ("score", "1243"),
        ("[{lowest: score}]", "3421"),
        ("[fit]", "1432"),
        ("[{lowest: fit}]", "2341"),
        ("[tier, {lowest: score}]", "4213"),
        ("[{lowest: tier}, score]", "3124"),
        ("[expected_value]", "3142"),
        ("[{lowest: expected_value}]", "4132"),
        ("[tier, expected_value]", "1423"),
        ("[days]", "1243"),
        ("[{lowest: days}]", "2413"),
        ("[{lowest: days}, {lowest: keen}]", "4213"),
        ("[seen]", "2413"),
        ("[{lowest: seen}]", "1423"),
        ("[agreed]", "1243"),
        ("[light, keen]", "1423"),
        ("[{lowest: light}, keen]", "2314"),
        ("[tenth]", "1432"),
        ("[heat]", "1243"),
        ("[heat_colour, fit]", "1423"),
        ("[coverage]", "1234"),
        ("[{lowest: country}]", "2143"),
    ],
)
def test_leads_are_ranked_by_any_number_date_tier_or_label(place: Place, rank_by: str, order: str) -> None:
    ended = place.score(csv_of(HEADER, LEADS), CONFIG.format(rank_by))
    assert ended.code == 0, ended.stderr
    assert "".join(row["lead_id"] for row in place.rows()) == order


def test_the_manifest_says_how_leads_were_ranked(place: Place) -> None:
    place.score(csv_of(HEADER, LEADS), CONFIG.format("[tier, {lowest: days}]"))
    assert place.manifest()["rank_by"] == ["tier", {"lowest": "days"}, "id"]


def test_a_key_that_could_mean_two_things_is_refused(place: Place) -> None:
    config = CONFIG.format("[heat]").replace("field: mails", "field: heat")
    ended = place.score(csv_of(HEADER, LEADS), config)
    assert ended.code == 3
    assert "rank_by.0: is a column of the result, and a field as well" in ended.stderr


MODEL = load_model(
    {
        "name": "test",
        "id": "lead_id",
        "fields": {"days": {"type": "number"}},
        "groups": {
            "fit": {"rules": [{"name": "days", "kind": "count", "field": "days", "each": 1, "cap": 9}]}
        },
        "tiers": [{"name": "Zone", "min_score": 5}, {"name": "Area", "min_score": 2}, {"name": "Rest"}],
    }
)
KEYS = [key for name in ("score", "tier", "days", "country", "fit") for key in (name, {"lowest": name})]
IDS = st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=12, unique=True)


def plain_order(leads: pd.DataFrame, rank_by: list[Any]) -> list[int]:
    """The order by Python's own sorting, one lead compared with the other."""
    names = [tier.name for tier in MODEL.tiers]

    def key(place: int) -> list[Any]:
        keys: list[Any] = []
        for asked in rank_by:
            name, sign = (asked, -1) if isinstance(asked, str) else (asked["lowest"], 1)
            value = leads[name if name in leads else f"rank_by {name}"].iloc[place]
            if pd.isna(value):
                keys.append((1,))
            elif name == "country":
                keys.append((0, [sign * ord(letter) for letter in value] + [sign * -1]))
            else:
                keys.append((0, -sign * names.index(value) if name == "tier" else sign * value))
        return [*keys, leads["id"].iloc[place]]

    return sorted(range(len(leads)), key=key)


@given(ids=IDS, rank_by=st.lists(st.sampled_from(KEYS), min_size=1, max_size=3), data=st.data())
def test_the_order_is_that_of_comparing_lead_by_lead(ids: list[str], rank_by: list[Any], data: Any) -> None:
    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return [data.draw(values) for _ in ids]

    leads = pd.DataFrame(
        {
            "id": pd.array(ids, dtype=TEXT),
            "score": np.array(
                column(st.integers(-2, 2)), dtype=data.draw(st.sampled_from([np.int32, np.int64]))
            ),
            "fit": pd.array(column(st.none() | st.integers(-1, 1)), dtype="Int64"),
            "tier": pd.array(column(st.sampled_from([tier.name for tier in MODEL.tiers])), dtype=TEXT),
            "rank_by days": column(st.sampled_from([float("nan"), -1.5, 0.0, -0.0, 7.0, float("inf")])),
            "rank_by country": pd.array(
                column(st.sampled_from([None, "", "NO", "N", "é", "\U0001d11e"])), dtype=TEXT
            ),
        }
    )
    keys = tuple(key if isinstance(key, str) else Lowest(**key) for key in rank_by)
    model = MODEL.model_copy(update={"rank_by": keys})
    expected = plain_order(leads, rank_by)
    assert rank_leads(leads, model).tolist() == expected
    assert rank_leads(leads.astype({"tier": "category"}), model).tolist() == expected
