"""claims: what of a lead a rule gives points for, so that two rules for the same thing are found."""

from __future__ import annotations

from collections.abc import Iterator

from leadscore.criteria import Criteria, Test
from leadscore.model.covers import tests_of
from leadscore.rules import AnyRule
from leadscore.rules.bands import Bands
from leadscore.rules.count import Count
from leadscore.rules.lookup import Lookup
from leadscore.rules.match import Match
from leadscore.rules.table import Table
from leadscore.text import Folding

Claim = tuple[object, ...]
"""What is looked at, and whether it earns (1) or costs (-1)."""


def claims_of(rule: AnyRule) -> Iterator[tuple[Claim, str]]:
    """Everything a rule gives or takes points for, and how it is called."""
    if isinstance(rule, Match):
        yield from _signed(_of_criteria(rule.when), rule.points)
    elif isinstance(rule, Table):
        for case in rule.cases:
            yield from _signed(_of_test(rule.field, case), case.points)
    elif isinstance(rule, Lookup):
        for value, points in rule.values.items():
            yield from _signed(_of_value(rule.field, value, Folding()), points)
    elif isinstance(rule, Bands | Count):
        least, most = min(rule.choices()), max(rule.choices())
        for end in (least, most):
            yield from _signed(_of_number(rule), end)


def _signed(claims: Iterator[tuple[Claim, str]], points: int) -> Iterator[tuple[Claim, str]]:
    for claim, name in claims:
        if points:
            yield (*claim, 1 if points > 0 else -1), name


def _of_criteria(when: Criteria) -> Iterator[tuple[Claim, str]]:
    tests = tests_of(when)
    if len(tests) == 1 and not (when.all or when.any or when.none or when.at_least_of):
        ((field, test),) = tests.items()
        yield from _of_test(field, test)
    else:
        yield ("criteria", repr(when)), "the same criteria"


def _of_test(field: str, test: Test) -> Iterator[tuple[Claim, str]]:
    (name, argument), *others = test.arguments.items()
    if name in ("is", "in") and not others:
        for value in argument if isinstance(argument, tuple) else (argument,):
            yield from _of_value(field, value, test.folding)
    else:
        folded = tuple((name, _fold(argument, test.folding)) for name, argument in test.arguments.items())
        yield ("test", field, test.folding, tuple(sorted(folded, key=repr))), f"the same test of {field}"


def _of_value(field: str, value: str, folding: Folding) -> Iterator[tuple[Claim, str]]:
    yield ("value", field, folding, folding(value)), f"{field} {value}"


def _of_number(rule: Bands | Count) -> Iterator[tuple[Claim, str]]:
    if isinstance(rule, Bands) and rule.age_of is not None:
        yield ("age", rule.age_of), f"the days since {rule.age_of}"
    elif rule.field is not None:
        yield ("number", rule.field), rule.field
    elif isinstance(rule, Count):
        for event in rule.event or ():
            yield ("event", Folding()(event)), f"the event {event}"


def _fold(argument: object, folding: Folding) -> object:
    if isinstance(argument, tuple):
        return tuple(sorted(folding(str(value)) for value in argument))
    return folding(argument) if isinstance(argument, str) else argument
