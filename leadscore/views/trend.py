"""trend: runs over time -> tables: a line per run, then what is different in the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table

from leadscore.analysis.trend.moves import Moves
from leadscore.analysis.trend.result import Step, Trend
from leadscore.analysis.trend.values import NewValues
from leadscore.pipeline.snapshot import FieldShot, Named, Snapshot, TierShot, UnlistedShot
from leadscore.views.figures import percent
from leadscore.views.screen import figures, plain

_RULES_SHOWN = 10
_QUANTILES = ("10", "25", "50", "75", "90")


def trend_view(trend: Trend, last: int) -> Iterator[RenderableType]:
    """The renderables; of the runs the last so many."""
    steps = trend.steps[-last:]
    first, now = trend.steps[0].run.shot, trend.steps[-1].run.shot
    runs = "1 run" if len(trend.steps) == 1 else f"{len(trend.steps):,} runs"
    shown = "" if len(steps) == len(trend.steps) else f"; the last {len(steps)} are shown"
    yield plain(f"{runs}, {first.as_of} to {now.as_of}{shown}", "bold")
    yield plain("score: mean, and what so many percent of the ranked leads have at most")
    yield _scores(steps)
    yield from _tiers(steps)
    if len(trend.steps) > 1:
        yield from _since(trend)
    for day in [str(step.run.shot.as_of) for step in steps if not step.same_config]:
        yield plain(f"note: the config of {day} is not that of the run before, and may be why things moved")
    for note in trend.notes:
        yield plain(f"note: {note}")


def _scores(steps: Sequence[Step]) -> Table:
    quantiles = (f"{share} %" for share in _QUANTILES)
    table = figures("Day", "Leads", "Ranked", "Mean", *quantiles, "PSI", "To first")
    for step in steps:
        shot = step.run.shot
        found = (_points(shot.quantiles.get(share)) for share in _QUANTILES)
        counts = (f"{shot.leads['in']:,}", f"{shot.leads['ranked']:,}")
        psi = (_psi(step.psi), _psi(step.psi_of_first))
        table.add_row(plain(shot.as_of), *counts, _points(shot.mean), *found, *psi)
    return table


def _tiers(steps: Sequence[Step]) -> Iterator[RenderableType]:
    """Leads and conversion per tier; a tier that a run does not have is blank."""
    shots = [step.run.shot for step in steps]
    yield plain("leads per tier, and their share of the ranked ones")
    yield _per_tier(shots, lambda tier: f"{tier.leads:,}  {percent(tier.share):>7}")
    if any(tier.known is not None for shot in shots for tier in shot.tiers):
        yield plain("won of those whose outcome is known, per tier")
        yield _per_tier(shots, _conversion)


def _per_tier(shots: Sequence[Snapshot], cell: Callable[[TierShot], str]) -> Table:
    names = list(dict.fromkeys(tier.name for shot in reversed(shots) for tier in shot.tiers))
    table = figures("Day", *(plain(name).plain for name in names))
    for shot in shots:
        tiers = {tier.name: tier for tier in shot.tiers}
        table.add_row(plain(shot.as_of), *(cell(tiers[name]) if name in tiers else "" for name in names))
    return table


def _conversion(tier: TierShot) -> str:
    return "" if tier.known is None else f"{tier.won:,}/{tier.known:,}  {percent(tier.rate):>7}"


def _since(trend: Trend) -> Iterator[RenderableType]:
    """What is different in the last run from the one before it."""
    before, now = (step.run.shot for step in trend.steps[-2:])
    yield plain(f"{before.as_of} to {now.as_of}", "bold")
    if trend.moves is not None:
        yield plain(f"leads by tier: {before.as_of} down, {now.as_of} across")
        yield _crossing(trend.moves)
    yield from _rules(trend.steps[-1], before)
    if before.fields or now.fields:
        yield from _fields(before, now)
    yield from _unlisted(before, now)
    for new in trend.new_values:
        yield plain(_new(new), "yellow")


def _crossing(moves: Moves) -> Table:
    """Rows and columns without leads are left out."""
    rows, columns = ([place for place in range(len(names)) if moves.leads.take(place, axis).any()]
                     for axis, names in enumerate((moves.before, moves.now)))  # fmt: skip
    table = figures("", *(plain(moves.now[place]).plain.replace(" ", "\n") for place in columns))
    for row in rows:
        cells = [f"{moves.leads[row, place]:,}" if moves.leads[row, place] else "" for place in columns]
        table.add_row(plain(moves.before[row], "bold"), *cells)
    return table


def _rules(step: Step, before: Snapshot) -> Iterator[RenderableType]:
    known = {key: psi for key, psi in step.rules.items() if psi is not None}
    if not known:
        return
    moved = [key for key, psi in known.items() if _psi(psi) != _psi(0)]
    most = sorted(moved, key=lambda key: -known[key])[:_RULES_SHOWN]
    others = f"; {len(known) - len(most)} others have moved less" if len(most) < len(known) else ""
    yield plain(f"rules: the share of leads they fire for{others}")
    if not most:
        return
    table = figures("Rule", "Before", "Now", "PSI")
    for key in most:
        rates = (percent(shot.rules[key].rate) for shot in (before, step.run.shot))
        table.add_row(plain(_name(key)), *rates, _psi(known[key]))
    yield table


def _fields(before: Snapshot, now: Snapshot) -> Iterator[RenderableType]:
    """Dates, and fields that are missing more often or less."""
    names, rows = dict.fromkeys([*now.fields, *before.fields]), {}
    for name in names:
        each = before.fields.get(name), now.fields.get(name)
        missing = [percent(field.rate if field else None) for field in each]
        if missing[0] != missing[1] or any(field and field.is_date for field in each):
            rows[name] = [*missing, *map(_days, each)]
    same = f"; {len(names) - len(rows)} are as before" if len(rows) < len(names) else ""
    yield plain(f"fields: leads without a value{same}; dates: days from the newest to the day scored for")
    table = figures("Field", "Missing before", "Now", "Newest before", "Now")
    for name, cells in rows.items():
        table.add_row(plain(name), *cells)
    if rows:
        yield table


def _days(field: FieldShot | None) -> str:
    return f"{field.newest_days:,}" if field and field.newest_days is not None else ""


def _unlisted(before: Snapshot, now: Snapshot) -> Iterator[RenderableType]:
    for key, unlisted in now.unlisted.items():
        was = before.unlisted.get(key)
        if unlisted.leads or (was and was.leads):
            then = f" (before: {_count(was)})" if was else ""
            yield plain(f"not listed by rule {_name(key)!r}: {_count(unlisted)}{then}")


def _count(unlisted: UnlistedShot) -> str:
    values = "many" if unlisted.values is None else f"{unlisted.values:,}"
    return f"{values} value{'' if unlisted.values == 1 else 's'}, {_leads(unlisted.leads)}"


def _new(new: NewValues) -> str:
    shown = ", ".join(f"{value} {leads:,}" for value, leads in new.shown)
    values = f"{new.values:,} value{'' if new.values == 1 else 's'} that none had before"
    return f"new in {new.field}: {values}, {_leads(new.leads)}" + (f": {shown}" if shown else "")


def _leads(count: int) -> str:
    return f"{count:,} lead{'' if count == 1 else 's'}"


def _name(key: Named) -> str:
    segment, name = key
    return f"{name} ({segment})" if segment else name


def _psi(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _points(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
