"""test_facts_seen: what a linter is told of an export is what stands in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from leadscore.analysis import rule_pairs
from leadscore.analysis.check import Checked, Files, check_config
from leadscore.analysis.rule_pairs import RulePairs
from leadscore.rules.match import Match

DAY = date(2026, 6, 30)
MODEL = """\
name: small
id: lead_id
FIELDS
groups:
  fit: {rules: [RULES]}
tiers: [{name: All}]
REST
"""
LOOKUP = "{name: trade, kind: lookup, field: trade, values: {IT: 5, Law: 0}}"


def check(
    tmp_path: Path,
    rules: str,
    exports: list[list[str]],
    fields: str = "",
    rest: str = "",
    run: Path | None = None,
) -> Checked:
    """A config with these rules, held against exports of these lines."""
    config = tmp_path / "model.yml"
    text = MODEL.replace("RULES", rules).replace("FIELDS", fields).replace("REST", rest)
    config.write_text(text, encoding="utf-8")
    paths = [tmp_path / f"{name}.csv" for name in "abc"[: len(exports)]]
    for path, lines in zip(paths, exports, strict=True):
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return check_config(config, (), DAY, Files(paths, previous=run))


def told(checked: Checked, code: str) -> list[str]:
    """What the doubts of a kind say, each with its key."""
    return [f"{each.problem.key}: {each.problem.what}" for each in checked.findings if each.code == code]


def trades(*counts: tuple[str, int]) -> list[str]:
    each = [trade for trade, count in counts for _ in range(count)]
    return ["lead_id,trade", *(f"{place},{trade}" for place, trade in enumerate(each))]


def test_values_that_a_lookup_does_not_list_are_counted_and_the_frequent_ones_named(tmp_path: Path) -> None:
    leads = trades(("it", 50), ("", 30), ("Law", 20), ("Art", 5), (" art ", 1), ("Farming", 9))
    (what,) = told(check(tmp_path, LOOKUP, [leads]), "value-not-listed")
    key = "groups.fit.rules.trade.values: "
    assert what == f"{key}15 leads have 2 values that it does not list: Farming 9, Art 6"


@pytest.mark.parametrize(
    ("header", "rare"),
    [("Trade", 4), ("Owner", 5), ("Contact name", 5), ("trade id", 5), ("a@b.example", 5)],
)
def test_values_of_few_leads_or_of_columns_that_tell_who_somebody_is_are_only_counted(
    tmp_path: Path, header: str, rare: int
) -> None:
    art = "x@example.org" if "@" in header else "Art"
    leads = [line.replace("trade", header) for line in trades(("IT", 50), (art, rare))]
    checked = check(tmp_path, LOOKUP, [leads], f'fields: {{trade: {{from: "{header}"}}}}')
    assert told(checked, "value-not-listed") == [
        f"groups.fit.rules.trade.values: {rare} leads have 1 value that it does not list"
    ]


@pytest.mark.parametrize(
    "rules",
    [
        LOOKUP.replace("5, Law", "5, Art: 1, Law"),
        LOOKUP.replace("values", "otherwise: 0, values"),
        "{name: trade, kind: table, field: trade, cases: [{is: IT, points: 5}, {in: [Law, Art], points: 1}]}",
        "{name: trade, kind: table, field: trade, cases: [{is: IT, points: 5}, {starts_with: L, points: 1}]}",
    ],
)
def test_values_that_are_listed_or_meant_to_earn_nothing_are_not_doubted(tmp_path: Path, rules: str) -> None:
    assert told(check(tmp_path, rules, [trades(("IT", 5), ("art", 3))]), "value-not-listed") == []


def test_a_table_of_values_is_looked_at_as_a_lookup_is_and_cells_with_several_values_value_by_value(
    tmp_path: Path,
) -> None:
    cases = "cases: [{is: IT, points: 5}, {in: [Law], points: 1}, {missing: true, points: -1}]"
    table = f"{{name: trade, kind: table, field: trade, {cases}}}"
    assert told(check(tmp_path, table, [trades(("IT", 5), ("Art", 3))]), "value-not-listed") == [
        "groups.fit.rules.trade.cases: 3 leads have 1 value that it does not list"
    ]
    several = trades(("IT;Art", 50), ("Art;Pop", 10), ("IT;Law", 40))
    fields = 'fields: {trade: {list: ";"}}'
    assert told(check(tmp_path, LOOKUP, [several], fields), "value-not-listed") == [
        "groups.fit.rules.trade.values: 60 leads have 2 values that it does not list: Art 60, Pop 10"
    ]


RULES = [
    Match.model_validate({"name": name, "kind": "match", "when": {"v": name}, "points": "5"})
    for name in "abcd"
]
points = st.tuples(*[st.sampled_from([0, 0, 5, -5])] * len(RULES))
batches = st.lists(st.lists(points, max_size=200), max_size=3)


@given(batches)
def test_leads_that_two_rules_share_are_counted_one_by_one(each: list[list[tuple[int, ...]]]) -> None:
    pairs = RulePairs(RULES)
    for batch in each:
        pairs.add(np.array(batch, dtype=np.int64).reshape(-1, len(RULES)).T)
    hits = [[bool(lead[rule]) for batch in each for lead in batch] for rule in range(len(RULES))]
    expected = [[sum(a and b for a, b in zip(one, other, strict=True)) for other in hits] for one in hits]
    assert np.triu(pairs.both).tolist() == np.triu(np.array(expected)).tolist()


def test_of_too_many_rules_those_that_move_most_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_pairs, "MOST", 2)
    rules = [
        rule.model_copy(update={"points": worth})
        for rule, worth in zip(RULES, (5, 100, -300, 50), strict=True)
    ]
    pairs = RulePairs(rules)
    pairs.add(np.ones((4, 30), dtype=np.int64))
    assert pairs.close() == {("b", "c"): 30}


def test_rules_that_give_points_to_the_same_leads_are_told_with_what_is_at_stake(tmp_path: Path) -> None:
    rules = (
        "{name: a, kind: match, when: {x: 1}, points: 5}, {name: b, kind: count, field: y, each: 2, cap: 9}"
    )
    lines = [f"{n},{int(n < 100)},{int(3 <= n < 100) * (1 + n % 2)}" for n in range(300)]
    (what,) = told(check(tmp_path, rules, [["lead_id,x,y", *lines]]), "rules-coincide")
    # 97 of 100 leads; b gives 2 or 4 points, 3.01 on average.
    assert "97 in common, Jaccard 0.97, phi 0.98, 3.01 points at stake (line 5, groups.fit.rules.a)" in what


def test_a_decay_whose_date_is_missing_for_most_of_the_leads_with_points_is_told(tmp_path: Path) -> None:
    rule = "{name: a, kind: match, when: {x: 1}, points: 5, decay: {half_life_days: 9, since: seen}}"
    lines = [f"{n},{int(n < 40)},{'2026-06-01' if n >= 30 else ''}" for n in range(100)]
    (what,) = told(check(tmp_path, rule, [["lead_id,x,seen", *lines]]), "decay-date-missing")
    assert what == "groups.fit.rules.a.decay: seen is missing for 30 of the 40 leads with points"


COUNT = "{name: n, kind: count, field: visits, each: 1, cap: 9}"
OPTIONAL = "fields: {visits: {type: number, optional: true}}"


def visits(header: str, *cells: object) -> list[str]:
    return [f"lead_id,{header}", *(f"{header}{place},{cell}" for place, cell in enumerate(cells))]


def test_an_optional_column_that_was_renamed_is_told_and_one_that_is_not_there_is_not(tmp_path: Path) -> None:
    renamed = check(tmp_path, COUNT, [visits("visit", 1, 2)], OPTIONAL)
    assert told(renamed, "column-renamed") == ["fields.visits: has no column, and nothing reads 'visit'"]
    assert told(check(tmp_path, COUNT, [visits("budget", 1, 2)], OPTIONAL), "column-renamed") == []


def test_a_column_that_some_files_lack_is_told_with_the_files(tmp_path: Path) -> None:
    checked = check(tmp_path, COUNT, [visits("visits", 1, 2), visits("budget", 1, 2)])
    (what,) = told(checked, "column-missing")
    assert what.endswith("has no column in b.csv, and has one in other files")
    assert told(check(tmp_path, COUNT, [visits("visits", 1, 2)]), "column-missing") == []


def test_a_column_that_is_empty_or_unreadable_for_nearly_all_is_told(tmp_path: Path) -> None:
    (what,) = told(check(tmp_path, COUNT, [visits("visits", 1, *["many"] * 60, *[""] * 60)]), "column-empty")
    assert what == "groups.fit.rules.n.field: column 'visits' has a value for 1 of 121 leads"
    assert told(check(tmp_path, COUNT, [visits("visits", 1, 2, *[""] * 119)]), "column-empty") == []


def test_every_lead_at_the_cap_and_a_tier_without_leads_are_told(tmp_path: Path) -> None:
    score = "score: {cap: 3}"
    assert told(check(tmp_path, COUNT, [visits("visits", 4, 5, 9)], rest=score), "bound-always-binds") == [
        "score.cap: holds every lead at 3: all 3 of the export"
    ]
    assert told(check(tmp_path, COUNT, [visits("visits", 3, 5, 9)], rest=score), "bound-always-binds") == []


def test_segments_are_looked_at_one_by_one(tmp_path: Path) -> None:
    segments = "segments: [{name: large, when: {size: {at_least: 9}}}, {name: small}]"
    lines = ["lead_id,size,trade", "1,10,IT", "2,10,Art", "3,1,IT", "4,1,Law"]
    (what,) = told(check(tmp_path, LOOKUP, [lines], rest=segments), "value-not-listed")
    assert what.startswith("segments.large.")
    assert "1 lead has 1 value" in what
