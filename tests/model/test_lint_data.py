"""test_lint_data: each finding about an export, with one that has it and one that just has not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from leadscore.model.facts import Column, Facts, Leak, Lost, Part, Tally, Unlisted
from leadscore.model.lint import FINDINGS
from tests.model.test_lint import CASES as OF_CONFIGS, COUNT, MATCH, apart, findings, match, rules, screen

MADE = MATCH.replace("points: 40", "points: 40, otherwise: 3")
MEANT = MATCH.replace("points: 40", "points: 40, decay: {half_life_days: 9, missing: 0, since: seen}")
FADING = MATCH.replace("points: 40", "points: 40, decay: {half_life_days: 9, since: seen}")
LOOKUP = "{name: m, kind: lookup, field: trade, values: {IT: 40}}"
TWO = rules(match("a", "pages: 1"), match("b", "form: 1"))


def tally(*each: int) -> Facts:
    return Facts(tallies={"m": Tally(*each)})


def sign(*each: int) -> Facts:
    return Facts(signs={"b": Tally(*each)})


def pair(both: int, first: int, second: int, leads: int = 1000, points: int = 500) -> Facts:
    """Two rules, of 5 points each, with so many leads."""
    tallies = {
        "a": Tally(first, leads, leads, 500 * first),
        "b": Tally(second, leads, leads, points * second),
    }
    return Facts(tallies=tallies, pairs={("a", "b"): both})


def column(known: int, leads: int) -> Facts:
    return Facts(columns={"visits": Column("Visits", known, leads)})


def undated(what: str, some: int, leads: int) -> Facts:
    return Facts(undated={what: Part(some, leads)})


def known(now: int, of: int, was: int, before: int) -> Facts:
    return Facts(tallies={"m": Tally(1, now, of)}, before={"m": Part(was, before)})


LISTED = {"RULES": LOOKUP, "FIELDS": ""}
RULE = {"RULES": MATCH}
COUNTED = {"RULES": COUNT.replace("visits, kind", "m, kind")}
OUTCOME = {"GRADE": "outcome: {field: won, won: y}"}
RENAMED = Facts(lost={"visits": Lost(renamed="Visits")})
OPTIONAL = {"FIELDS": "visits: {type: number, optional: true}"}

# Finding, config, an export that has it, one that just has not.
CASES: list[tuple[str, Mapping[str, str], Facts, Facts]] = [
    ("rule-never-matches", RULE, tally(0, 10, 10), tally(1, 10, 10)),
    ("rule-never-matches", RULE, tally(0, 0, 10), tally(0, 0, 0)),
    ("rule-always-matches", RULE, tally(10, 10, 10), tally(9, 10, 10)),
    ("rule-always-matches", RULE, tally(10, 10, 10), tally(10, 9, 10)),
    ("sign-never-holds", screen("1", "2", "3"), sign(0, 10, 10), sign(1, 10, 10)),
    ("sign-always-holds", screen("1", "2", "3"), sign(10, 10, 10), sign(9, 9, 10)),
    ("tier-stays-empty", {}, Facts(tiers={"Cold": 100}), Facts(tiers={"Cold": 99})),
    ("tier-stays-empty", {}, Facts(tiers={"Cold": 100}), Facts(tiers={"Hot": 1, "Cold": 99})),
    ("bound-always-binds", {"BOUNDS": "cap: 30,"}, Facts(bounds={"fit: cap": Part(9, 9)}), Facts(bounds={"fit: cap": Part(8, 9)})),  # noqa: E501
    ("bound-always-binds", {"SCORE": "floor: 1"}, Facts(bounds={"score: floor": Part(9, 9)}), Facts(bounds={"score: floor": Part(0, 0)})),  # noqa: E501
    # Jaccard 90 / 100 and 89 / 100, with phi above 0.9 in both; then phi 0.9 for Jaccard above it.
    ("rules-coincide", TWO, pair(95, 100, 95), pair(89, 100, 89)),
    ("rules-coincide", TWO, pair(20, 20, 20), pair(19, 19, 19)),
    ("rules-coincide", TWO, pair(950, 950, 950), pair(950, 960, 960)),
    ("rules-coincide", TWO, pair(100, 100, 100), pair(100, 100, 100, points=-500)),
    ("rules-coincide", apart(match("a", "pages: 1"), "combine: sum"), pair(95, 95, 95), pair(85, 95, 95)),
    ("value-not-listed", LISTED, Facts(unlisted={"m": Unlisted(1, 1)}), Facts()),
    ("decay-date-missing", {"RULES": FADING}, undated("rule m", 11, 20), undated("rule m", 10, 20)),
    ("decay-date-missing", {"BOUNDS": "decay: {daily: 1%, since: seen},"}, undated("group fit", 11, 20), undated("group fit", 19, 19)),  # noqa: E501
    ("column-empty", {}, column(9, 1000), column(10, 1000)),
    ("column-empty", {}, column(0, 100), column(0, 99)),
    ("column-missing", {}, Facts(lost={"visits": Lost(files=("b.csv",))}), Facts(lost={"visits": Lost()})),
    ("column-renamed", OPTIONAL, RENAMED, Facts(lost={"visits": Lost()})),
    ("column-changed", {}, Facts(moved={"visits": ("v", "w")}), Facts()),
    ("suddenly-unknown", RULE, known(48, 100, 98, 100), known(49, 100, 98, 100)),
    ("suddenly-unknown", RULE, known(4, 100, 100, 1000), known(4, 100, 99, 1000)),
    ("suddenly-unknown", RULE, known(0, 100, 100, 100), known(0, 99, 100, 100)),
    ("leak-suspect", OUTCOME, Facts(leaks=(Leak("Tags", "why", 80),)), Facts()),
]  # fmt: skip


@pytest.mark.parametrize(("code", "parts", "facts", "nearly"), CASES, ids=lambda case: str(case)[:50])
def test_a_finding_about_an_export_is_made_where_it_is_due_and_not_just_before(
    code: str, parts: Any, facts: Facts, nearly: Facts
) -> None:
    assert code in {found for found, _ in findings(parts, facts)}
    assert code not in {found for found, _ in findings(parts, nearly)}


@pytest.mark.parametrize(
    ("parts", "facts"),
    [
        ({"RULES": MADE}, tally(10, 10, 10)),
        (COUNTED, tally(10, 10, 10)),
        ({"RULES": MEANT}, undated("rule m", 20, 20)),
        (apart(match("a", "pages: 1"), "combine: max"), pair(95, 95, 95)),
        (LISTED, Facts()),
    ],
)
def test_what_is_meant_is_not_doubted(parts: Any, facts: Facts) -> None:
    assert findings(parts, facts) == []


@pytest.mark.parametrize(
    ("parts", "facts", "told"),
    [
        (RULE, tally(0, 0, 1234), "no lead gets points: what it reads is always missing (0 of 1,234)"),
        (TWO, pair(95, 100, 95, points=300), "95 in common, Jaccard 0.95, phi 0.97, 3 points at stake (line 6, groups.fit.rules.a); "),  # noqa: E501
        (LISTED, Facts(unlisted={"m": Unlisted(1, 1)}), "m.values: 1 lead has 1 value that it does not list; "),  # noqa: E501
        (LISTED, Facts(unlisted={"m": Unlisted(1200, 2, (("Law", 1100),))}), "1,200 leads have 2 values that it does not list: Law 1,100; "),  # noqa: E501
        (LISTED, Facts(unlisted={"m": Unlisted(20000, None)}), "20,000 leads have many values"),
        (OPTIONAL, RENAMED, "fields.visits: has no column, and nothing reads 'Visits'; if that is it now, add it to fields.visits.from"),  # noqa: E501
        (RULE, known(2, 100, 980, 1000), "is known of 2 % of the leads, and was of 98 % in the previous"),
        (OUTCOME, Facts(leaks=(Leak("Tags", "it is filled", 80),)), "outcome: column 'Tags' may know the outcome: it is filled (of 80 leads); "),  # noqa: E501
    ],
)  # fmt: skip
def test_a_finding_about_an_export_says_what_was_seen(parts: Any, facts: Facts, told: str) -> None:
    ((_, problem),) = findings(parts, facts)
    assert told in problem


def test_rules_of_accounts_are_looked_at_as_well() -> None:
    accounts = f"accounts: {{by: company, combine: max, rules: [{MATCH}]}}"
    ((code, problem),) = findings({"GRADE": accounts}, tally(0, 10, 10))
    assert (code, "accounts.rules.m: no lead" in problem) == ("rule-never-matches", True)


def test_every_finding_has_a_case_that_has_it_and_one_that_just_has_not() -> None:
    assert {case[0] for case in (*OF_CONFIGS, *CASES)} == set(FINDINGS)
