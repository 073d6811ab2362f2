"""measures: what the columns beside the score add up to -> tables under that of the tiers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from leadscore.views.screen import figures, plain

# The colours people call by these names; any other name is printed as the rest is.
_STYLES = {"red": "red", "orange": "dark_orange", "yellow": "yellow", "green": "green", "blue": "blue"}


def measures_view(summary: dict[str, Any]) -> Iterator[RenderableType]:
    """The tables of heat and expected value, where the config asks for them."""
    if "heat_colour" in summary["labels"]:
        yield _heat(summary["labels"]["heat_colour"], summary["leads"]["ranked"])
    if summary["expected_value"] is not None:
        yield _value(summary)


def _heat(leads_by_colour: dict[str, int], ranked: int) -> Table:
    table = figures("Heat", "Leads", "Share")
    for colour, leads in leads_by_colour.items():
        share = f"{leads / ranked * 100:.1f} %" if ranked else ""
        table.add_row(plain(colour, _STYLES.get(colour, "")), f"{leads:,}", share)
    return table


def _value(summary: dict[str, Any]) -> Table:
    table = figures("Expected value", "Leads", "Unknown", "Total")
    for tier in summary["tiers"]:
        table.add_row(plain(tier["name"], "bold"), *_worth(tier["expected_value"]))
    table.add_section()
    table.add_row(plain("all ranked"), *_worth(summary["expected_value"]))
    return table


def _worth(value: dict[str, Any]) -> tuple[str, str, str]:
    return f"{value['known']:,}", f"{value['unknown']:,}", f"{value['total']:,.2f}"
