"""test_rank: the order of the leads is the one the config asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

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
