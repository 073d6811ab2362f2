"""evaluate_tables: parts of the leads, cuts and rules, a row each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table

from leadscore.analysis.evaluate.cuts import SHOWN
from leadscore.analysis.evaluate.evaluation import Evaluation
from leadscore.analysis.evaluate.propose import Proposal, Proposed
from leadscore.analysis.evaluate.rules import Evidence, Level
from leadscore.analysis.evaluate.shares import Share, cumulate
from leadscore.analysis.statistics import Estimate
from leadscore.points import format_points
from leadscore.views.figures import from_to, percent
from leadscore.views.screen import figures, plain

_VERDICTS = {"": "", "as it should be": "", "worth more": "more", "worth less": "less", "other sign": "sign"}


def shares_table(first: str, shares: Sequence[Share], with_gains: bool = False) -> Table:
    """A row for each part of the leads."""
    table = figures(
        first,
        "Scores",
        "Leads",
        "Won/known",
        "Rate",
        "95 %",
        "Lift",
        "Of won",
        *(["So far"] if with_gains else []),
    )
    gains = cumulate(shares)
    for share, gain in zip(shares, gains, strict=True):
        table.add_row(
            plain(share.name, "bold"), *share_cells(share), *([percent(gain)] if with_gains else [])
        )
    return table


def interval(rate: Estimate | None) -> str:
    """From where to where a rate lies with 95 % certainty, in percent."""
    return f"{100 * rate.low:.1f} to {100 * rate.high:.1f}" if rate else ""


def share_cells(share: Share) -> list[str]:
    """Scores, leads, won/known, rate, its interval, lift and share of the won."""
    scores = ""
    if share.lowest is not None and share.highest is not None:
        ends = (format_points(share.lowest), format_points(share.highest))
        scores = ends[0] if ends[0] == ends[1] else " to ".join(ends)
    return [
        scores,
        f"{share.leads:,}",
        f"{share.won:,}/{share.known:,}",
        percent(share.rate.value) if share.rate else "",
        interval(share.rate),
        "" if share.lift is None else f"{share.lift:.2f}",
        percent(share.of_won),
    ]


def in_percent(evaluation: Evaluation) -> str:
    """What cuts are in, where it is not points."""
    return " (percent of the most points a segment can give)" if evaluation.judged.model.segments else ""


def cuts_to_show(evaluation: Evaluation, most: int) -> list[int]:
    """Places of cuts: those of the tiers, the best by Youden's J, and others spread over the leads."""
    model = evaluation.judged.model
    scores = [] if model.segments else [tier.min_score for tier in model.tiers if tier.min_score is not None]
    return evaluation.cuts.few(scores, most)


def cuts_table(evaluation: Evaluation) -> Table:
    """A row for each of some places where a tier could begin."""
    table = figures("Cut", "Reached by", "Share", "Precision", "Recall", "F1", "J", "Missed", "")
    cuts, best, model = evaluation.cuts, evaluation.cuts.best_youden(), evaluation.judged.model
    tiers: dict[int, list[str]] = {}
    for tier in () if model.segments else model.tiers:
        if tier.min_score is not None:
            tiers.setdefault(cuts.place_of(tier.min_score), []).append(tier.name)
    for place in cuts_to_show(evaluation, SHOWN):
        cut = cuts.at(place)
        told = [*tiers.get(place, ()), *(["largest J"] if place == best else [])]
        table.add_row(
            format_points(cut.score), f"{cut.passed:,}", percent(cut.share), percent(cut.precision),
            percent(cut.recall), f"{cut.f1:.3f}", f"{cut.youden:.3f}", f"{cut.missed:,}",
            plain(", ".join(told)),
        )  # fmt: skip
    return table


def rules_table(rules: Sequence[Evidence]) -> Table:
    """A row for each level of each rule."""
    table = figures("Rule", "Points", "Leads", "Rate", "95 %", "Lift", "Supports", "")
    for rule in rules:
        name = f"{rule.segment}: {rule.rule}" if rule.segment else rule.rule
        for level in rule.levels:
            rate = percent(level.rate.value) if level.rate else ""
            lift = "" if level.lift is None else f"{level.lift:.2f}"
            cells = (_points(level), f"{level.known:,}", rate, interval(level.rate), lift)
            table.add_row(plain(name, "bold"), *cells, _supported(level), _verdict(level))
            name = ""
    return table


def _points(level: Level) -> str:
    if level.unknown:
        return "unknown"
    low, high = format_points(level.low, signed=True), format_points(level.high, signed=True)
    return low if low == high else f"{low} to {high}"


def _supported(level: Level) -> str:
    if level.supported is None:
        return ""
    return f"{round(level.supported.low):+d} to {round(level.supported.high):+d}"


def _verdict(level: Level) -> str:
    return _VERDICTS[level.verdict]


def proposed_view(proposed: Proposed, evaluation: Evaluation) -> Iterator[RenderableType]:
    """The cuts that history speaks for, and the tiers with them beside those as they are."""
    yield plain("proposed", "bold")
    for proposal in proposed.proposals:
        yield plain(f"  {_proposal(proposal, proposed.days)}")
    table = figures("Tier", "Leads", "Won/known", "Rate", "Lift")
    for was, now in zip(evaluation.tiers, proposed.tiers, strict=False):  # those in no tier come after them
        pairs = zip(share_cells(was), share_cells(now), strict=True)
        _, leads, won, rate, _, lift, _ = (from_to(*pair) for pair in pairs)
        table.add_row(plain(now.name, "bold"), leads, won, rate, lift)
    yield table


def _proposal(proposal: Proposal, days: int | None) -> str:
    cut, wanted = proposal.figures, proposal.wanted
    where = f"{wanted.tier} from {format_points(proposal.before)} to {format_points(proposal.after)}"
    if proposal.before == proposal.after:
        where = f"{wanted.tier} stays at {format_points(proposal.after)}"
    why = {
        "youden": f"J {cut.youden:.3f} is the largest there is",
        "recall": f"keeps {percent(cut.recall)} of the won at the best precision, {percent(cut.precision)}",
        "capacity": f"no more than {wanted.number:,g} leads" + (f" a day over {days:,} days" if days else ""),
    }
    return f"{where}: {why[wanted.way]}"
