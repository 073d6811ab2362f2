"""lint_lists: doubts about the screen and the nurture list."""

from __future__ import annotations

from collections.abc import Iterator

from leadscore.model.screen import Disqualifier, Sign
from leadscore.model.subject import Subject
from leadscore.model.tree import Fault, Path
from leadscore.points import format_points


def sign_stands_twice(subject: Subject) -> Iterator[Fault]:
    """A sign says what another one, or a disqualifier, says already.

    Two soft signs with the same criteria count as two and are one; a soft sign that is a hard sign as well
    decides nothing; and the screen comes first, so a disqualifier that is a hard sign never takes a lead.
    """
    seen: list[tuple[Path, Sign | Disqualifier]] = []
    disqualifiers = [(("disqualify", place), item) for place, item in enumerate(subject.model.disqualify)]
    for path, sign in [*subject.screen(), *(disqualifiers if subject.model.screen else ())]:
        first = next((there for there, other in seen if other.when == sign.when), None)
        if first is None:
            seen.append((path, sign))
        elif path[0] == "screen" or first[:2] == ("screen", "spam"):
            yield Fault(path, "has the same criteria as another sign", "remove one of the two", first)


def sign_never_holds(subject: Subject) -> Iterator[Fault]:
    """No lead of the export shows a sign: a value may be misspelt, or the column empty.

    An empty cell is no sign unless the criteria ask for it with `missing: true`.
    """
    for path, sign in subject.screen():
        tally = subject.facts.signs.get(sign.name)
        if tally and tally.leads and not tally.with_points:
            empty = "" if tally.known else ": what it reads is always missing"
            what = f"no lead shows it{empty} (0 of {tally.leads:,})"
            yield Fault(path, what, "check field and values against the export")


def sign_always_holds(subject: Subject) -> Iterator[Fault]:
    """Every lead of the export shows a sign, often because the export leaves a column empty.

    Under spam that empties the ranking; under suspect it makes one sign fewer enough for everybody.
    """
    for path, sign in subject.screen():
        tally = subject.facts.signs.get(sign.name)
        if tally and 0 < tally.leads == tally.with_points:
            yield Fault(path, f"every lead shows it (all {tally.leads:,})", "make it narrower, or remove it")


def nurture_points_out_of_reach(subject: Subject) -> Iterator[Fault]:
    """The points that `nurture` asks of a group are had by no lead, or by every one."""
    fit = subject.model.nurture.fit if subject.model.nurture else None
    if fit is None:
        return
    least, most = subject.model.groups[fit.group].bounds()
    if not least < fit.at_least <= most:
        who = "no lead" if fit.at_least > most else "every lead"
        what = f"{who} has them: {fit.group} gives {format_points(least)} to {format_points(most)} points"
        yield Fault(("nurture", "fit", "at_least"), what, "change the points, or remove fit")
