"""dealt: how many leads each arm of a trial has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType

from leadscore.views.screen import figures, plain


def dealt_view(summary: dict[str, Any]) -> Iterator[RenderableType]:
    """Leads per arm, where the config has arms."""
    if "arms" not in summary:
        return
    table = figures("Arm", "Meant", "Leads", "Share")
    for arm in summary["arms"]["arms"]:
        share = "" if arm["share"] is None else f"{arm['share'] * 100:.1f} %"
        table.add_row(plain(arm["name"], "bold"), f"{arm['of'] * 100:g} %", f"{arm['leads']:,}", share)
    yield table
