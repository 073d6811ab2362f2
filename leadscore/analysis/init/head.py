"""head: what was seen of an export and made of it -> the comment at the top of a first config."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from leadscore.analysis.init.draft import ENGAGEMENT
from leadscore.analysis.init.history import LEAST
from leadscore.analysis.init.names import told
from leadscore.analysis.init.sample import Sample
from leadscore.analysis.init.suspects import AS_WRITTEN_LATE, BY_WORD
from leadscore.analysis.init.values_seen import leads
from leadscore.text import visible

if TYPE_CHECKING:
    from leadscore.analysis.init.build import Made

_NAMED = 40


def write_head(made: Made, sample: Sample) -> Iterator[str]:
    """The lines, unbroken."""
    survey = made.survey
    files = ", ".join(visible(path.name) for path in survey.paths[:3])
    yield f"For: {files}, {leads(survey.leads)} in {len(survey.export.columns)} columns."
    yield f"From: leadscore init{_day(made)}. It is yours now: change what you know better."
    yield " "
    yield from _by_history(made, sample) if made.learned else _by_meaning(made, sample)
    yield from _left_alone(made)
    yield " "
    yield from _first_changes(made)
    yield from _counts(made)


def _day(made: Made) -> str:
    return f"; ages count to {made.as_of}, its newest date" if made.as_of else ""


def _by_history(made: Made, sample: Sample) -> Iterator[str]:
    learned, outcome = made.learned, made.draft.outcome
    assert learned is not None
    assert outcome is not None
    won = sample.is_won[sample.known]
    part = "" if sample.is_whole else f" (of {leads(len(won))} that were looked at)"
    yield (
        f"Points come from history: {outcome.said}. {leads(int(won.sum()))} won, "
        f"{int((~won).sum()):,} not{part}."
    )
    yield (
        "A case earns by how much oftener its leads were won than others that are alike in the other rules; "
        "beside each stands what was seen. In fives: finer would be more exact than the figures are."
    )
    yield " "
    yield (
        f"How well it does: made from {leads(learned.learned_from)}, tried on {learned.held_out:,} others. "
        f"Of these {100 * learned.rate:.0f} % were won, of the tenth that scores highest "
        f"{100 * learned.top_rate:.0f} %; a won lead scores above a lost one in "
        f"{100 * learned.area:.0f} % of all pairs (AUC {learned.area:.3f})."
    )
    yield "leadscore evaluate shows more, and whether it still holds in a year."
    yield from _columns_of_history(made)


def _columns_of_history(made: Made) -> Iterator[str]:
    """What became of the other columns, and what is to be doubted of those in use."""
    if made.suspects:
        yield " "
        yield "Left out on purpose, as they may hold news from after the outcome, or from the sales talk:"
        yield from _suspects(made.suspects)
        first = shlex.quote(visible(next(iter(made.suspects))))
        yield f"One of them is known before the first call? Then run init again with --with {first}."
    if made.learned and made.learned.idle:
        yield " "
        yield f"These add nothing to the rules below, or separate nothing: {_list(made.learned.idle)}."
    counted = [name for rule in made.draft.live(ENGAGEMENT) for name in rule.fields]
    if counted:
        yield " "
        names = _list(list(dict.fromkeys(counted)))
        yield (
            f"In use, with a doubt that only you can settle: {names} may count what a customer did after the "
            "sale, if these are totals up to the day of the export."
        )


def _suspects(suspects: Mapping[str, str]) -> Iterator[str]:
    """Those with the same reason in one line; those whose header alone speaks against them last."""
    by_why: dict[str, list[str]] = {}
    for name, why in sorted(suspects.items(), key=lambda each: each[1].startswith(BY_WORD)):
        by_why.setdefault(BY_WORD if why.startswith(BY_WORD) else why, []).append(name)
    for why, names in by_why.items():
        words = [f"{told(name)} ({suspects[name].removeprefix(BY_WORD)})" for name in names]
        yield f"  {', '.join(words)}: {AS_WRITTEN_LATE}" if why == BY_WORD else f"  {_list(names)}: {why}"


def _by_meaning(made: Made, sample: Sample) -> Iterator[str]:
    outcome = made.draft.outcome
    if outcome is None:
        yield (
            "No column says who was won, so the points are rules of thumb, by what the columns mean. If one "
            "does, run init again with --outcome COLUMN --won VALUE: points then come from your own history."
        )
        return
    won = sample.is_won[sample.known]
    few = min(int(won.sum()), int((~won).sum())) < LEAST
    counts = f"{int(won.sum()):,} won and {int((~won).sum()):,} lost"
    why = f"fewer than {LEAST} of each say little" if few else "and no column tells the ones from the others"
    yield f"{outcome.said}: {counts}; {why}. So the points are rules of thumb, by what the columns mean."


def _left_alone(made: Made) -> Iterator[str]:
    """Columns of known meaning that no rule reads are comments; of the others there is nothing to say."""
    if made.learned:
        return
    used = {name for rule in made.draft.rules for name in rule.fields} | {made.survey.id.field}
    rest = [
        column.header
        for column in made.survey.columns
        if column.field not in used and not column.names_somebody
    ]
    if rest:
        yield f"Columns no rule reads: {_list(rest)}."
    if made.draft.dropped:
        idle = "; ".join(f"{name} ({why})" for name, why in made.draft.dropped)
        yield f"Tried and left out: {idle}."


def _first_changes(made: Made) -> Iterator[str]:
    yield "What to change first:"
    waiting = [rule.name for rule in made.draft.rules if rule.off.startswith("Waits for you")]
    if waiting:
        yield f"  - fill in {_list(waiting)}, comments below: take the # away, under fields too"
    yield "  - points that go against what your sales team sees, and rules they would not explain to a lead"
    if len(made.draft.tiers) > 1:
        yield "  - the cuts of the tiers, by how many leads sales can call"


def _counts(made: Made) -> Iterator[str]:
    tried = made.tried
    told_of = []
    if tried.unreadable:
        told_of.append(
            f"{_many(tried.unreadable, 'cell that is', 'cells that are')} not of their field's type"
        )
    if tried.damaged:
        told_of.append(f"{_many(tried.damaged, 'line', 'lines')} that cannot be read, or without an id")
    if tried.copies:
        told_of.append(f"{_many(tried.copies, 'copy', 'copies')} of a lead, of which the last line counts")
    if told_of:
        yield " "
        yield f"The export has {' and '.join(told_of)}; checks, at the end, allows as many and no more."


def _list(names: Sequence[str]) -> str:
    shown = [told(name) for name in names[:_NAMED]]
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(shown) + more


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"
