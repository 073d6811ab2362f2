"""lint_cases: doubts about cases, bands and cuts: what is shadowed, left out or taken twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from leadscore.criteria import Criteria, Test
from leadscore.decays import Decay
from leadscore.model.covers import covers_criteria, find_covered, tests_of
from leadscore.model.stretch import Stretch, stretch_of
from leadscore.model.subject import Subject
from leadscore.model.tree import Fault, Path, value_at
from leadscore.rules import AnyRule
from leadscore.rules.bands import Bands
from leadscore.rules.count import Count
from leadscore.rules.match import Match
from leadscore.rules.table import Case, Table

MOST = 300
"""So many cases are compared with one another: a table of thousands is a list, and would take minutes."""


def case_never_wins(subject: Subject) -> Iterator[Fault]:
    """A case of a table, or of the value, can never win, because an earlier one holds whenever it does.

    The first case that matches wins: `at_least: 10` before `at_least: 100` takes both. Of more than 300 cases
    the first 300 are looked at.
    """
    what, hint = "never wins: an earlier case holds whenever it does", "put the narrower case first"
    for path, rule in subject.every_rule():
        for place, earlier in find_covered(rule.cases[:MOST]) if isinstance(rule, Table) else ():
            yield Fault((*path, "cases", place), what, hint, (*path, "cases", earlier))
    value = subject.model.value
    for place, earlier in _covered([case.when for case in value.cases[:MOST]] if value else []):
        yield Fault(("value", "cases", place), what, hint, ("value", "cases", earlier))


def segment_never_wins(subject: Subject) -> Iterator[Fault]:
    """No lead can be in a segment, because the criteria of an earlier one hold whenever its own do."""
    for place, earlier in _covered([segment.when for segment in subject.model.segments]):
        what = "no lead can be in it: an earlier segment takes all of them"
        yield Fault(("segments", place), what, "put the narrower segment first", ("segments", earlier))


def _covered(criteria: list[Criteria | None]) -> Iterator[tuple[int, int]]:
    """The place of what an earlier one covers, and the place of that."""
    for place, narrow in enumerate(criteria):
        for earlier, wide in enumerate(criteria[:place]):
            if wide and narrow and covers_criteria(wide, narrow):
                yield place, earlier
                break


def cases_leave_gap(subject: Subject) -> Iterator[Fault]:
    """Between the cases of a table are numbers, days or ages that none of them takes.

    They earn what `otherwise` says; where it is written down the gap is meant, and not doubted. Between
    neighbouring whole numbers, as 9 and 10, there is no gap. Bands have none.
    """
    for path, rule in subject.every_rule():
        if isinstance(rule, Table) and "otherwise" not in rule.model_fields_set:
            held = sorted(_stretches(rule.cases).values())
            taken: Stretch | None = None
            for each in held:
                gap = taken.until(each) if taken and taken.scale == each.scale else None
                if gap is not None:
                    what = f"no case takes {rule.field} {gap.describe()}"
                    yield Fault((*path, "cases"), what, "close the gap, or write otherwise: 0")
                taken = each if taken is None or each.high > taken.high else taken


def cases_overlap(subject: Subject) -> Iterator[Fault]:
    """Two cases of a table, or two match rules of a group, share some numbers, but not all of either.

    Of cases the first one wins, of rules both count: with [10, 50] and [50, 100] that is what happens to 50.
    A narrow case before a wide one is no overlap, nor are cases that give the same points. Of more than 300
    cases, or such rules, the first 300 are looked at.
    """
    for path, rule in subject.every_rule():
        if isinstance(rule, Table):
            points = [case.points for case in rule.cases]
            for (first, second), both in _overlaps(_stretches(rule.cases)):
                if points[first] != points[second]:
                    here = (*path, "cases")
                    what = f"{rule.field} {both.describe()} is in this case and in an earlier one, which wins"
                    yield Fault((*here, second), what, "let one end where the next begins", (*here, first))
    for name, group in subject.model.groups.items():
        for field, tests in _tests_by_field(group.rules).items():
            for (first, second), both in _overlaps(tests):
                here = ("groups", name, "rules")
                what = f"{field} {both.describe()} earns the points of two rules"
                yield Fault((*here, second), what, "let one end where the next begins", (*here, first))


def _stretches(cases: tuple[Case, ...]) -> dict[int, Stretch]:
    """The place of each case and what it holds for; nothing where one of them does more than to compare."""
    compared = {place: stretch_of(case) for place, case in enumerate(cases) if not _asks_if_known(case)}
    found = {place: stretch for place, stretch in compared.items() if stretch is not None}
    return found if len(found) == len(compared) else {}


def _asks_if_known(test: Test) -> bool:
    return test.arguments.keys() <= {"known", "missing"}


def _tests_by_field(rules: tuple[AnyRule, ...]) -> dict[str, dict[int, Stretch]]:
    found: dict[str, dict[int, Stretch]] = {}
    for place, rule in enumerate(rules):
        tests = tests_of(rule.when) if isinstance(rule, Match) else {}
        for field, test in tests.items() if len(tests) == 1 else ():
            stretch = stretch_of(test)
            if stretch is not None:
                found.setdefault(field, {})[place] = stretch
    return found


def _overlaps(stretches: Mapping[int, Stretch]) -> Iterator[tuple[tuple[int, int], Stretch]]:
    places = sorted(stretches)[:MOST]
    for at, second in enumerate(places):
        for first in places[:at]:
            one, other = stretches[first], stretches[second]
            both = one.shares(other)
            if both is not None and not (one.holds(other) or other.holds(one)):
                yield (first, second), both
                break


def bands_out_of_order(subject: Subject) -> Iterator[Fault]:
    """Bands, ranges, steps or cuts are not written in the order of their numbers, neither up nor down.

    They are read in that order whatever stands first; what is out of order is often a figure too many or
    too few: 10, 500, 100.
    """
    for path, numbers in _ladders(subject):
        steps = {later > earlier for earlier, later in pairwise(numbers)}
        written = value_at(subject.tree.data, path)
        keys = tuple(written) if isinstance(written, dict) else ()
        files = {subject.tree.file_of((*path, key)) for key in keys}
        if len(steps) > 1 and len(files) == 1:  # what one config adds to another's stands at the end
            hint = "put them in order, and see whether each is meant"
            yield Fault(path, "are not in the order of their numbers", hint)


def _ladders(subject: Subject) -> Iterator[tuple[Path, list[float]]]:
    model = subject.model
    for path, rule in subject.every_rule():
        if isinstance(rule, Bands):
            yield (*path, "bands"), [float(bound) for bound in rule.bands]
        if isinstance(rule, Count) and rule.ranges:
            yield (*path, "ranges"), [float(times) for times in rule.ranges]
        yield from _steps(path, rule.decay)
    for name, group in model.groups.items():
        yield from _steps(("groups", name), group.decay)
    cuts: dict[Path, Mapping[str, int]] = {
        ("scales", name, "cuts"): scale.cuts or {} for name, scale in model.scales.items()
    }
    if model.grade:
        cuts[("grade", "rows", "cuts")] = model.grade.rows.cuts
        cuts[("grade", "columns", "cuts")] = model.grade.columns.cuts
    if model.heat:
        cuts[("heat", "cuts")] = model.heat.cuts
    yield from ((path, [float(cut) for cut in each.values()]) for path, each in cuts.items())


def _steps(path: Path, decay: Decay | None) -> Iterator[tuple[Path, list[float]]]:
    if decay and decay.form == "steps":
        yield (*path, "decay", "steps"), [float(days) for days in getattr(decay, "steps", {})]
