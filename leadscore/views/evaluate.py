"""evaluate: what outcomes say of a score -> tables, the answer first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table

from leadscore.analysis.evaluate.asked import Answer, Missed
from leadscore.analysis.evaluate.evaluation import Evaluation
from leadscore.analysis.statistics import Estimate
from leadscore.points import format_points
from leadscore.views.arms import arms_view
from leadscore.views.chances import chances_view
from leadscore.views.evaluate_tables import (
    cuts_table,
    in_percent,
    interval,
    proposed_view,
    rules_table,
    share_cells,
    shares_table,
)
from leadscore.views.figures import percent
from leadscore.views.screen import figures, plain

SENTENCES = {
    "evidence": "the score tells won from lost leads",
    "no evidence": "no evidence that the score tells won from lost leads: 0.5 is what chance gives",
    "reversed": "lost leads stand above won ones: the score says the opposite of what came",
}


def evaluate_view(answer: Answer, as_of: date, out: Path | None = None) -> Iterator[RenderableType]:
    """The renderables of what was asked of outcomes."""
    evaluation = answer.evaluation
    yield from _head(evaluation, as_of)
    yield plain("")
    yield shares_table("Tier", evaluation.tiers)
    if answer.groups is not None:
        yield from arms_view(answer.groups)
    yield plain("in the order of their ranks, a tenth of the leads at a time")
    yield shares_table("Tenth", evaluation.deciles, with_gains=True)
    if evaluation.segments:
        yield plain("by segment")
        yield _segments(evaluation)
    yield plain("if a tier began there" + in_percent(evaluation))
    yield cuts_table(evaluation)
    yield plain(
        "what each rule gave, and the points that its leads' outcomes support (95 %), one rule at a time"
    )
    yield rules_table(evaluation.rules)
    if answer.chances is not None:
        yield from chances_view(answer.chances)
    if answer.proposed is not None:
        yield from proposed_view(answer.proposed, evaluation)
    if out is not None:
        yield plain(f"a config with these cuts is written to {out}; yours stays as it is")
    if answer.missed:
        yield plain("won, and yet so low")
        yield _missed(answer.missed)
    for doubt in evaluation.doubts:
        yield plain(f"doubt: {doubt}", "yellow")
    for note in evaluation.judged.notes:
        yield plain(f"note: {note}")


def _head(evaluation: Evaluation, as_of: date) -> Iterator[RenderableType]:
    judged, whole, area = evaluation.judged, evaluation.whole, evaluation.area
    ranked = len(judged.parts["ranked"])
    yield plain(
        f"{ranked:,} ranked leads, as of {as_of}: {whole.won:,} won, {whole.known - whole.won:,} lost"
        + (f", {ranked - whole.known:,} that do not count" if ranked > whole.known else ""),
        "bold",
    )
    unknown = ranked - whole.known - sum(judged.left_out.values())
    if unknown:
        yield plain(f"  {unknown:,}: their outcome is not known")
    for why, leads in judged.left_out.items():
        yield plain(f"  {leads:,}: {why}")
    unread = {
        "lines set aside": len(judged.collected.set_aside),
        "cells not read": judged.collected.unreadable,
    }
    for what, count in unread.items():
        if count:
            yield plain(f"  {count:,} {what}: a run of leadscore score lists them")
    yield plain(f"won: {_rate(evaluation.rate)}")
    interval = f"{area.low:.3f} to {area.high:.3f}"
    yield plain(
        f"AUC {area.value:.3f} ({interval}), KS {evaluation.distance:.3f}: {SENTENCES[evaluation.verdict]}"
    )


def _rate(rate: Estimate) -> str:
    return f"{percent(rate.value)} ({interval(rate)})"


def _segments(evaluation: Evaluation) -> Table:
    table = figures("Segment", "Leads", "Won/known", "Rate", "Lift", "AUC", "95 %")
    for segment in evaluation.segments:
        _, leads, won, rate, _, lift, _ = share_cells(segment.share)
        area = segment.area
        told = [f"{area.value:.3f}", f"{area.low:.3f} to {area.high:.3f}"] if area else ["", ""]
        table.add_row(plain(segment.share.name, "bold"), leads, won, rate, lift, *told)
    return table


def _missed(missed: Sequence[Missed]) -> Table:
    table = figures("Lead", "Line", "Tier", "Score")
    for lead in missed:
        table.add_row(plain(lead.id), str(lead.line), plain(lead.tier), format_points(lead.score))
    return table
