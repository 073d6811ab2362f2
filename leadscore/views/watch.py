"""watch: what is too far from the run before -> a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType

from leadscore.views.screen import plain


def watch_view(watch: dict[str, Any] | None) -> Iterator[RenderableType]:
    """What the summary of a run says of the checks against the run before; nothing where none is set."""
    if watch is None:
        return
    for alarm in watch["alarms"]:
        yield plain(f"since {watch['since']}: {alarm['text']}", "yellow")
    if watch["note"]:
        yield plain(f"note: {watch['note']}")
