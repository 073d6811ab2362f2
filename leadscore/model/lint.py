"""lint: doubts about a config that can be scored but does not do what it seems to say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from leadscore.model.covers import covers
from leadscore.model.lint_lists import (
    nurture_points_out_of_reach,
    sign_always_holds,
    sign_never_holds,
    sign_stands_twice,
)
from leadscore.model.lint_measures import (
    matrix_cut_out_of_reach,
    matrix_tiers_mixed,
    scale_cut_out_of_reach,
    segments_mixed,
)
from leadscore.model.lint_stages import stage_order
from leadscore.model.schema import Axis, Model
from leadscore.model.subject import Finding as Finding, Subject, Tally as Tally
from leadscore.model.tree import Fault, Path, Tree, child
from leadscore.points import format_points
from leadscore.rules.table import Table


def lint_model(
    model: Model,
    tree: Tree,
    tallies: Mapping[str, Tally] | None = None,
    signs: Mapping[str, Tally] | None = None,
    codes: Collection[str] | None = None,
) -> list[Finding]:
    """Every doubt about a model, by line; ``tallies`` (of rules) and ``signs`` add those about an export.

    ``codes``: only these kinds of doubt.
    """
    subject = Subject(model, _declared(tree), tallies or {}, signs or {})
    wanted = {code: find for code, find in FINDINGS.items() if codes is None or code in codes}
    found = [Finding(code, tree.problem(fault)) for code, find in wanted.items() for fault in find(subject)]
    return sorted(found, key=lambda finding: finding.problem)


def _declared(tree: Tree) -> tuple[str, ...]:
    """The fields its own file declares; those of a config it extends may be there for others."""
    fields = child(tree.data, "fields")
    names = tuple(fields) if isinstance(fields, dict) else ()
    return tuple(name for name in names if tree.file_of(("fields", name)) == tree.file)


def grade_cut_out_of_reach(subject: Subject) -> Iterator[Fault]:
    """A letter of the grade can never be given: its cut, or the next one, is beyond what the group gives."""
    if subject.model.grade is not None:
        yield from _cuts_out_of_reach(subject.model, subject.model.grade.rows, ("grade", "rows"))
        yield from _cuts_out_of_reach(subject.model, subject.model.grade.columns, ("grade", "columns"))


def _cuts_out_of_reach(model: Model, axis: Axis, path: Path) -> Iterator[Fault]:
    least, most = model.groups[axis.group].bounds()
    falling = sorted(axis.cuts.items(), key=lambda cut: cut[1], reverse=True)
    for place, (label, cut) in enumerate(falling):
        is_lowest = place == len(falling) - 1  # the lowest letter takes whatever is left
        if (cut > most and not is_lowest) or (place > 0 and falling[place - 1][1] <= least):
            reach = f"{format_points(least)} to {format_points(most)} points"
            yield Fault(
                (*path, "cuts", label), f"is never given: {axis.group} gives {reach}", "change the cuts"
            )


def idle_bound(subject: Subject) -> Iterator[Fault]:
    """A cap above all that can be earned, or a floor below all that can be lost, changes no score.

    Often the points were changed and the cap was not.
    """
    model = subject.model
    for name, group in model.groups.items():
        yield from _idle_bounds(("groups", name), group.floor, group.cap, group.sums())
    yield from _idle_bounds(("score",), model.score.floor, model.score.cap, model.sums())


def _idle_bounds(path: Path, floor: int | None, cap: int | None, sums: tuple[int, int]) -> Iterator[Fault]:
    least, most = sums
    if cap is not None and cap > most:
        what = f"is never reached: the points add up to at most {format_points(most)}"
        yield Fault((*path, "cap"), what, "lower or remove it")
    if floor is not None and floor < least:
        what = f"is never reached: the points add up to at least {format_points(least)}"
        yield Fault((*path, "floor"), what, "raise or remove it")


def rule_above_cap(subject: Subject) -> Iterator[Fault]:
    """One rule alone gives more points than its group may have, so part of them can never count."""
    for path, rule in subject.rules():
        cap, (_, most) = subject.model.groups[str(path[1])].cap, rule.bounds()
        if cap is not None and most > cap:
            what = f"alone gives up to {format_points(most)} points, more than its group's cap"
            yield Fault(path, what, "raise the cap, or give fewer points", (*path[:2], "cap"))


def rule_without_points(subject: Subject) -> Iterator[Fault]:
    """Every outcome of a rule gives 0 points."""
    for path, rule in subject.every_rule():
        if rule.bounds() == (0, 0):
            yield Fault(path, "never gives a point", "give it points, or remove it")


def case_never_wins(subject: Subject) -> Iterator[Fault]:
    """A case of a table can never win, because an earlier case holds whenever it does.

    The first case that matches wins: `at_least: 10` before `at_least: 100` takes both.
    """
    for path, rule in subject.every_rule():
        cases = rule.cases if isinstance(rule, Table) else ()
        for place, case in enumerate(cases):
            earlier = next((i for i, other in enumerate(cases[:place]) if covers(other, case)), None)
            if earlier is not None:
                what, here = "never wins: an earlier case holds whenever it does", (*path, "cases")
                yield Fault((*here, place), what, "put the narrower case first", (*here, earlier))


def field_not_used(subject: Subject) -> Iterator[Fault]:
    """A field is declared and nothing reads it; perhaps one of the two names is misspelt."""
    outcome = subject.model.outcome
    for name in subject.declared:
        if name not in subject.model.fields and not (outcome and name == outcome.at):
            yield Fault(("fields", name), "nothing reads this field", "check its spelling, or remove it")


def rule_never_matches(subject: Subject) -> Iterator[Fault]:
    """No lead of the export gets points from a rule: a value may be misspelt, or the column empty."""
    for path, rule in subject.every_rule():
        tally = subject.tallies.get(rule.name)
        if tally and tally.leads and not tally.with_points:
            what = (
                "no lead gets points"
                if tally.known
                else "no lead gets points: what it reads is always missing"
            )
            yield Fault(path, f"{what} (0 of {tally.leads:,})", "check field and values against the export")


def rule_always_matches(subject: Subject) -> Iterator[Fault]:
    """Every lead of the export gets the same points from a rule, so it separates nobody from anybody."""
    for path, rule in subject.every_rule():
        tally = subject.tallies.get(rule.name)
        same = len({*rule.choices(), 0}) == 2 and rule.kind not in ("count", "profile") and rule.decay is None
        if tally and same and tally.leads == tally.with_points == tally.known > 0:
            what = f"every lead gets the same points (all {tally.leads:,})"
            yield Fault(path, what, "make it narrower, or remove it")


# Code -> what finds it; the function's docstring is the explanation. A new finding is a function and a line.
FINDINGS: dict[str, Callable[[Subject], Iterator[Fault]]] = {
    "grade-cut-out-of-reach": grade_cut_out_of_reach,
    "idle-bound": idle_bound,
    "rule-above-cap": rule_above_cap,
    "rule-without-points": rule_without_points,
    "stage-order": stage_order,
    "case-never-wins": case_never_wins,
    "field-not-used": field_not_used,
    "rule-never-matches": rule_never_matches,
    "rule-always-matches": rule_always_matches,
    "sign-stands-twice": sign_stands_twice,
    "sign-never-holds": sign_never_holds,
    "sign-always-holds": sign_always_holds,
    "nurture-points-out-of-reach": nurture_points_out_of_reach,
    "scale-cut-out-of-reach": scale_cut_out_of_reach,
    "matrix-cut-out-of-reach": matrix_cut_out_of_reach,
    "matrix-tiers-mixed": matrix_tiers_mixed,
    "segments-mixed": segments_mixed,
}
