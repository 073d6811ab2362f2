"""lint_rules: doubts about what the rules of a config say."""

from __future__ import annotations

from collections.abc import Iterator

from leadscore.model.claims import claims_of
from leadscore.model.subject import Subject
from leadscore.model.tree import Fault, Path


def rule_without_points(subject: Subject) -> Iterator[Fault]:
    """Every outcome of a rule gives 0 points."""
    for path, rule in subject.every_rule():
        if rule.bounds() == (0, 0):
            yield Fault(path, "never gives a point", "give it points, or remove it")


def rules_count_twice(subject: Subject) -> Iterator[Fault]:
    """Two rules give points for the same thing: the same criteria, value, number or event.

    Both must earn, or both cost, and both must count: with `combine: max` groups stand for each other.
    """
    seen: dict[object, Path] = {}
    for path, rule in subject.rules():
        for claim, name in claims_of(rule):
            apart = path[1] if subject.model.score.combine == "max" else ""
            there = seen.setdefault((apart, claim), path)
            if there != path:
                what = f"gives points for what another rule does as well: {name}"
                yield Fault(
                    path, what, "remove one of the two, or say in a comment why it counts twice", there
                )
                break


def field_not_used(subject: Subject) -> Iterator[Fault]:
    """A field is declared and nothing reads it; perhaps one of the two names is misspelt."""
    outcome = subject.model.outcome
    for name in subject.declared:
        if name not in subject.model.fields and not (outcome and name in (outcome.at, outcome.since)):
            yield Fault(("fields", name), "nothing reads this field", "check its spelling, or remove it")
