"""log: a finished run as lines for a log, one event each: a word, then key=value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from leadscore.text import visible


def log_lines(
    summary: dict[str, Any], manifest: dict[str, Any], out: str, removed: Sequence[Path], exit_code: int
) -> Iterator[str]:
    """What was read, what came of it, what was doubtful, what was published and removed."""
    for file in manifest["inputs"]:
        yield _line("read", file=file["file"], bytes=file["bytes"], sha256=file["sha256"])
    yield _line("scored", as_of=summary["as_of"], **summary["leads"])
    for tier in summary["tiers"]:
        yield _line("tier", name=tier["name"], leads=tier["leads"])
    if summary.get("moved"):
        yield _line("moved", **summary["moved"])
    yield from _doubts(summary)
    config = manifest["config"]
    yield _line("published", out=out, config=config["file"], model=config["model_sha256"])
    for run in removed:
        yield _line("removed", run=run.name)
    yield _line("ended", exit_code=exit_code)


def say_incomplete(summary: dict[str, Any], out: str) -> Iterator[str]:
    """A sentence for all that a run has beyond what its config allows."""
    for alarm in alarms_of(summary):
        yield f"{out}: is published, but far from the run before: {alarm}"
    lines = sum(summary["set_aside"].values())
    cells = sum(cells["cells"] for cells in summary["unreadable"])
    if lines or cells:
        what = f"{lines:,} lines set aside, {cells:,} cells unreadable"
        yield f"{out}: is published, but not complete: {what}; see set_aside.csv and unreadable.csv there"


def alarms_of(summary: dict[str, Any]) -> list[str]:
    """What is too far from the run before, in words."""
    return [str(alarm["text"]) for alarm in summary.get("watch", {}).get("alarms", ())]


def _doubts(summary: dict[str, Any]) -> Iterator[str]:
    for reason, lines in summary["set_aside"].items():
        yield _line("set_aside", reason=reason, lines=lines)
    for cells in summary["unreadable"]:
        yield _line("unreadable", **cells)
    if summary["events"]:
        yield _line("events", **summary["events"])
    for alarm in alarms_of(summary):
        yield _line("alarm", text=alarm)
    for note in summary["notes"]:
        yield _line("note", text=note)


def _line(event: str, **about: object) -> str:
    return " ".join([event, *(f"{key}={_value(value)}" for key, value in about.items())])


def _value(value: object) -> str:
    text = visible(str(value))
    return text if re.fullmatch(r"[\w.:/,+-]+", text) else json.dumps(text, ensure_ascii=False)
