"""test_arms: pilot against control, or any groups of leads against each other, with what chance allows."""

from __future__ import annotations

import io
import json
import statistics
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from leadscore.analysis.evaluate.arms import Group, Groups, compare_arms, open_groups
from leadscore.analysis.evaluate.judged import Split, judge_leads
from leadscore.analysis.files import Files
from leadscore.analysis.variant import read_variant
from leadscore.errors import InputError
from leadscore.views.arms import arms_json, arms_view
from tests.conftest import ROOT
from tests.model.test_arms import HALVES, TRIAL, deal
from tests.running import model_of

RULE = "kind: count, field: n, each: 1, cap: 99"
OUTCOME = "outcome: {field: converted, won: [yes]}"
DATED = "outcome: {field: converted, won: [yes], at: closed, since: created}"
Row = tuple[str, ...]


def judge(
    folder: Path, header: str, rows: Sequence[Row], head: str, by: str, split: Split | None = None
) -> Groups:
    """What came of the groups of an export."""
    export, config = folder / "leads.csv", folder / "model.yml"
    export.write_text("".join(",".join(cells) + "\n" for cells in (("lead_id", *header.split()), *rows)))
    config.write_text(model_of(RULE, head=head))
    variant, groups = open_groups(read_variant("A", config), by)
    files = Files([export], date(2026, 6, 30))
    return compare_arms(judge_leads(variant, files, split, groups.keep), groups)


def worked(*groups: tuple[str, int, int]) -> list[Row]:
    """Leads of groups: (name, won, leads)."""
    outcomes = [
        (name, "yes" if place < won else "no") for name, won, leads in groups for place in range(leads)
    ]
    return [(str(place), "5", name, outcome) for place, (name, outcome) in enumerate(outcomes)]


def shown(parts: Iterable[RenderableType]) -> str:
    """What people see on a wide terminal."""
    console = Console(file=io.StringIO(), width=200, markup=False, highlight=False)
    for part in parts:
        console.print(part)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def named(groups: Groups) -> dict[str | None, Group]:
    return {group.name: group for group in groups.groups}


def test_the_worked_example_of_pilot_and_control_comes_out(tmp_path: Path) -> None:
    """models.md E21; the interval is Newcombe's, from the roots of Wilson's two equations."""
    rows = worked(("pilot", 60, 400), ("control", 40, 400))
    groups = judge(tmp_path, "n team converted", rows, OUTCOME, "team")
    assert groups.base == "control"
    pilot, control = named(groups)["pilot"], named(groups)["control"]
    assert (pilot.won, pilot.leads, control.won, control.leads) == (60, 400, 40, 400)
    assert pilot.against is not None
    assert control.against is None
    assert round(100 * pilot.against.value.value, 1) == 5.0
    assert round(pilot.against.z, 2) == 2.14
    assert round(pilot.against.p, 3) == 0.033
    assert pilot.against.value.low == pytest.approx(0.0040, abs=5e-5)
    assert pilot.against.value.high == pytest.approx(0.0961, abs=5e-5)
    assert (pilot.rate.value, round(pilot.rate.low, 4), round(pilot.rate.high, 4)) == (0.15, 0.1183, 0.1883)


def test_the_readme_shows_what_comes_out(tmp_path: Path) -> None:
    groups = judge(
        tmp_path, "n team converted", worked(("pilot", 60, 400), ("control", 40, 400)), OUTCOME, "team"
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("### Pilot and control")[1].split("```text\n")[1].split("```")[0]
    lines = [line.rstrip() for line in shown(arms_view(groups)).splitlines()]
    assert lines[: len(table.splitlines())] == table.splitlines()


def test_the_arms_of_a_config_are_told_apart_by_the_ids_alone(tmp_path: Path) -> None:
    ids = [str(number) for number in range(1_000)]
    arms = dict(zip(ids, deal(HALVES, ids), strict=True))
    rows = [(id_, "5", "yes" if int(id_) % (4 if arms[id_] == "pilot" else 8) == 0 else "no") for id_ in ids]
    head = f"{OUTCOME}\narms: {{name: {TRIAL}, shares: {{pilot: 50%, control: 50%}}}}"
    groups = judge(tmp_path, "n converted", rows, head, "arm")
    assert [group.name for group in groups.groups] == ["pilot", "control"]
    for name, group in named(groups).items():
        own = [row for row in rows if arms[row[0]] == name]
        assert (group.leads, group.won) == (len(own), sum(row[2] == "yes" for row in own))


def test_without_arms_in_the_config_arm_is_a_column_like_any_other(tmp_path: Path) -> None:
    groups = judge(tmp_path, "n arm converted", worked(("x", 1, 2), ("y", 1, 1)), OUTCOME, "arm")
    assert {name: group.leads for name, group in named(groups).items()} == {"x": 2, "y": 1}


def test_without_a_control_the_value_with_most_leads_is_measured_against(tmp_path: Path) -> None:
    rows = worked(("b", 5, 10), ("a", 5, 20), ("c", 5, 10))
    groups = judge(tmp_path, "n team converted", rows, OUTCOME, "team")
    assert groups.base == "a"
    assert [group.name for group in groups.groups] == ["a", "b", "c"]
    assert [group.against is None for group in groups.groups] == [True, False, False]
    assert groups.groups[1].against is not None
    assert groups.groups[1].against.value.value == pytest.approx(0.25)


def test_texts_that_are_compared_as_the_same_are_one_group(tmp_path: Path) -> None:
    rows = worked(("Control", 1, 3), (" control", 1, 2), ("PILOT", 2, 9))
    groups = judge(tmp_path, "n team converted", rows, OUTCOME, "team")
    assert groups.base == "Control"
    assert {name: group.leads for name, group in named(groups).items()} == {"Control": 5, "PILOT": 9}


def test_leads_without_a_value_are_told_by_themselves_and_last(tmp_path: Path) -> None:
    rows = worked(("", 9, 30), ("a", 5, 20))
    groups = judge(tmp_path, "n team converted", rows, OUTCOME, "team")
    assert [(group.name, group.leads) for group in groups.groups] == [("a", 20), (None, 30)]
    nobody = judge(tmp_path, "n team converted", worked(("", 9, 30)), OUTCOME, "team")
    assert (nobody.base, [group.leads for group in nobody.groups]) == (None, [30])


def test_of_many_values_twenty_are_told_and_the_rest_together(tmp_path: Path) -> None:
    rows = worked(*((f"owner {number:02}", 1, 60 - number) for number in range(30)), ("control", 3, 9))
    groups = judge(tmp_path, "n team converted", rows, OUTCOME, "team")
    assert (groups.base, groups.groups[0].name, len(groups.groups)) == ("control", "control", 21)
    rest = groups.groups[-1]
    assert (rest.name, rest.values, rest.leads) == ("", 11, sum(60 - number for number in range(19, 30)))
    assert sum(group.leads for group in groups.groups) == len(rows)


def test_only_ranked_leads_whose_outcome_is_known_count(tmp_path: Path) -> None:
    rows = [*worked(("a", 2, 5)), ("x", "5", "a", ""), ("y", "7", "a", "yes")]
    head = f"{OUTCOME}\ndisqualify: [{{name: rival, when: {{n: 7}}}}]"
    (group,) = judge(tmp_path, "n team converted", rows, head, "team").groups
    assert (group.leads, group.won) == (5, 2)


def test_days_to_close_are_those_of_won_leads_with_both_dates(tmp_path: Path) -> None:
    came = date(2026, 1, 1)
    days: dict[str, list[int | None]] = {"pilot": [10, 20, 60, None], "control": [0, 90, 91, 100, -5]}
    rows = [
        (f"{team} {place}", "5", team, "yes", str(came), "" if wait is None else str(came + timedelta(wait)))
        for team, waits in days.items()
        for place, wait in enumerate(waits)
    ]
    rows += [("lost", "5", "pilot", "no", str(came), str(came + timedelta(500)))]
    groups = judge(tmp_path, "n team converted created closed", rows, DATED, "team")
    for team, waits in days.items():
        known = [wait for wait in waits if wait is not None and wait >= 0]
        own = named(groups)[team].days
        assert own is not None
        assert (own.known, own.median) == (len(known), statistics.median(known))
        assert own.mean == pytest.approx(statistics.mean(known))
    assert groups.backwards == 1


def test_without_both_dates_nothing_is_said_of_days(tmp_path: Path) -> None:
    groups = judge(tmp_path, "n team converted", worked(("a", 3, 9)), OUTCOME, "team")
    assert groups.groups[0].days is None
    assert "days" not in shown(arms_view(groups))


def test_with_a_split_only_outcomes_after_it_count(tmp_path: Path) -> None:
    days = ["2026-01-10", "2026-03-10", "2026-03-20"]
    rows = [(str(place), "5", "a", "yes", "2026-01-01", day) for place, day in enumerate(days)]
    groups = judge(tmp_path, "n team converted created closed", rows, DATED, "team", Split(date(2026, 2, 1)))
    assert groups.groups[0].won == 2


def test_groups_with_few_leads_are_marked_and_have_their_intervals(tmp_path: Path) -> None:
    rows = worked(("a", 40, 80), ("b", 39, 80), ("c", 41, 80), ("d", 0, 1))
    groups = judge(tmp_path, "n team converted", rows, OUTCOME, "team")
    assert {name: group.few for name, group in named(groups).items()} == {
        "a": False, "b": True, "c": True, "d": True,
    }  # fmt: skip
    single = named(groups)["d"]
    assert (single.rate.value, single.rate.low, round(single.rate.high, 3)) == (0, 0, 0.793)
    assert single.against is not None


def test_a_field_the_export_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column 'owner'"):
        judge(tmp_path, "n team converted", worked(("a", 1, 2)), OUTCOME, "owner")


def test_the_table_says_what_is_measured_against_what(tmp_path: Path) -> None:
    rows = worked(("pilot", 60, 400), ("control", 40, 400), ("[b]third[/b]", 1, 9))
    text = shown(arms_view(judge(tmp_path, "n team converted", rows, OUTCOME, "team")))
    lines = [line.split() for line in text.splitlines()]
    assert ["team", "Won", "Leads", "Rate", "95", "%", "Points", "95", "%", "z", "p"] in lines
    assert "pilot 60 400 15.0 % 11.8 to 18.8 +5.0 +0.4 to +9.6 2.14 0.033".split() in lines
    assert "control 40 400 10.0 % 7.4 to 13.3".split() in lines
    assert "points: percentage points more than control; p: how often chance alone does as much" in text
    assert "of 2 comparisons one below 0.05 is easily chance; ask for p below 0.025" in text
    assert "[b]third[/b]" in text
    assert "few: fewer than 40 won or 40 lost leads" in text


def test_json_has_shares_and_all_that_the_table_has(tmp_path: Path) -> None:
    rows = worked(("pilot", 60, 400), ("control", 40, 400), ("", 1, 2))
    told = json.loads(json.dumps(arms_json(judge(tmp_path, "n team converted", rows, OUTCOME, "team"))))
    assert (told["by"], told["against"], told["won_before_they_came_in"]) == ("team", "control", 0)
    pilot, control, unknown = sorted(told["groups"], key=lambda group: -group["won"])
    assert (pilot["value"], pilot["leads"], pilot["won"], pilot["few"]) == ("pilot", 400, 60, False)
    assert pilot["difference"]["value"] == pytest.approx(0.05)
    assert set(pilot["difference"]) == {"value", "low", "high", "z", "p"}
    assert (control["difference"], unknown["value"], unknown["days"]) == (None, None, None)


def test_each_group_is_told_tier_by_tier(tmp_path: Path) -> None:
    tiers = {"pilot": {"12": 3, "5": 1}, "control": {"12": 1, "5": 2, "x": 0}}
    rows = [
        (f"{team} {score} {place}", score, team, "yes" if place < won else "no")
        for team, scores in tiers.items()
        for score, won in scores.items()
        for place in range(4)
    ]
    groups = judge(tmp_path, "n team converted", rows, OUTCOME, "team")
    told = {
        name: [(tier.name, tier.won, tier.leads) for tier in group.tiers]
        for name, group in named(groups).items()
    }
    assert told == {
        "pilot": [("Hot", 3, 4), ("Cold", 1, 4)],
        "control": [("Hot", 1, 4), ("Cold", 2, 8)],
    }
    lines = [" ".join(line.split()) for line in shown(arms_view(groups)).splitlines()]
    assert "Hot 1/4 25.0 % 4.6 to 69.9 3/4 75.0 % 30.1 to 95.4" in lines
    (pilot,) = (group for group in arms_json(groups)["groups"] if group["value"] == "pilot")
    assert [(tier["name"], tier["rate"]["value"]) for tier in pilot["tiers"]] == [
        ("Hot", 0.75),
        ("Cold", 0.25),
    ]


def test_a_tier_in_which_a_group_has_no_leads_has_no_rate(tmp_path: Path) -> None:
    groups = judge(tmp_path, "n team converted", worked(("a", 1, 2), ("b", 1, 1)), OUTCOME, "team")
    assert [tier.rate is None for tier in groups.groups[0].tiers] == [True, False]
    assert "won of the leads in each tier" in shown(arms_view(groups))
