"""test_lint: each finding with a config that has it and one that just has not."""

from __future__ import annotations

from typing import Any

import pytest

from leadscore.model.build import build_model
from leadscore.model.lint import FINDINGS, Tally, lint_model
from leadscore.model.load import load_tree

MODEL = """
name: small
id: lead_id
fields: {FIELDS}
groups:
  fit: {BOUNDS rules: [RULES]}
score: {SCORE}
GRADE
tiers: [TIERS]
"""
PARTS = {
    "FIELDS": "visits: {type: number}",
    "BOUNDS": "",
    "RULES": "{name: visits, kind: count, field: visits, each: 1, cap: 40}",
    "SCORE": "combine: sum",
    "GRADE": "",
    "TIERS": "{name: Hot, min_score: 30}, {name: Cold}",
}
COUNT = PARTS["RULES"]
TABLE = "{{name: t, kind: table, field: {}, cases: [{{{}, points: 40}}, {{{}, points: 30}}]}}"
MATCH = "{name: m, kind: match, when: {visits: {above: 1}}, points: 40}"
GRADE = "grade: {rows: {group: fit, cuts: {CUTS}}, columns: {group: fit, cuts: {1: 0}}}"


def table(field: str, first: str, second: str) -> dict[str, str]:
    return {"RULES": TABLE.format(field, first, second), "FIELDS": ""}


def grade(cuts: str) -> dict[str, str]:
    return {"GRADE": GRADE.replace("CUTS", cuts)}


def screen(spam: str, suspect: str, disqualify: str) -> dict[str, str]:
    """A hard sign, a soft one and a disqualifier with these tests of visits."""
    sign = "{{name: {}, when: {{visits: {}}}}}"
    soft = f"suspect: {{at_least: 1, signs: [{sign.format('b', suspect)}]}}"
    out = f"disqualify: [{sign.format('c', disqualify)}]"
    return {"GRADE": f"screen: {{spam: [{sign.format('a', spam)}], {soft}}}\n{out}"}


def stages(*signs: str) -> dict[str, str]:
    """A rule for each sign, as in "decision, points: 5", and one without a stage."""
    rule = "{{name: sign {}, kind: match, when: {{visits: {}}}, stage: {}}}"
    rules = [rule.format(place, place, sign) for place, sign in enumerate(signs)]
    return {"RULES": ", ".join([COUNT, *rules])}


def nurture(at_least: str) -> dict[str, str]:
    return {"GRADE": f"nurture: {{tier: Hot, margin: 5, fit: {{group: fit, at_least: {at_least}}}}}"}


def scale(cuts: str) -> dict[str, str]:
    return {"GRADE": f"scales: {{s: {{of: fit, by: points, cuts: {{{cuts}}}}}}}"}


def matrix(cut: str, rank_by: str = "[tier, product]") -> dict[str, str]:
    cells = "{name: a, high: [fit, score]}, {name: b, high: fit}, {name: c, high: score}, {name: d}"
    return {"GRADE": f"matrix: {{fit: {cut}, score: 1}}\nrank_by: {rank_by}", "TIERS": cells}


def segments(rank_by: str) -> dict[str, str]:
    two = "segments: [{name: small, when: {visits: {below: 5}}}, {name: rest}]"
    return {"GRADE": f"{two}\nrank_by: {rank_by}"}


# Finding: what has it, what just has not.
CASES: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("grade-cut-out-of-reach", grade("A: 41, B: 0"), grade("A: 40, B: 0")),
    ("grade-cut-out-of-reach", grade("A: 0, B: -5"), grade("A: 1, B: -5")),
    ("idle-bound", {"BOUNDS": "cap: 41,"}, {"BOUNDS": "cap: 40,"}),
    ("idle-bound", {"BOUNDS": "floor: -1,"}, {"BOUNDS": "floor: 0,"}),
    ("idle-bound", {"SCORE": "cap: 100"}, {"SCORE": "cap: 40"}),
    ("rule-above-cap", {"BOUNDS": "cap: 39,"}, {"BOUNDS": "cap: 40,"}),
    ("rule-without-points", {"RULES": f"{COUNT}, {{name: m, kind: match, when: {{visits: 1}}, points: 0}}"}, {"RULES": f"{COUNT}, {{name: m, kind: match, when: {{visits: 1}}, points: 0, missing: -1}}"}),  # noqa: E501
    ("case-never-wins", table("title", "has_word: [vp, head]", "has_word: VP"), table("title", "has_word: [vp, head]", "has_word: [VP, chief]")),  # noqa: E501
    ("case-never-wins", table("title", "has_word: vp", "has_word: vp, starts_with: s"), table("title", "has_word: vp, starts_with: s", "has_word: vp")),  # noqa: E501
    ("case-never-wins", table("title", "is: vp", "is: vp"), table("title", "is: vp", "is: VP, exact: true")),
    ("case-never-wins", table("visits", "at_least: 10", "at_least: 100"), table("visits", "at_least: 100", "at_least: 10")),  # noqa: E501
    ("case-never-wins", table("visits", "below: 100", "below: 10"), table("visits", "below: 10", "below: 100")),  # noqa: E501
    ("case-never-wins", table("seen", "at_least: 2026-01-01", "at_least: 2026-02-01"), table("seen", "at_least: 2026-02-01", "at_least: 2026-01-01")),  # noqa: E501
    ("case-never-wins", table("seen", "within_days: 30", "within_days: 9"), table("seen", "within_days: 9", "within_days: 30")),  # noqa: E501
    ("stage-order", stages("awareness, points: 5", "decision, points: 5"), stages("awareness, points: 5", "decision, points: 5.01")),  # noqa: E501
    ("stage-order", stages("decision, points: 4", "consideration, points: 5"), stages("decision, points: 4", "decision, points: 5")),  # noqa: E501
    ("stage-order", stages("consideration, points: 2, otherwise: 5", "decision, points: 4"), stages("consideration, points: 2, otherwise: -5", "decision, points: 4")),  # noqa: E501
    ("stage-order", stages("awareness, points: 5", "consideration, points: 1"), stages("awareness, points: 5", "consideration, points: -1")),  # noqa: E501
    ("sign-stands-twice", screen("1", "1", "3"), screen("1", "2", "3")),
    ("sign-stands-twice", screen("1", "2", "1"), screen("1", "2", "2")),
    ("nurture-points-out-of-reach", nurture("40.01"), nurture("40")),
    ("nurture-points-out-of-reach", nurture("0"), nurture("0.01")),
    ("scale-cut-out-of-reach", scale("a: 40.01, b: 0"), scale("a: 40, b: 0")),
    ("scale-cut-out-of-reach", scale("a: 0, b: -5"), scale("a: 0.01, b: -5")),
    ("matrix-cut-out-of-reach", matrix("40.01"), matrix("40")),
    ("matrix-cut-out-of-reach", matrix("0"), matrix("0.01")),
    ("matrix-tiers-mixed", matrix("1", "score"), matrix("1", "[tier, score]")),
    ("segments-mixed", segments("score"), segments("percent")),
    ("segments-mixed", segments("fit"), segments("visits")),
    ("field-not-used", {"FIELDS": "visit: {type: number}"}, {"FIELDS": "visits: {type: number}"}),
    ("field-not-used", {"FIELDS": "closed: {type: date}"}, {"FIELDS": "closed: {type: date}", "GRADE": "outcome: {field: won, won: y, at: closed}"}),  # noqa: E501
]  # fmt: skip


def findings(
    parts: dict[str, str], tallies: dict[str, Tally] | None = None, signs: dict[str, Tally] | None = None
) -> list[tuple[str, str]]:
    text = MODEL
    for key, value in (PARTS | parts).items():
        text = text.replace(key, value)
    tree = load_tree("model.yml", text.encode())
    found = lint_model(build_model(tree), tree, tallies, signs)
    return [(finding.code, str(finding.problem)) for finding in found]


@pytest.mark.parametrize(("code", "parts", "nearly"), CASES, ids=lambda case: str(case)[:70])
def test_a_finding_is_made_where_it_is_due_and_not_just_before(code: str, parts: Any, nearly: Any) -> None:
    assert code in {found for found, _ in findings(parts)}
    assert code not in {found for found, _ in findings(nearly)}


def test_a_model_without_doubts_has_no_findings_and_a_finding_has_its_place() -> None:
    assert findings({}) == []
    ((code, problem),) = findings({"SCORE": "cap: 41"})
    assert (code, problem) == (
        "idle-bound",
        "model.yml:7:9: score.cap: is never reached: the points add up to at most 40; lower or remove it",
    )


def test_a_sign_of_a_later_stage_names_the_one_of_an_earlier_stage_that_gives_most() -> None:
    early = ["awareness, points: 5", "awareness, points: 9", "consideration, points: 10"]
    rules = stages(*early, "decision, points: 9")["RULES"].replace("}, {", "},\n    {")
    ((code, problem),) = findings({"RULES": rules})
    assert (code, problem) == (
        "stage-order",
        "model.yml:10:52: groups.fit.rules.sign 3.stage: a sign of decision gives 9 points, less than the 10 "
        "of a sign of consideration (line 9, groups.fit.rules.sign 2); "
        "give the later stage more points, or correct a stage",
    )


@pytest.mark.parametrize(
    ("limits", "doubted"),
    [("", True), (", cap: 19", True), (", cap: 20", True), (", cap: 21", False), (", max_count: 4", True),
     (", max_count: 5", False)],
)  # fmt: skip
def test_a_count_without_an_end_is_a_sign_with_the_points_of_one(limits: str, doubted: bool) -> None:
    demos = f"{{name: demos, kind: count, field: demos, each: 5, stage: decision{limits}}}"
    rules = (
        f"{COUNT}, {demos}, {{name: page, kind: match, when: {{visits: 1}}, points: 20, stage: awareness}}"
    )
    assert ("stage-order" in {code for code, _ in findings({"RULES": rules})}) == doubted


@pytest.mark.parametrize(
    ("rule", "tally", "expected"),
    [
        (MATCH, Tally(0, 10, 10), "rule-never-matches"),
        (MATCH, Tally(0, 0, 10), "rule-never-matches"),
        (MATCH, Tally(1, 10, 10), None),
        (MATCH, Tally(0, 0, 0), None),
        (MATCH, Tally(10, 10, 10), "rule-always-matches"),
        (MATCH, Tally(9, 10, 10), None),
        (MATCH, Tally(10, 9, 10), None),
        (MATCH.replace("points: 40", "points: 40, otherwise: 3"), Tally(10, 10, 10), None),
        (COUNT.replace("visits, kind", "m, kind"), Tally(10, 10, 10), None),
    ],
)
def test_what_a_rule_did_with_an_export_is_looked_at(rule: str, tally: Tally, expected: str | None) -> None:
    found = [code for code, _ in findings({"RULES": rule}, {"m": tally})]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        (Tally(0, 10, 10), "sign-never-holds"),
        (Tally(1, 10, 10), None),
        (Tally(9, 9, 10), None),
        (Tally(10, 10, 10), "sign-always-holds"),
        (Tally(0, 0, 0), None),
    ],
)
def test_what_a_sign_did_with_an_export_is_looked_at(tally: Tally, expected: str | None) -> None:
    found = [code for code, _ in findings(screen("1", "2", "3"), signs={"b": tally})]
    assert found == ([expected] if expected else [])


def test_a_rule_that_reads_an_empty_column_is_told_so() -> None:
    ((_, problem),) = findings({"RULES": MATCH}, {"m": Tally(0, 0, 1234)})
    assert "what it reads is always missing (0 of 1,234)" in problem


def test_every_finding_is_explained_and_tested() -> None:
    assert all((find.__doc__ or "").strip().endswith(".") for find in FINDINGS.values())
    tested = {code for code, _, _ in CASES}
    tested |= {"rule-never-matches", "rule-always-matches", "sign-never-holds", "sign-always-holds"}
    assert tested == set(FINDINGS)
