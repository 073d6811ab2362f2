"""pictures: figures of a run -> its charts, each with the figures beside it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from leadscore.analysis.reported import Reported
from leadscore.views.report.charts import gains, heat_map, histogram
from leadscore.views.report.markup import Markup, element, join, table

_BINS = 50


def show_distribution(reported: Reported) -> Markup | None:
    """Leads by score, and its mean and quantiles."""
    score = reported.summary["score"]
    kept = score.get("histogram")
    if not kept or not sum(kept["leads"]):
        return None
    width, leads = _coarser(kept["width"], kept["leads"])
    starts = [kept["start"] + place * width for place in range(len(leads))]
    tiers = reported.summary["tiers"]
    cuts = [(tier["name"], tier["min_score"]) for tier in tiers if tier["min_score"] is not None]
    quantiles = score.get("quantiles", {})
    told = ", ".join(f"{share} % up to {value:g}" for share, value in quantiles.items() if value is not None)
    words = f"mean {score['mean']:g}; {told}" if score.get("mean") is not None else told
    return join([histogram(starts, width, leads, cuts), element("p", words, class_="soft")])


def _coarser(width: float, leads: Sequence[int]) -> tuple[float, list[int]]:
    """Bins of twice the width, until they are few enough to be seen."""
    counts = list(leads)
    while len(counts) > _BINS:
        pairs = zip_longest(counts[::2], counts[1::2], fillvalue=0)
        counts, width = [sum(pair) for pair in pairs], 2 * width
    return width, counts


def show_heat_map(reported: Reported) -> Markup | None:
    """Leads by two groups; where outcomes are known, red is where most are won."""
    found = reported.summary.get("heat_map")
    if not found:
        return None
    rates = _rates(found)
    heat: Sequence[Sequence[float | None]] = rates or _shares(found["leads"])
    rows, columns = ((found[axis]["group"], found[axis]["labels"]) for axis in ("rows", "columns"))
    told = [
        [_cell(leads, rates[row][column] if rates else None) for column, leads in enumerate(cells)]
        for row, cells in enumerate(found["leads"])
    ]
    colour = "red: many were won" if rates else "red: many leads"
    words = f"Leads by {rows[0]} and {columns[0]}; {colour}. The table below has the same figures."
    picture = heat_map(told, rows, columns, _scaled(heat), words)
    heads = [f"{rows[0]} down, {columns[0]} across", *columns[1]]
    lines = [[label, *cells] for label, cells in zip(rows[1], told, strict=True)][::-1]
    return join([picture, element("details", element("summary", "as a table"), table(heads, lines))])


def show_gains(reported: Reported) -> Markup | None:
    """How much of what was won stands first; nothing without outcomes."""
    tenths = reported.summary.get("tenths")
    if not tenths or not any(tenth["won"] for tenth in tenths):
        return None
    won = sum(tenth["won"] for tenth in tenths)
    known = sum(tenth["known"] for tenth in tenths)
    so_far, shares = 0, []
    for tenth in tenths:
        so_far += tenth["won"]
        shares.append(so_far / won)
    words = f"The first tenth of the leads holds {shares[0]:.0%} of the won, the first three {shares[2]:.0%}."
    heads = ("Tenth", "Won/known", "Rate", "Lift", "Won so far")
    rows: list[list[Markup | str | int | None]] = [
        [
            place,
            f"{tenth['won']:,}/{tenth['known']:,}",
            f"{tenth['won'] / tenth['known']:.1%}" if tenth["known"] else "",
            f"{tenth['won'] / tenth['known'] / (won / known):.2f}" if tenth["known"] else "",
            f"{share:.0%}",
        ]
        for place, (tenth, share) in enumerate(zip(tenths, shares, strict=True), start=1)
    ]
    note = (
        "Scores know all that the export knows today; leadscore evaluate --split scores as of an earlier day."
    )
    both = element("div", gains(shares, words), table(heads, rows), class_="side")
    return join([element("p", words), both, element("p", note, class_="soft")])


def _rates(found: dict[str, Any]) -> list[list[float | None]] | None:
    if "won" not in found:
        return None
    return [
        [won / known if known else None for won, known in zip(*pair, strict=True)]
        for pair in zip(found["won"], found["known"], strict=True)
    ]


def _shares(leads: Sequence[Sequence[int]]) -> list[list[float | None]]:
    return [[count or None for count in row] for row in leads]


def _scaled(heat: Sequence[Sequence[float | None]]) -> list[list[float | None]]:
    """From 0 to 1, the lowest and the highest there is."""
    known = [value for row in heat for value in row if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    width = (high - low) or 1.0
    return [[None if value is None else (value - low) / width for value in row] for row in heat]


def _cell(leads: int, rate: float | None) -> str:
    if not leads:
        return ""
    return f"{leads:,}" if rate is None else f"{leads:,}, {rate:.0%}"
