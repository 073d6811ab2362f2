"""test_arms: every lead of a run has an arm, by its id alone, and the summary counts them."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.model.test_arms import HALVES, IDS, TRIAL, deal
from tests.running import DAY, Place, model_of, run

RULE = "kind: count, field: n, each: 1, cap: 99"
ARMS = f"arms: {{name: {TRIAL}, shares: {{pilot: 50%, control: 50%}}}}"
CONFIG = model_of(RULE, head=ARMS)
LEADS = "lead_id,n\n" + "".join(f"{id_},{place}\n" for place, id_ in enumerate(IDS))
EXPECTED = dict(zip([id_.strip() for id_ in IDS], deal(HALVES, [id_.strip() for id_ in IDS]), strict=False))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def arms_of(place: Place, name: str = "ranked.csv") -> dict[str, str]:
    return {row["lead_id"]: row["arm"] for row in place.rows(name)}


def test_the_arm_stands_behind_the_tier(place: Place) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    assert list(place.rows()[0])[:5] == ["rank", "score", "tier", "arm", "fit"]
    assert arms_of(place) == dict(zip(IDS, deal(HALVES, IDS), strict=True))


def test_leads_keep_their_arm_whatever_the_other_leads_are(place: Place) -> None:
    place.score(LEADS, CONFIG)
    before = arms_of(place)
    header, *lines = LEADS.splitlines()
    more = [f"new {number},5" for number in range(500)]
    place.score("\n".join([header, *more, *reversed(lines[2:])]) + "\n", CONFIG)
    later = arms_of(place)
    assert {id_: later[id_] for id_ in IDS[2:]} == {id_: before[id_] for id_ in IDS[2:]}


def test_an_arm_does_not_depend_on_the_format_of_the_export(place: Place) -> None:
    place.score(LEADS, CONFIG, "--format", "parquet")
    rows = pq.read_table(place.out / "ranked.parquet").select(["lead_id", "n", "arm"])
    expected = dict(zip(rows["lead_id"].to_pylist(), rows["arm"].to_pylist(), strict=True))
    pq.write_table(rows.select(["lead_id", "n"]), place.folder / "again.parquet")
    place.score(place.folder / "again.parquet", CONFIG)
    assert arms_of(place) == expected


def test_who_is_disqualified_or_screened_has_an_arm_as_well(place: Place) -> None:
    out = "disqualify: [{name: a, when: {n: 1}}]\nscreen: {spam: [{name: b, when: {n: 2}}]}"
    assert place.score(LEADS, model_of(RULE, head=f"{ARMS}\n{out}")).code == 0
    arms = deal(HALVES, IDS)
    assert arms_of(place, "disqualified.csv") == {IDS[1]: arms[1]}
    assert arms_of(place, "screened.csv") == {IDS[2]: arms[2]}
    assert list(place.rows("disqualified.csv")[0])[:3] == ["disqualified_by", "score", "arm"]
    assert [arm["leads"] for arm in place.summary()["arms"]["arms"]] == [4, 4]


def test_the_summary_counts_the_ranked_leads_of_each_arm(place: Place) -> None:
    ended = place.score(LEADS, CONFIG)
    assert place.summary()["arms"] == {
        "name": TRIAL,
        "arms": [
            {"name": "pilot", "of": 0.5, "leads": 5, "share": 0.5},
            {"name": "control", "of": 0.5, "leads": 5, "share": 0.5},
        ],
    }
    table = [line.split() for line in ended.stderr.splitlines()]
    assert ["Arm", "Meant", "Leads", "Share"] in table
    assert ["pilot", "50", "%", "5", "50.0", "%"] in table


def test_without_arms_nothing_is_said_of_them(place: Place) -> None:
    ended = place.score(LEADS, model_of(RULE))
    assert "arms" not in place.summary()
    assert "arm" not in place.rows()[0]
    assert "Meant" not in ended.stderr


def test_a_lead_without_an_id_has_no_arm_and_is_set_aside(place: Place) -> None:
    assert place.score(LEADS + ",5\n", CONFIG).code == 5
    assert len(arms_of(place)) == len(IDS)
    empty = "lead_id,n\n,5\n"
    assert place.score(empty, f"{CONFIG}checks: {{min_rows: 0, max_rows_set_aside: 1}}\n").code == 0
    assert [arm["share"] for arm in place.summary()["arms"]["arms"]] == [None, None]


def test_segments_have_the_arms_of_the_whole_run(place: Place) -> None:
    head = f"{ARMS}\nsegments: [{{name: some, when: {{n: {{above: 4}}}}}}, {{name: rest}}]"
    assert place.score(LEADS, model_of(RULE, head=head)).code == 0
    assert arms_of(place) == dict(zip(IDS, deal(HALVES, IDS), strict=True))


def test_the_apostrophe_that_disarmed_an_id_is_no_part_of_it(place: Place) -> None:
    place.score("lead_id,n\n=1+1,5\n", CONFIG)
    (arm,) = arms_of(place).values()
    place.score("lead_id,n\n'=1+1,5\n", CONFIG)
    assert list(arms_of(place).values()) == [arm] == deal(HALVES, ["=1+1"])


def test_an_export_with_a_column_arm_needs_a_prefix(place: Place) -> None:
    leads = "lead_id,n,arm\n1,5,left\n"
    ended = place.score(leads, CONFIG)
    assert (ended.code, "arm: the output has a column of this name" in ended.stderr) == (4, True)
    assert place.score(leads, model_of(RULE, head=f"{ARMS}\noutput: {{prefix: ls_}}")).code == 0
    assert (place.rows()[0]["ls_arm"], place.rows()[0]["arm"]) == ("control", "left")
    assert place.score(leads, model_of(RULE)).code == 0


def test_a_group_may_be_called_arm_where_there_are_none(place: Place) -> None:
    assert place.score(LEADS, model_of(RULE).replace("  fit:", "  arm:")).code == 0
    assert list(place.rows()[0])[:4] == ["rank", "score", "tier", "arm"]
    assert place.rows()[0]["arm"] == "9"


def test_check_and_explain_know_a_config_with_arms(place: Place) -> None:
    leads, config = place.write("leads.csv", LEADS), place.write("model.yml", CONFIG)
    assert run("check", config, leads).code == 0
    assert run("explain", leads, "-c", config, "--id", "7", "--as-of", DAY).code == 0


def test_the_crm_gets_the_arm_where_it_has_a_name_for_it(place: Place) -> None:
    config = model_of(RULE, head=f"{ARMS}\nwrite_back: {{id: Id, score: Score, arm: Group}}")
    assert place.score(LEADS, config, "--write-back").code == 0
    told = {row["Id"]: row["Group"] for row in place.rows("crm_import.csv")}
    assert told == dict(zip(IDS, deal(HALVES, IDS), strict=True))
    without = model_of(RULE, head="write_back: {id: Id, arm: Group}")
    ended = place.score(LEADS, without, "--write-back")
    assert (ended.code, "leads have no arm without arms" in ended.stderr) == (3, True)
