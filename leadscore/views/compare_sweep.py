"""compare_sweep: one value of a config in steps -> a line for each."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from leadscore.analysis.compare.result import Result
from leadscore.views.figures import percent
from leadscore.views.screen import figures, plain


def sweep_view(result: Result) -> Iterator[RenderableType]:
    """The renderables of a sweep, and the values that the config cannot have."""
    base = result.variants[0]
    yield plain(f"{base.title}, {result.key}: against the config as it stands")
    with_outcome = any(figure.known is not None for figure in result.figures[0])
    top = ("Rate " + plain(result.figures[0][0].name).plain,) if with_outcome else ()
    figured = ("Moved", "Up", "Down", "First 100", "Spearman", *top)
    table = figures("Value", *(plain(tier).plain for tier in result.tiers), *figured)
    table.add_row(
        plain(base.label, "bold"), *_sweep_tiers(result, 0), *[""] * 5, *_top(result, 0, with_outcome)
    )
    for place, comparison in enumerate(result.comparisons, start=1):
        counts, agreement = comparison.counts, comparison.agreement
        spearman = "" if agreement.spearman is None else f"{agreement.spearman:.4f}"
        moved = (f"{sum(counts.values()):,}", f"{counts['up']:,}", f"{counts['down']:,}")
        hundred = agreement.first[1]
        cells = (*moved, f"{hundred.common}/{hundred.number}", spearman, *_top(result, place, with_outcome))
        table.add_row(plain(comparison.after.label), *_sweep_tiers(result, place), *cells)
    yield table
    for refused in result.refused:
        yield plain(f"{refused.label} is refused: {refused.problems[0]}", "yellow")


def _sweep_tiers(result: Result, place: int) -> list[str]:
    leads = {figure.name: figure.leads for figure in result.figures[place]}
    return [f"{leads[tier]:,}" if tier in leads else "" for tier in result.tiers]


def _top(result: Result, place: int, with_outcome: bool) -> list[str]:
    return [percent(result.figures[place][0].rate)] if with_outcome else []
