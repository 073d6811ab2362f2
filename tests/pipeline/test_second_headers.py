"""test_second_headers: rows under a header of other columns are not read by the first one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import Place

CONFIG = """
name: headers
id: lead_id
groups: {fit: {rules: [{name: known, kind: match, when: {name: {known: true}}, points: 5}]}}
tiers: [{name: All}]
"""
BELOW = "under a second header, whose columns may be others"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_header_of_another_order_ends_what_can_be_read(place: Place) -> None:
    ended = place.score("lead_id,name,note\n1,Ann,y\nlead_id,note,name\n2,,7\n3,x,8\n", CONFIG)
    assert (ended.code, place.scores()) == (5, {"1": "5"})
    assert place.set_aside() == [(3, BELOW), (4, BELOW), (5, BELOW)]


def test_each_file_has_its_own(place: Place) -> None:
    one = place.write("one.csv", "lead_id,name,note\n1,Ann,y\nlead_id,note,name\n2,,7\n")
    two = place.write("two.csv", "lead_id,name,note\n4,Bob,y\n")
    assert place.score(one, CONFIG).code == 5
    ended = place.score(two, CONFIG)
    assert (ended.code, place.scores()) == (0, {"4": "5"})


def test_an_account_is_not_made_of_such_rows(place: Place) -> None:
    more = "accounts: {by: name, combine: sum, in_score: {share: 100%, cap: 50}}\n"
    place.score("lead_id,name,note\n1,Ann,y\nlead_id,note,name\n2,Ann,7\n", CONFIG + more)
    assert place.scores() == {"1": "10"}


def test_a_file_without_a_sound_lead_says_which_lines_are_wrong(place: Place) -> None:
    ended = place.score("lead_id,name,note\n1,Ann\n2,Bob\n", CONFIG)
    assert ended.code == 4
    assert "leads.csv:2: set aside: 2 fields, the header has 3" in ended.stderr
    assert "leads.csv:3: set aside: 2 fields, the header has 3" in ended.stderr
