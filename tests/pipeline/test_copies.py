"""test_copies: a lead whose id stands more than once is refused, or the config says which line counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.running import DAY, Place, run

CONFIG = """
name: copies
id: id
groups: {fit: {cap: 50, rules: [{name: points, kind: count, field: points, each: 1, cap: 50}]}}
disqualify: [{name: gone, when: {points: 0}}]
accounts: {by: company, combine: sum, in_score: {share: 10%, cap: 20}}
tiers: [{name: All}]
"""
LEADS = "id,company,points\n1,A,10\n2,A,20\n1,A,0\n3,B,5\n2,B,40\n"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_copies_are_refused_unless_the_config_says_which_line_counts(place: Place) -> None:
    ended = place.score(LEADS, CONFIG)
    assert ended.code == 4
    assert "leads.csv:2: id: the same id stands again in" in ended.stderr
    assert "checks.on_duplicate" in ended.stderr


@pytest.mark.parametrize(
    ("keep", "scores", "copies"),
    [  # A has 10 + 20 and B 5; then A nobody that is ranked, and B 5 + 40
        ("first", {"1": "13", "2": "23", "3": "5.5"}, [4, 6]),
        ("last", {"3": "9.5", "2": "44.5"}, [2, 3]),
    ],
)
def test_one_line_counts_and_the_others_are_set_aside_without_an_alarm(
    place: Place, keep: str, scores: dict[str, str], copies: list[int]
) -> None:
    ended = place.score(LEADS, f"{CONFIG}checks: {{on_duplicate: {keep}}}\n")
    assert (ended.code, place.scores("id")) == (0, scores)
    assert place.set_aside() == [(line, f"a copy: the {keep} line with this id counts") for line in copies]
    assert place.summary()["leads"]["set_aside"] == 2


def test_real_damage_is_still_an_alarm(place: Place) -> None:
    assert place.score(f"{LEADS}4,A\n", f"{CONFIG}checks: {{on_duplicate: first}}\n").code == 5


@pytest.mark.parametrize(("keep", "line"), [("first", 3), ("last", 6)])
def test_explain_shows_the_line_that_counts(place: Place, keep: str, line: int) -> None:
    export = place.write("leads.csv", LEADS)
    model = place.write("model.yml", f"{CONFIG}checks: {{on_duplicate: {keep}}}\n")
    assert place.score(export, model).code == 0
    told = json.loads(run("explain", export, "-c", model, "--id", "2", "--as-of", DAY, "--json").stdout)[
        "leads"
    ][0]
    assert (told["line"], f"{told['score']:g}") == (line, place.scores("id")["2"])


def test_the_cells_of_a_copy_are_set_aside_as_they_were(place: Place) -> None:
    place.score(LEADS, f"{CONFIG}checks: {{on_duplicate: first}}\n")
    assert [row["text"] for row in place.rows("set_aside.csv")] == ["1,A,0", "2,B,40"]
