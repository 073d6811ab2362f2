"""presets: the exports leadscore knows -> tables of them, and of one's fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich import box
from rich.console import RenderableType
from rich.table import Table

from leadscore.model.preset import Preset
from leadscore.views.screen import plain


def presets_view(presets: Mapping[str, Preset]) -> Iterator[RenderableType]:
    """All of them: the name for a config, what it reads, and how it is recognised."""
    table = _table("Preset", "Reads", "Fields", "Recognised")
    for name, preset in presets.items():
        how = "by its headers" if preset.recognise else "only by name"
        table.add_row(plain(name, "bold"), plain(preset.name), str(len(preset.fields)), how)
    yield table


def preset_view(preset: Preset) -> Iterator[RenderableType]:
    """One: each field and the headers it may stand under."""
    table = _table("Field", "Type", "Headers")
    for name, field in preset.fields.items():
        table.add_row(plain(name, "bold"), field.type or "text", plain(", ".join(field.columns)))
    yield plain(preset.name, "bold")
    yield table


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for heading in headings:
        table.add_column(heading)
    return table
