"""screen: where views are printed; nothing from an export or a config reaches a terminal as a command."""

from __future__ import annotations

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from leadscore.text import visible


def plain(text: object, style: str = "") -> Text:
    """Text as it is: no markup, no escapes, no line breaks of its own."""
    return Text(visible(str(text)), style=style)


def figures(first: str, *rest: str) -> Table:
    """A table of figures: names to the left, numbers to the right. A number is never cut off."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column(first, min_width=8, overflow="fold")
    for heading in rest:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def show(*parts: RenderableType, stderr: bool = True) -> None:
    """Print for people: on stderr, or on stdout where the text itself is the result."""
    console = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    for place, part in enumerate(parts):
        if isinstance(part, Table):
            if console.measure(part).maximum > console.width:
                part.padding = 0
            console.print(part, new_line_start=place > 0)
            console.print()
        else:
            console.print(part, soft_wrap=True)
