"""test_changes: what is different between two configs, in the config's words."""

from __future__ import annotations

import pytest

from leadscore.analysis.compare.changes import list_changes
from leadscore.model.load import load_tree
from leadscore.model.tree import Tree

BASE = """
name: one
id: lead_id
fields: {visits: {type: number}}
groups:
  fit:
    cap: 40
    rules:
      - {name: form, kind: count, field: forms, each: 5, cap: 20}
      - {name: title, kind: table, field: job, cases: [{in: [ceo, cto], points: 9}, {in: [head], points: 5}]}
tiers: [{name: SQL, min_score: 20}, {name: Cold}]
"""


def tree(text: str = BASE, *changes: str) -> Tree:
    return load_tree("model.yml", text.encode(), changes)


def changes(after: Tree, before: Tree | None = None) -> list[str]:
    return [str(change) for change in list_changes(before or tree(), after)]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("groups.fit.rules.form.cap=15", ["groups.fit.rules.form.cap: 20 to 15"]),
        ("tiers.SQL.min_score=15", ["tiers.SQL.min_score: 20 to 15"]),
        ("groups.fit.floor=-5", ["groups.fit.floor: -5 is new"]),
        ("groups.fit.rules.title.cases.1.points=6", ["groups.fit.rules.title.cases.1.points: 5 to 6"]),
        (
            "groups.fit.rules.title.cases.0.in=[ceo]",
            ["groups.fit.rules.title.cases.0.in: [ceo, cto] to [ceo]"],
        ),
        ("groups.fit.cap=40.0", []),
        ("groups.fit.cap=40", []),
        ("name=two", []),
    ],
)
def test_a_changed_value_is_told_with_what_it_was(setting: str, told: list[str]) -> None:
    assert changes(tree(BASE, setting)) == told


def test_a_rule_is_found_by_its_name_wherever_it_stands() -> None:
    form = "      - {name: form, kind: count, field: forms, each: 5, cap: 20}\n"
    title = next(line for line in BASE.splitlines(keepends=True) if "name: title" in line)
    swapped = BASE.replace(form + title, title + form)
    assert changes(tree(swapped)) == ["groups.fit.rules: in the order form, title to the order title, form"]
    without = BASE.replace(form, "")
    assert changes(tree(without)) == [
        "groups.fit.rules.form: {name: form, kind: count, field: forms, each: 5, cap: 20} is gone"
    ]
    assert changes(tree(), tree(without)) == [
        "groups.fit.rules.form: {name: form, kind: count, field: forms, each: 5, cap: 20} is new"
    ]


def test_a_long_value_is_cut_and_a_config_is_like_itself() -> None:
    words = ", ".join(f"word {number}" for number in range(90))
    (told,) = changes(tree(BASE, f"groups.fit.rules.title.cases.1.in=[{words}]"))
    assert told.startswith("groups.fit.rules.title.cases.1.in: [head] to [word 0, word 1,")
    assert told.endswith(" ...")
    assert len(told) < 160
    assert changes(tree()) == []


def test_comments_quotes_and_line_breaks_are_no_change() -> None:
    other = BASE.replace("cap: 40", "cap: 40  # not more").replace("title: {", "title:\n    {")
    assert changes(tree(other)) == []
