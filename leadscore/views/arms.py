"""arms: what came of the leads of each arm of a trial, or of each value of a field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from leadscore.analysis.evaluate.arms import Group, Groups, InTier
from leadscore.analysis.evaluate.judged import LEAST
from leadscore.analysis.statistics import Difference, Estimate
from leadscore.views.figures import estimate_json, percent
from leadscore.views.screen import figures, plain

_SIDE_BY_SIDE = 3
"""Groups whose tiers are shown beside each other."""


def arms_view(groups: Groups) -> Iterator[RenderableType]:
    """What came of each arm, and how far it is from control."""
    timed = any(group.days for group in groups.groups)
    compared = [group for group in groups.groups if group.against]
    days = ("Days", "Mean", "Known") if timed else ()
    points = ("Points", "95 %", "z", "p") if compared else ()
    table = figures(plain(groups.by).plain, "Won", "Leads", "Rate", "95 %", *points, *days)
    for group in groups.groups:
        name = plain(_name(group) + " (few)" * group.few, "bold")
        against = _against(group) if compared else []
        table.add_row(name, *_rate(group), *against, *(_days(group) if timed else []))
    yield table
    yield from _remarks(groups, len(compared), timed)
    if 1 < len(groups.groups) <= _SIDE_BY_SIDE:
        yield plain("won of the leads in each tier")
        yield _tiers(groups)


def _tiers(groups: Groups) -> Table:
    table = figures(
        "Tier", *(name for group in groups.groups for name in (plain(_name(group)).plain, "Rate", "95 %"))
    )
    for place, tier in enumerate(groups.groups[0].tiers):
        cells = [_in_tier(group.tiers[place]) for group in groups.groups]
        table.add_row(plain(tier.name, "bold"), *(cell for each in cells for cell in each))
    return table


def _in_tier(tier: InTier) -> list[str]:
    if tier.rate is None:
        return ["", "", ""]
    return [f"{tier.won:,}/{tier.leads:,}", percent(tier.rate.value), _between(tier.rate)]


def _remarks(groups: Groups, compared: int, timed: bool) -> Iterator[RenderableType]:
    if compared:
        of_p = "p: how often chance alone does as much"
        yield plain(f"points: percentage points more than {groups.base}; {of_p}")
    if compared > 1:
        asked = f"ask for p below {0.05 / compared:.2g}"
        yield plain(f"of {compared} comparisons one below 0.05 is easily chance; {asked}")
    if timed:
        yield plain("days: from when a lead came in to when it was won, the median")
    if any(group.few for group in groups.groups):
        yield plain(f"few: fewer than {LEAST} won or {LEAST} lost leads", "yellow")
    if groups.backwards:
        what = "won before they came in, so that their days do not count"
        yield plain(f"{what}: {groups.backwards:,}", "yellow")


def _name(group: Group) -> str:
    if group.name is None:
        return "(unknown)"
    return f"({group.values:,} others)" if group.values > 1 else group.name


def _rate(group: Group) -> list[str]:
    return [f"{group.won:,}", f"{group.leads:,}", percent(group.rate.value), _between(group.rate)]


def _between(rate: Estimate) -> str:
    return f"{rate.low * 100:.1f} to {rate.high * 100:.1f}"


def _against(group: Group) -> list[str]:
    if group.against is None:
        return ["", "", "", ""]
    value, z, p = group.against.value, group.against.z, group.against.p
    ends = f"{value.low * 100:+.1f} to {value.high * 100:+.1f}"
    return [f"{value.value * 100:+.1f}", ends, f"{z:.2f}", f"{p:.3f}" if p >= 0.001 else "<0.001"]


def _days(group: Group) -> list[str]:
    if group.days is None:
        return ["", "", ""]
    return [f"{group.days.median:g}", f"{group.days.mean:.1f}", f"{group.days.known:,}"]


def arms_json(groups: Groups) -> dict[str, Any]:
    """The same for machines. Rates and differences are shares: 0.05 is five percentage points."""
    return {
        "by": groups.by,
        "against": groups.base,
        "groups": [_group_json(group) for group in groups.groups],
        "won_before_they_came_in": groups.backwards,
    }


def _group_json(group: Group) -> dict[str, Any]:
    days = group.days
    return {
        "value": group.name,
        "values": group.values,
        "leads": group.leads,
        "won": group.won,
        "rate": estimate_json(group.rate),
        "few": group.few,
        "days": days and {"known": days.known, "median": days.median, "mean": days.mean},
        "difference": group.against and _difference(group.against),
        "tiers": [
            {
                "name": tier.name,
                "leads": tier.leads,
                "won": tier.won,
                "rate": tier.rate and estimate_json(tier.rate),
            }
            for tier in group.tiers
        ],
    }


def _difference(against: Difference) -> dict[str, Any]:
    return {**(estimate_json(against.value) or {}), "z": against.z, "p": against.p}
