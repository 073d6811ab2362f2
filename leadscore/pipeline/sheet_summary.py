"""sheet_summary: the figures of a run -> the first sheet of its workbook, a line after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from leadscore import __version__
from leadscore.pipeline.job import Job

Line = Sequence[tuple[Any, str]]
"""Cells, each a value and how it looks: "", "bold", "header" or "share"."""

_TIERS = ("Tier", "From", "Leads", "Share", "Lowest", "Highest", "Mean")
_OUTCOME = ("Won", "Known", "Rate", "Lift")


def list_lines(summary: dict[str, Any], job: Job) -> list[Line]:
    """What the summary on the terminal shows, and what the scores were made by."""
    return [
        [(summary["name"], "bold")],
        [("As of", ""), (summary["as_of"], "")],
        [],
        *_tiers(summary),
        [],
        *_counts(summary),
        [],
        [("Config", ""), (job.config, "")],
        [("Digest of the config", ""), (job.config_digest, "")],
        *([("Changed by", ""), (change, "")] for change in job.overrides),
        [("leadscore", ""), (__version__, "")],
    ]


def _tiers(summary: dict[str, Any]) -> Iterator[Line]:
    outcome = summary["outcome"]
    yield [(name, "header") for name in (*_TIERS, *(_OUTCOME if outcome else ()))]
    for tier in summary["tiers"]:
        begins = ", ".join(tier["high"]) if tier["high"] else tier["min_score"]
        cells = [(tier["name"], ""), (begins, ""), (tier["leads"], ""), (tier["share"], "share")]
        cells += [(tier[name], "") for name in ("lowest", "highest", "mean")]
        yield [*cells, *(_won(tier["outcome"], tier["lift"]) if outcome else ())]
    if outcome:
        share = 1 if summary["leads"]["ranked"] else None
        empty = [("", "")] * 3
        cells = [("all ranked", ""), ("", ""), (summary["leads"]["ranked"], ""), (share, "share"), *empty]
        yield [*cells, *_won(outcome, 1)]


def _won(outcome: dict[str, Any], lift: float | None) -> Line:
    return [(outcome["won"], ""), (outcome["known"], ""), (outcome["rate"], "share"), (lift, "")]


def _counts(summary: dict[str, Any]) -> Iterator[Line]:
    yield [("Leads", "header"), ("", "header")]
    for name, count in summary["leads"].items():
        yield [("in the export" if name == "in" else name.replace("_", " "), ""), (count, "")]
    for reason, count in summary["disqualified_by"].items():
        yield [(f"disqualified, {reason}", ""), (count, "")]
    for reason, count in summary["set_aside"].items():
        yield [(f"set aside, {reason}", ""), (count, "")]
