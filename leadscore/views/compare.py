"""compare: what another config does to the same leads -> tables, the changes of the config first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from rich import box
from rich.console import RenderableType
from rich.table import Table

from leadscore.analysis.compare.first import Mover, list_first
from leadscore.analysis.compare.movers import CHANGES
from leadscore.analysis.compare.order import Agreement
from leadscore.analysis.compare.result import Comparison, Result
from leadscore.analysis.compare.tiers import TierFigures
from leadscore.points import format_points
from leadscore.views.compare_sweep import sweep_view
from leadscore.views.figures import from_to, percent
from leadscore.views.screen import figures, plain

_CHANGES_SHOWN = 40


def compare_view(result: Result, as_of: date, first: int, out: Path | None) -> Iterator[RenderableType]:
    """The renderables of a comparison."""
    counts = result.counts
    aside = f" + {counts['set_aside']:,} set aside" if counts["set_aside"] else ""
    yield plain(f"{counts['in']:,} leads = {counts['compared']:,} compared{aside}, as of {as_of}", "bold")
    if result.key:
        yield from sweep_view(result)
    else:
        for variant in result.variants:
            yield plain(f"{variant.label}: {variant.title}")
        for place, comparison in enumerate(result.comparisons, start=1):
            yield from _comparison(result, place, comparison, first)
    for note in result.notes:
        yield plain(f"note: {note}")
    if out is not None:
        yield plain(f"written to {out}")


def _comparison(result: Result, place: int, comparison: Comparison, first: int) -> Iterator[RenderableType]:
    before, after = comparison.before.label, comparison.after.label
    yield plain("")
    yield plain(f"{before} to {after}", "bold")
    yield from _changes(comparison)
    yield plain(f"leads by tier: in {before} down, in {after} across")
    yield _crossing(result, comparison)
    yield plain(f"tiers: from {before} to {after}")
    yield _tiers(result.figures[0], result.figures[place])
    if result.work is not None:
        yield plain(f"leads per tier and {result.work.name}: from {before} to {after}")
        yield _work(result, comparison)
    yield from _movers(result, place, comparison, first)
    yield from _agreement(comparison.agreement)


def _changes(comparison: Comparison) -> Iterator[RenderableType]:
    if not comparison.changes:
        yield plain("the configs say the same")
    for change in comparison.changes[:_CHANGES_SHOWN]:
        yield plain(f"  {change}")
    more = len(comparison.changes) - _CHANGES_SHOWN
    if more > 0:
        yield plain(f"  and {more:,} more changes")


def _crossing(result: Result, comparison: Comparison) -> Table:
    """Where leads stood, and where they stand: rows and columns without leads are left out."""
    names, leads = result.standing_names, comparison.crossing
    rows = [place for place in range(len(names)) if leads[place].any()]
    columns = [place for place in range(len(names)) if leads[:, place].any()]
    corner = f"{comparison.before.label} \\ {comparison.after.label}"
    table = figures(corner, *(plain(names[place]).plain for place in columns))
    for row in rows:
        cells = [f"{leads[row, column]:,}" if leads[row, column] else "" for column in columns]
        table.add_row(plain(names[row], "bold"), *cells)
    return table


def _tiers(before: list[TierFigures], after: list[TierFigures]) -> Table:
    with_outcome = any(figure.known is not None for figure in (*before, *after))
    table = figures("Tier", "Leads", *(("Won/known", "Rate", "Lift") if with_outcome else ("Share",)))
    was, now = ({figure.name: figure for figure in each} for each in (before, after))
    for name in dict.fromkeys([*was, *now]):
        pairs = zip(_cells(was.get(name), with_outcome), _cells(now.get(name), with_outcome), strict=True)
        table.add_row(plain(name, "bold"), *(from_to(*pair) for pair in pairs))
    return table


def _cells(figure: TierFigures | None, with_outcome: bool) -> list[str]:
    if figure is None:
        return [""] * (4 if with_outcome else 2)
    if not with_outcome:
        return [f"{figure.leads:,}", percent(figure.share)]
    won = "" if figure.known is None else f"{figure.won:,}/{figure.known:,}"
    lift = "" if figure.lift is None else f"{figure.lift:.2f}"
    return [f"{figure.leads:,}", won, percent(figure.rate), lift]


def _work(result: Result, comparison: Comparison) -> Table:
    """Leads per tier of each value."""
    assert result.work is not None, "it was asked for"
    table = figures(plain(result.work.name).plain, *(plain(tier).plain for tier in result.tiers))
    for counted in comparison.work:
        name = "unknown" if counted.value is None else counted.value
        name = name if counted.values == 1 else f"{counted.values:,} others"
        each = zip(counted.before.tolist(), counted.after.tolist(), strict=True)
        table.add_row(plain(name), *(from_to(f"{was:,}", f"{now:,}") for was, now in each))
    return table


def _movers(result: Result, place: int, comparison: Comparison, first: int) -> Iterator[RenderableType]:
    yield plain(f"moved: {_count(comparison.counts)}", "bold")
    movers = comparison.movers
    if movers is None or not len(movers.rows):
        return
    causes = movers.by_cause()
    ways = [change for change in CHANGES if comparison.counts[change]]
    table = figures("Moved by", *(way.capitalize() for way in ways))
    for name, counts in causes:
        table.add_row(plain(name), *(f"{counts[way]:,}" if counts[way] else "" for way in ways))
    yield table
    if first:
        yield _first(list_first(result, place, comparison, first))


def _count(counts: dict[str, int]) -> str:
    return ", ".join(f"{leads:,} {change}" for change, leads in counts.items() if leads) or "nobody"


def _first(movers: list[Mover]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for head in ("Lead", "From", "To", "Score", "Rank", "Because"):
        numbers = head in {"Score", "Rank"}
        table.add_column(head, justify="right" if numbers else "left", no_wrap=numbers, overflow="fold")
    for mover in movers:
        scores = from_to(*(format_points(score) for score in (mover.previous_score, mover.score)))
        ranks = from_to(*(str(rank or "") for rank in (mover.previous_rank, mover.rank)))
        cells = (mover.id, mover.previous_tier, mover.tier, scores, ranks, _because(mover))
        table.add_row(*(plain(cell) for cell in cells))
    return table


def _because(mover: Mover) -> str:
    """What has moved the lead, then all other lines that differ."""
    lines = [f"{name} {format_points(points, signed=True)}" for name, _, points in mover.lines]
    told = any(name == mover.moved_by for name, _, _ in mover.lines)
    return "; ".join(lines if told else [mover.moved_by, *lines])


def _agreement(agreement: Agreement) -> Iterator[RenderableType]:
    if agreement.kendall is not None and agreement.spearman is not None:
        correlations = f"Kendall's tau {agreement.kendall:.4f}, Spearman's rho {agreement.spearman:.4f}"
        yield plain(f"order of the {agreement.leads:,} leads ranked in both: {correlations}")
    each = [
        f"{first.common:,} of the first {first.number:,}{' (a tenth)' if first.tenth else ''}"
        for first in agreement.first
        if first.number
    ]
    if each:
        yield plain(f"the same leads are {', '.join(dict.fromkeys(each))}")
