"""test_lint: each finding with a config that has it and one that just has not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from leadscore.model.build import build_model
from leadscore.model.facts import Facts
from leadscore.model.lint import FINDINGS, lint_model
from leadscore.model.load import load_tree

MODEL = """
name: small
id: lead_id
fields: {FIELDS}
groups:
  fit: {BOUNDS rules: [RULES]}
OTHERscore: {SCORE}
GRADE
tiers: [TIERS]
"""
PARTS = {
    "FIELDS": "visits: {type: number}",
    "BOUNDS": "",
    "RULES": "{name: visits, kind: count, field: visits, each: 1, cap: 40}",
    "OTHER": "",
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


def match(name: str, test: str, points: str = "5") -> str:
    return f"{{name: {name}, kind: match, when: {{{test}}}, points: {points}}}"


def rules(*each: str) -> dict[str, str]:
    """These rules beside one that earns enough for the tiers."""
    return {"RULES": ", ".join([COUNT, *each])}


def lookup(name: str, values: str) -> str:
    return f"{{name: {name}, kind: lookup, field: trade, values: {{{values}}}}}"


def apart(rule: str, score: str) -> dict[str, str]:
    """A rule of the group, and the same in another group."""
    other = f"  other: {{rules: [{rule.replace('name: a', 'name: b')}]}}\n"
    return {"RULES": f"{COUNT}, {rule}", "OTHER": other, "SCORE": score}


def bands(written: str, kind: str = "bands") -> dict[str, str]:
    return rules(
        f"{{name: n, kind: {kind}, field: pages, {'bands' if kind == 'bands' else 'ranges'}: {{{written}}}}}"
    )


def two_grades(columns: str) -> dict[str, str]:
    axes = (
        f"rows: {{group: fit, cuts: {{A: 20, B: 0}}}}, columns: {{group: {columns}, cuts: {{1: 20, 2: 0}}}}"
    )
    other = "{name: o, kind: count, field: pages, each: 1, cap: 40}"
    return {"GRADE": f"grade: {{{axes}}}", "OTHER": f"  intent: {{rules: [{other}]}}\n"}


def value(first: int, second: int) -> dict[str, str]:
    case = "{{when: {{visits: {{at_least: {}}}}}, probability: 10%}}"
    return {"GRADE": f"value: {{size: size, cases: [{case.format(first)}, {case.format(second)}]}}"}


def two_segments(first: str, second: str) -> dict[str, str]:
    named = "{{name: {}, when: {{{}}}}}"
    every = f"{named.format('one', first)}, {named.format('two', second)}, {{name: rest}}"
    return {"GRADE": f"segments: [{every}]"}


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


LESS = "{name: less, kind: match, when: {visits: {at_most: 1}}, points: 25}"
HIGH = "{name: m, kind: match, when: {visits: 1}, points: 40, otherwise: 30, missing: 30}"
MIDDLE = "{name: Hot, min_score: 30}, {name: Warm, min_score: 20}, {name: Cold}"
ONE = "{name: All}"
GAP = table("visits", "between: [1, 2]", "is: 7")
LAPPED = table("visits", "at_most: 9", "between: [9, 20]")
STEPS = rules(
    "{name: n, kind: match, when: {pages: 1}, points: 5, "
    "decay: {steps: {9: 50%, 90: 10%, 30: 20%}, since: seen}}"
)
TITLES = "kind: table, field: name, cases: [{has_word: [Head, VP], points: 3}]"
AGES = "kind: bands, age_of: seen, bands: {5: 3}"

# Finding: what has it, what just has not.
CASES: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("grade-cut-out-of-reach", grade("A: 41, B: 0"), grade("A: 40, B: 0")),
    ("grade-cut-out-of-reach", grade("A: 0, B: -5"), grade("A: 1, B: -5")),
    ("tier-out-of-reach", {"RULES": MATCH, "TIERS": MIDDLE}, {"RULES": f"{MATCH}, {LESS}", "TIERS": MIDDLE}),
    ("tier-out-of-reach", {"RULES": MATCH, "TIERS": MIDDLE}, {"RULES": COUNT, "TIERS": MIDDLE}),
    ("grade-cut-out-of-reach", {"RULES": MATCH} | grade("A: 40, B: 39.99, C: 0"), {"RULES": f"{MATCH}, {LESS}"} | grade("A: 40, B: 25, C: 0")),  # noqa: E501
    ("grade-cell-out-of-reach", two_grades("fit"), two_grades("intent")),
    ("bound-always-binds", {"RULES": HIGH, "BOUNDS": "cap: 30,", "TIERS": ONE}, {"RULES": HIGH, "BOUNDS": "cap: 30.01,", "TIERS": ONE}),  # noqa: E501
    ("bound-always-binds", {"SCORE": "floor: 40", "TIERS": ONE}, {"SCORE": "floor: 39.99", "TIERS": ONE}),
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
    ("case-never-wins", value(1, 2), value(2, 1)),
    ("segment-never-wins", two_segments("visits: {below: 5}", "visits: {below: 4}, pages: 1"), two_segments("visits: {below: 4}, pages: 1", "visits: {below: 4}")),  # noqa: E501
    ("segment-never-wins", two_segments("all: [{visits: 1}]", "visits: 1"), two_segments("any: [{visits: 1}, {visits: 2}]", "visits: 1")),  # noqa: E501
    ("cases-leave-gap", table("visits", "between: [1, 9]", "between: [11, 20]"), table("visits", "between: [1, 9]", "between: [10, 20]")),  # noqa: E501
    ("cases-leave-gap", table("visits", "at_most: 9.5", "at_least: 9.6"), table("visits", "at_most: 9.5", "above: 9.5")),  # noqa: E501
    ("cases-leave-gap", table("seen", "within_days: 30", "older_than_days: 31"), table("seen", "within_days: 30", "older_than_days: 30")),  # noqa: E501
    ("cases-leave-gap", table("seen", "below: 2026-01-01", "above: 2026-01-01"), table("seen", "below: 2026-01-01", "at_least: 2026-01-01")),  # noqa: E501
    ("cases-leave-gap", GAP, {"RULES": GAP["RULES"].replace("kind: table", "kind: table, otherwise: 0")}),
    ("cases-leave-gap", GAP, table("visits", "between: [1, 2]", "in: [7, 8]")),
    ("cases-overlap", table("visits", "between: [1, 10]", "between: [10, 20]"), table("visits", "between: [1, 10]", "between: [11, 20]")),  # noqa: E501
    ("cases-overlap", table("visits", "at_least: 9", "at_most: 10"), table("visits", "between: [9, 10]", "at_most: 10")),  # noqa: E501
    ("cases-overlap", LAPPED, {"RULES": LAPPED["RULES"].replace("points: 30", "points: 40")}),
    ("cases-overlap", rules(match("a", "pages: {between: [1, 5]}"), match("b", "pages: {between: [5, 9]}")), rules(match("a", "pages: {between: [1, 5]}"), match("b", "pages: {above: 5}"))),  # noqa: E501
    ("cases-overlap", rules(match("a", "pages: {at_most: 5}"), match("b", "pages: {at_least: 5}")), rules(match("a", "pages: {at_least: 1}"), match("b", "pages: {at_least: 5}"))),  # noqa: E501
    ("bands-out-of-order", bands("1: 1, 100: 3, 10: 2"), bands("1: 1, 10: 3, 100: 2")),
    ("bands-out-of-order", bands("1: 1, 100: 3, 10: 2"), bands("100: 1, 10: 3, 1: 2")),
    ("bands-out-of-order", bands("1: 1, 9: 3, 3: 2", "count"), bands("1: 1, 3: 3, 9: 2", "count")),
    ("bands-out-of-order", STEPS, {"RULES": STEPS["RULES"].replace("{9: 50%, 90: 10%, 30: 20%}", "{9: 50%, 30: 20%, 90: 10%}")}),  # noqa: E501
    ("bands-out-of-order", grade("A: 30, C: 0, B: 10"), grade("A: 30, B: 10, C: 0")),
    ("bands-out-of-order", scale("a: 30, c: 0, b: 10"), scale("c: 0, b: 10, a: 30")),
    ("rules-count-twice", rules(match("a", "pages: 1"), match("b", "pages: 1")), rules(match("a", "pages: 1"), match("b", "pages: 2"))),  # noqa: E501
    ("rules-count-twice", rules(match("a", "pages: 1"), match("b", "pages: 1")), rules(match("a", "pages: 1"), match("b", "pages: 1", "-5"))),  # noqa: E501
    ("rules-count-twice", rules(match("a", "pages: 1, form: 2"), match("b", "pages: 1, form: 2")), rules(match("a", "pages: 1, form: 2"), match("b", "pages: 1, form: 3"))),  # noqa: E501
    ("rules-count-twice", rules(lookup("a", "IT: 1, Law: 2"), lookup("b", "it: 3")), rules(lookup("a", "IT: 1, Law: 2"), lookup("b", "trade: 3"))),  # noqa: E501
    ("rules-count-twice", rules(lookup("a", "IT: 1"), match("b", "trade: [Law, IT]")), rules(lookup("a", "IT: 0"), match("b", "trade: [Law, IT]"))),  # noqa: E501
    ("rules-count-twice", rules(match("a", "name: {has_word: [vp, head]}"), f"{{name: b, {TITLES}}}"), rules(match("a", "name: {has_word: vp}"), f"{{name: b, {TITLES}}}")),  # noqa: E501
    ("rules-count-twice", rules("{name: a, kind: bands, field: visits, bands: {5: 3}}"), rules("{name: a, kind: bands, field: visits, bands: {0: -3, 5: 0}}")),  # noqa: E501
    ("rules-count-twice", rules(f"{{name: a, {AGES}}}", f"{{name: b, {AGES}}}"), rules(f"{{name: a, {AGES}}}", f"{{name: b, {AGES.replace('seen', 'met')}}}")),  # noqa: E501
    ("rules-count-twice", rules("{name: a, kind: count, event: [open, Click], each: 1}", "{name: b, kind: count, event: click, once: 1}"), rules("{name: a, kind: count, event: open, each: 1}", "{name: b, kind: count, event: click, once: 1}")),  # noqa: E501
    ("rules-count-twice", apart(match("a", "pages: 1"), "combine: sum"), apart(match("a", "pages: 1"), "combine: max")),  # noqa: E501
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


def findings(parts: dict[str, str], facts: Facts | None = None) -> list[tuple[str, str]]:
    text = MODEL
    for key, value in (PARTS | parts).items():
        text = text.replace(key, value)
    tree = load_tree("model.yml", text.encode())
    found = lint_model(build_model(tree), tree, facts or Facts())
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


def test_a_gap_and_an_overlap_are_named() -> None:
    ((_, gap),) = findings(table("visits", "at_most: 9", "above: 1500.5"))
    assert "groups.fit.rules.t.cases: no case takes visits above 9 to 1,500.5; " in gap
    ((_, gap),) = findings(table("seen", "below: 2026-01-01", "at_least: 2026-02-01"))
    assert "no case takes seen from 2026-01-01 below 2026-02-01; " in gap
    ((_, both),) = findings(table("visits", "at_most: 9", "at_least: 9"))
    assert "t.cases.1: visits 9 is in this case and in an earlier one, which wins (line 6, " in both


def test_bands_that_a_config_adds_to_those_of_its_base_are_not_out_of_order(tmp_path: Path) -> None:
    base, own = tmp_path / "base.yml", tmp_path / "own.yml"
    text = MODEL
    for key, part in (PARTS | bands("1: 1, 100: 3")).items():
        text = text.replace(key, part)
    base.write_text(text, encoding="utf-8")
    own.write_text(
        "extends: base.yml\ngroups: {fit: {rules: [{name: n, bands: {10: 2}}]}}\n", encoding="utf-8"
    )
    tree = load_tree(str(own), own.read_bytes())
    assert lint_model(build_model(tree), tree) == []


def test_every_finding_is_explained_and_its_first_line_is_a_sentence() -> None:
    assert all((find.__doc__ or "").strip().endswith(".") for find in FINDINGS.values())
    first_lines = [(find.__doc__ or "").partition("\n")[0] for find in FINDINGS.values()]
    assert [line for line in first_lines if not line.endswith(".")] == []
