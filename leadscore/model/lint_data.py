"""lint_data: doubts about what the rules of a config did with an export."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from leadscore.decays import Decay
from leadscore.model.facts import Tally, Unlisted
from leadscore.model.subject import Subject
from leadscore.model.tree import Fault, Path
from leadscore.points import format_points

COINCIDE = 0.9
"""The Jaccard index and the phi coefficient of two rules, from which on they coincide."""
FEW = 20
"""Leads below which what they have in common is an accident."""


def rule_never_matches(subject: Subject) -> Iterator[Fault]:
    """No lead of the export gets points from a rule: a value may be misspelt, or the column empty."""
    for path, rule in subject.every_rule():
        tally = subject.facts.tallies.get(rule.name)
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
        tally = subject.facts.tallies.get(rule.name)
        same = len({*rule.choices(), 0}) == 2 and rule.kind not in ("count", "profile") and rule.decay is None
        if tally and same and tally.leads == tally.with_points == tally.known > 0:
            what = f"every lead gets the same points (all {tally.leads:,})"
            yield Fault(path, what, "make it narrower, or remove it")


def rules_coincide(subject: Subject) -> Iterator[Fault]:
    """Two rules give points to nearly the same leads of the export, so that one thing may count twice.

    The leads that both give points to are at least 90 % of those that either does (Jaccard index), and the
    two go together as closely among all leads (phi coefficient of 0.9 or more); each has at least 20 leads.
    At stake is what the rule that moves less gives on average. Both must earn, or both cost, and with
    `combine: max` both must stand in one group. Of more than 300 rules those that can move most are compared.
    """
    tallies, places = subject.facts.tallies, {rule.name: path for path, rule in subject.rules()}
    for (first, second), both in subject.facts.pairs.items():
        one, other = tallies[first], tallies[second]
        jaccard, phi = both / max(one.with_points + other.with_points - both, 1), _phi(one, other, both)
        apart = subject.model.score.combine == "max" and places[first][1] != places[second][1]
        is_same_way = (one.points > 0) == (other.points > 0)
        if min(jaccard, phi) >= COINCIDE and both >= FEW and is_same_way and not apart:
            stake = min(one.mean, other.mean, key=abs)
            what = f"gives points to nearly the same leads as another rule: {both:,} in common, "
            what += f"Jaccard {jaccard:.2f}, phi {phi:.2f}, {format_points(stake)} points at stake"
            hint = "keep one of the two, or give each fewer points"
            yield Fault(places[second], what, hint, places[first])


def _phi(one: Tally, other: Tally, both: int) -> float:
    """Pearson's correlation of two flags; 0 where one of them says the same of all leads."""
    left, right, leads = one.with_points, other.with_points, one.leads
    spread = sqrt(left * (leads - left)) * sqrt(right * (leads - right))
    return (leads * both - left * right) / spread if spread else 0.0


def value_not_listed(subject: Subject) -> Iterator[Fault]:
    """The export has values that a lookup, or a table of nothing but `is` and `in`, has never heard of.

    They earn nothing; where `otherwise` is written down that is meant, and not doubted. The values themselves
    are named by the rule of `leadscore inspect`: of columns that tell nobody's name and have few values.
    """
    for path, rule in subject.rules():
        seen = subject.facts.unlisted.get(rule.name)
        if seen:
            where = "values" if rule.kind == "lookup" else "cases"
            yield Fault((*path, where), _say_unlisted(seen), "list them, or write otherwise: 0")


def _say_unlisted(seen: Unlisted) -> str:
    many = "many values" if seen.values is None else f"{seen.values:,} value{'s' if seen.values != 1 else ''}"
    have = "lead has" if seen.leads == 1 else "leads have"
    shown = ", ".join(f"{value} {leads:,}" for value, leads in seen.shown)
    return f"{seen.leads:,} {have} {many} that it does not list{f': {shown}' if shown else ''}"


def decay_date_missing(subject: Subject) -> Iterator[Fault]:
    """More than half of the leads whose points should fade have no date to count from.

    Nothing is left of their points; where `missing` says how much, that is meant, and not doubted. Looked at
    from 20 leads with points on. A decay that names no date at all is a fault: such a config is refused.
    """
    for path, line, decay in _decays(subject):
        seen = subject.facts.undated.get(line)
        is_meant = decay is None or "missing" in decay.model_fields_set
        if decay and seen and not is_meant and seen.leads >= FEW and 2 * seen.some > seen.leads:
            what = f"{decay.since} is missing for {seen.some:,} of the {seen.leads:,} leads with points"
            hint = "count from a date that leads have, or say with missing: how much is left"
            yield Fault((*path, "decay"), what, hint)


def _decays(subject: Subject) -> Iterator[tuple[Path, str, Decay | None]]:
    for path, rule in subject.rules():
        yield path, f"rule {rule.name}", rule.decay
    for name, group in subject.model.groups.items():
        yield ("groups", name), f"group {name}", group.decay
