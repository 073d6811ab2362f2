"""markup: elements of HTML; whatever is put into them is text, unless it is an element itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from leadscore.text import visible

_ALONE = frozenset({"meta", "br", "col"})
Inside = "Markup | str | int | None"


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


class Words(str):
    """A cell that is words, and no figure."""

    __slots__ = ()


def element(tag: str, /, *inside: Markup | str | int | None, **attributes: str | int | None) -> Markup:
    """An element with escaped attributes (``class_`` is class) and content; nothing for None."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(visible(str(value)))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if tag in _ALONE:
        return Markup(f"<{tag}{given}>")
    return Markup(f"<{tag}{given}>{join(inside)}</{tag}>")


def join(parts: Iterable[Markup | str | int | None]) -> Markup:
    """One after the other, texts escaped; no letter of theirs moves the cursor or turns the line around."""
    return Markup("".join(_inside(parts)))


def _inside(parts: Iterable[Markup | str | int | None]) -> Iterator[str]:
    for part in parts:
        if part is not None:
            yield part if isinstance(part, Markup) else escape(visible(str(part)))


def table(
    heads: Iterable[str], rows: Iterable[Iterable[Markup | str | int | None]], caption: str = ""
) -> Markup:
    """A table whose first column names the row; columns of ``Words`` read from the left, figures do not."""
    lines = [list(row) for row in rows]
    top = element("tr", *(_head(head, place, lines) for place, head in enumerate(heads)))
    body = [element("tr", *_cells(row)) for row in lines]
    told = element("caption", caption) if caption else None
    inside = element("table", told, element("thead", top), element("tbody", *body))
    return element("div", inside, class_="wide", tabindex=0)


def _head(head: str, place: int, lines: list[list[Markup | str | int | None]]) -> Markup:
    are_words = bool(lines) and place < len(lines[0]) and isinstance(lines[0][place], Words)
    return element("th", head, scope="col", class_="words" if are_words else None)


def _cells(row: Iterable[Markup | str | int | None]) -> Iterator[Markup]:
    for place, cell in enumerate(row):
        if isinstance(cell, Words):
            yield element("td", str(cell), class_="words")
        else:
            yield element("td", cell) if place else element("th", cell, scope="row")
