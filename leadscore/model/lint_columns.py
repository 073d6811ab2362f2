"""lint_columns: doubts about the columns of an export."""

from __future__ import annotations

from collections.abc import Iterator

from leadscore.model.facts import Part
from leadscore.model.subject import Subject
from leadscore.model.tree import Fault

LEAST = 100
"""Leads from which on a column, or what a rule knew, is looked at."""


def column_empty(subject: Subject) -> Iterator[Fault]:
    """A column that the config reads is empty, or cannot be read, for more than 99 % of the leads.

    Looked at from 100 leads on. For an export that should be as last night's see `--previous`.
    """
    for name, seen in subject.facts.columns.items():
        if seen.leads >= LEAST and seen.known * 100 < seen.leads:
            what = f"column {seen.header!r} has a value for {seen.known:,} of {seen.leads:,} leads"
            hint = "check the export, or how the field is read"
            yield Fault(subject.place_of(name), what, hint)


def column_missing(subject: Subject) -> Iterator[Fault]:
    """A column is in some of the files and not in others, so that the field is unknown for these leads.

    A column that no file has is an error of the export, unless the field is optional.
    """
    for name, lost in subject.facts.lost.items():
        if lost.files:
            what = f"has no column in {', '.join(lost.files)}, and has one in other files"
            yield Fault(subject.place_of(name), what, "export all files with the same columns")


def column_renamed(subject: Subject) -> Iterator[Fault]:
    """An optional field has no column, and the export has one of nearly that name that nothing reads."""
    for name, lost in subject.facts.lost.items():
        if lost.renamed:
            what = f"has no column, and nothing reads {lost.renamed!r}"
            yield Fault(subject.place_of(name), what, f"if that is it now, add it to fields.{name}.from")


def column_changed(subject: Subject) -> Iterator[Fault]:
    """With `--previous`: a field is read from another column than in that run."""
    for name, (was, now) in subject.facts.moved.items():
        what = f"is read from {now!r}, and was read from {was!r} by the previous run"
        yield Fault(subject.place_of(name), what, "see whether both mean the same")


def suddenly_unknown(subject: Subject) -> Iterator[Fault]:
    """With `--previous`: what a rule reads is known of less than half as many leads as in that run.

    In percent of the leads; looked at where both have 100 leads and that run knew it of 10 % or more.
    """
    for path, rule in subject.rules():
        tally, before = subject.facts.tallies.get(rule.name), subject.facts.before.get(rule.name)
        if tally and before and min(tally.leads, before.leads) >= LEAST and before.some * 10 >= before.leads:
            now = Part(tally.known, tally.leads)
            if 2 * now.some * before.leads < before.some * now.leads:
                was = f"of {_percent(before)} in the previous run"
                what = f"what it reads is known of {_percent(now)} of the leads, and was {was}"
                yield Fault(path, what, "check the columns it reads in the export")


def _percent(part: Part) -> str:
    return f"{100 * part.some / part.leads:.0f} %"


def leak_suspect(subject: Subject) -> Iterator[Fault]:
    """A column of the export, also one that no rule reads, tells won leads from lost ones too well.

    Such columns are mostly filled after the deal is decided, or by whoever decides it: a status, a tag, a
    reason, a close date. Points for them look excellent on old leads and say nothing of new ones. Suspected
    is a column that, by its values, its numbers or by being filled, ranks a won lead above a lost one in 90 %
    of all pairs (AUC), or one with a value (an empty cell is one) that at least 10 % of the won leads have
    and of the lost ones a twentieth of that share or less, or the reverse. Looked at from 40 won and 40 lost
    leads on, among at most 100,000 leads spread over the export. Values of fewer than 20 leads count as one,
    and a value says something of a side only where 20 of its leads would be expected there. It is a
    suspicion: a column that knows the outcome only now and then passes.
    """
    for leak in subject.facts.leaks:
        what = f"column {leak.header!r} may know the outcome: {leak.why} (of {leak.leads:,} leads)"
        yield Fault(("outcome",), what, "use it only if it is filled before the outcome is known")
