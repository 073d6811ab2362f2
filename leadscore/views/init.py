"""init: a first config -> a few sentences on what is in it, and the next command."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from leadscore.analysis.init.build import Made
from leadscore.views.screen import plain

_NAMED = 8


def init_view(made: Made, out: Path | None, is_new: bool) -> Iterator[RenderableType]:
    """The sentences."""
    survey, draft = made.survey, made.draft
    count = f"{survey.leads:,} lead{'s' if survey.leads != 1 else ''}"
    preset = f", read as {survey.preset}" if survey.preset else ""
    yield plain(
        f"{survey.title}: {count}, {len(survey.columns)} columns, id {survey.id.header}{preset}", "bold"
    )
    yield from map(plain, _told(made))
    if draft.tiers and len(draft.tiers) > 1:
        yield plain(
            "tiers: " + "; ".join(_tier(each.name, each.min_score, each.note) for each in draft.tiers)
        )
    if out is not None:
        yield plain(f"{out} {'is written' if is_new else 'was written so before, and is as it was'}")
    yield plain("next:", "bold")
    yield from (plain(f"  {line}") for line in next_commands(made, out))


def _told(made: Made) -> Iterator[str]:
    live = len(made.draft.live())
    waiting = [rule.name for rule in made.draft.rules if rule.off]
    rest = f"; as comments for you to decide: {', '.join(waiting)}" if waiting else ""
    rules = f"{live} rule{'s' if live != 1 else ''}"
    if made.learned:
        learned = made.learned
        yield f"{rules} with points from {learned.learned_from:,} leads whose outcome is known{rest}"
        yield (f"on {learned.held_out:,} others a won lead scores above a lost one in "
               f"{100 * learned.area:.0f} % of "
               f"all pairs; of their top tenth {100 * learned.top_rate:.0f} % were won, of all "
               f"{100 * learned.rate:.0f} %")  # fmt: skip
    elif made.draft.rules:
        yield f"{rules} with points by rule of thumb, from what the columns mean{rest}"
    if made.suspects:
        names = list(made.suspects)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"left out, as they may know the outcome: {', '.join(names[:_NAMED])}{more}"
    yield from made.notes


def _tier(name: str, cut: int | None, note: str) -> str:
    start = "" if cut is None else f" from {cut}"
    return f"{name}{start} ({note.split(';')[0]})"


def next_commands(made: Made, out: Path | None) -> Iterator[str]:
    """What to type now."""
    files = " ".join(shlex.quote(str(path)) for path in made.survey.paths)
    config = shlex.quote(str(out or "model.yml"))
    day = f" --as-of {made.as_of}" if made.as_of else ""
    if out is None:
        yield f"leadscore init {files} -o model.yml"
    log = " --events LOG" if made.needs_log else ""
    yield f"leadscore score {files} -c {config} -o out{log}{day}"
    if made.learned:
        yield f"leadscore evaluate {files} -c {config}{log}{day}"
    else:
        yield f"leadscore check {config} {files}{day}"


def init_json(made: Made, out: Path | None) -> dict[str, Any]:
    """The same for machines, and the config itself."""
    learned, draft = made.learned, made.draft
    held_out = learned and {
        "leads": learned.held_out, "area": round(learned.area, 4), "top_tenth": round(learned.top_rate, 4),
        "rate": round(learned.rate, 4),
    }  # fmt: skip
    return {
        "leads": made.survey.leads,
        "columns": len(made.survey.columns),
        "id": made.survey.id.header,
        "preset": made.survey.preset or None,
        "outcome": draft.outcome.field.name if draft.outcome else None,
        "rules": [{"name": rule.name, "group": rule.group, "off": rule.off or None} for rule in draft.rules],
        "held_out": held_out,
        "left_out": dict(made.suspects),
        "tiers": [{"name": tier.name, "min_score": tier.min_score} for tier in draft.tiers],
        "as_of": made.as_of.isoformat() if made.as_of else None,
        "notes": list(made.notes),
        "written": str(out) if out else None,
        "next": list(next_commands(made, out)),
        "config": made.text,
    }
