"""screen: where views are printed; nothing from an export or a config reaches a terminal as a command."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich import box
from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

from leadscore.text import visible

_WIDE = 10_000
FEW, MANY = 16, 256


@dataclass(frozen=True)
class Look:
    """What can be shown where views are printed."""

    width: int = 80
    blocks: bool = False
    """Whether somebody looks at it, and letters that draw bars can be written."""
    colours: int = 0
    """How many there are: 0, FEW or more."""


def look_at_screen(stderr: bool = True) -> Look:
    """The terminal, or what is there instead of one: then figures are all there is."""
    console = Console(stderr=stderr)
    try:
        "▁█▏·".encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return Look(console.width)
    colours = {None: 0, "standard": FEW, "windows": FEW}.get(console.color_system, MANY)
    return Look(console.width, console.is_terminal, 0 if console.no_color else colours)


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
            for piece in _fitted(part, console):
                console.print(piece, new_line_start=place > 0)
                console.print()
        else:
            console.print(part, soft_wrap=True)


def _fitted(table: Table, console: Console) -> Iterator[Table]:
    """The table; where it is too wide its first columns, then the first with those that are left."""
    if _widths(table, console)[1] > console.width:
        table.padding = 0
    most = len(table.columns)
    while most > 2 and _widths(_with(table, table.columns[:most]), console)[0] > console.width:
        most -= 1
    yield _with(table, table.columns[:most])
    if most < len(table.columns):
        yield from _fitted(_with(table, [table.columns[0], *table.columns[most:]]), console)


def width_of(table: Table) -> int:
    """The columns of a terminal that the table takes in one piece."""
    return _widths(table, Console(width=_WIDE))[1]


def _widths(table: Table, console: Console) -> tuple[int, int]:
    """The least and the most a table needs; numbers are never squeezed, which Rich would do."""
    wide = console.options.update(width=_WIDE, max_width=_WIDE)
    first, *rest = (console.measure(_with(table, [column]), options=wide) for column in table.columns)
    between = 1 + table.padding[1]  # a blank for the rule between columns, and what stands to its left
    others = sum(width.maximum for width in rest) + len(rest) * between
    return first.minimum + others, first.maximum + others


def _with(table: Table, columns: Sequence[Column]) -> Table:
    """A table of the same rows with these columns."""
    part = copy.copy(table)
    part.columns = [replace(column, _index=place) for place, column in enumerate(columns)]
    return part
