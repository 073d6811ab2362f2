"""screen: where views are printed; nothing from an export or a config reaches a terminal as a command."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.text import Text

from leadscore.text import visible


def plain(text: object, style: str = "") -> Text:
    """Text as it is: no markup, no escapes, no line breaks of its own."""
    return Text(visible(str(text)), style=style)


def show(*parts: RenderableType, stderr: bool = True) -> None:
    """Print for people: on stderr, or on stdout where the text itself is the result."""
    console = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, Text))
