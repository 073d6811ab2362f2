"""dashboard: the figures of a run drawn on a terminal: a line of scores, bars, and a map of two groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from leadscore.views.screen import FEW, Look, plain, width_of

BAR = 24
"""Letters of the longest bar beside a table; it is left out where fewer than LEAST are free."""
LEAST = 8
_LEVELS = "▁▂▃▄▅▆▇█"
_ENDS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_MOST_BINS, _GAP = 60, 2
Colour = tuple[int, int, int]
_BLUE, _WHITE, _RED = (59, 111, 182), (236, 236, 236), (200, 62, 55)
_BLACK, _LIGHT = (0, 0, 0), (255, 255, 255)
_BRIGHTNESS, _MIDDLE = (0.299, 0.587, 0.114), 140
_FEW_INKS = ("blue", "magenta", "red")
_FEW_GROUNDS = (
    "bright_white on blue",
    "black on cyan",
    "black on white",
    "bright_white on magenta",
    "bright_white on red",
)


def score_line(summary: dict[str, Any], look: Look) -> Iterator[RenderableType]:
    """How many leads have which score, from the lowest to the highest, in one line."""
    histogram = summary["score"]["histogram"]
    if not look.blocks or histogram is None or len(histogram["leads"]) < 2:
        return
    tiers = [tier for tier in summary["tiers"] if tier["leads"]]
    low, high = (
        f"{pick(tier[end] for tier in tiers):g}" for pick, end in ((min, "lowest"), (max, "highest"))
    )
    room = look.width - len(f"scores {low}  {high}")
    counts = _together(histogram["leads"], min(room, _MOST_BINS))
    if room < LEAST or not counts:
        return
    line = plain(f"scores {low} ")
    for place, level in enumerate(_levels(counts)):
        style = _ink(place / max(len(counts) - 1, 1), look)
        line.append(level, style)
    yield line.append(f" {high}")


def room_for_bars(table: Table, look: Look) -> int:
    """How long the bars beside a table can be; 0 where they cannot."""
    free = min(look.width - width_of(table) - 2, BAR)
    return free if look.blocks and free >= LEAST else 0


def bars_of(summary: dict[str, Any], letters: int, look: Look) -> list[tuple[Text, ...]]:
    """A cell with a bar for each tier; none where they have no letters."""
    leads = [tier["leads"] for tier in summary["tiers"]]
    bars = (
        Text(bar_of(each, max(leads), letters), _tier_ink(place, len(leads), look))
        for place, each in enumerate(leads)
    )
    return [(bar,) if letters else () for bar in bars]


def _tier_ink(place: int, tiers: int, look: Look) -> str:
    """From red for the best tier to blue for the last."""
    return _ink(1 - place / max(tiers - 1, 1), look)


def bar_of(leads: int, most: int, letters: int) -> str:
    """A bar for so many leads; the most have so many letters, and any at all an eighth of one."""
    eighths = max(round(leads * letters * 8 / most), 1) if leads and most else 0
    return "█" * (eighths // 8) + _ENDS[eighths % 8]


def tier_bars(summary: dict[str, Any], look: Look) -> Iterator[RenderableType]:
    """Each tier's share of the ranked leads, for terminals without room for bars beside the table."""
    tiers = [(plain(tier["name"]).plain, tier["leads"]) for tier in summary["tiers"]]
    room = look.width - sum(len(name) + _GAP + 1 for name, _ in tiers)
    total = sum(leads for _, leads in tiers)
    if not look.blocks or not total or room < LEAST * len(tiers):
        return
    line = Text()
    for place, (name, leads) in enumerate(tiers):
        line.append(" " * _GAP if place else "").append(f"{name} ", "bold")
        line.append(bar_of(leads, total, room), _tier_ink(place, len(tiers), look))
    yield line
    yield plain("")


def heat_view(summary: dict[str, Any], look: Look) -> Iterator[RenderableType]:
    """Leads by the points of two groups, the most points above and to the right; blue is few, red is many."""
    found = summary.get("heat_map")
    if found is None or not look.blocks:
        return
    rows, columns = (_bounds(found[axis]["labels"]) for axis in ("rows", "columns"))
    down, across = (plain(found[axis]["group"]).plain for axis in ("rows", "columns"))
    counts: list[list[int]] = found["leads"]
    most = max(map(max, counts))
    cell = max(len(f"{most:,}"), *map(len, columns)) + 2
    first = max(len(down), *map(len, rows)) + 1
    if len(rows) < 2 or len(columns) < 2 or first + cell * len(columns) > look.width:
        return
    yield plain(f"leads by {down} (up) and {across} (right), points from", "bold")
    for label, line in zip(reversed(rows), reversed(counts), strict=True):
        text = Text(f"{label:>{first - 1}} ")
        for count in line:
            shown = f"{count:,}" if count else "·"
            text.append(f"{shown:>{cell - 1}} ", _ground((count / most) ** 0.5, look))
        yield text
    yield plain(" " * first + "".join(f"{label:>{cell - 1}} " for label in columns).rstrip())


def _together(counts: Sequence[int], most: int) -> list[int]:
    """The same counts in no more bins than that, as many of them in each."""
    step = -(-len(counts) // max(most, 1))
    return [sum(counts[place : place + step]) for place in range(0, len(counts), step)]


def _levels(counts: Sequence[int]) -> list[str]:
    most = max(counts) or 1
    return [_LEVELS[-(-count * len(_LEVELS) // most) - 1] if count else " " for count in counts]


def _bounds(labels: Sequence[str]) -> list[str]:
    return [label.removeprefix("from ") for label in labels]


def _ink(share: float, look: Look) -> str:
    """A colour for letters, that is seen on a dark and on a light ground: blue, violet, red."""
    if look.colours <= FEW:
        return _FEW_INKS[_place(share, _FEW_INKS)] if look.colours else ""
    return _rgb(_between(_BLUE, _RED, share))


def _ground(share: float, look: Look) -> str:
    """A ground from blue over white to red, and letters that can be read on it."""
    if not share or look.colours <= FEW:
        return _FEW_GROUNDS[_place(share, _FEW_GROUNDS)] if share and look.colours else ""
    cold = share < 0.5
    ground = _between(*((_BLUE, _WHITE) if cold else (_WHITE, _RED)), share * 2 - (not cold))
    dark = sum(part * weight for part, weight in zip(ground, _BRIGHTNESS, strict=True)) < _MIDDLE
    return f"{_rgb(_LIGHT if dark else _BLACK)} on {_rgb(ground)}"


def _between(low: Colour, high: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return red, green, blue


def _rgb(colour: Colour) -> str:
    return f"rgb({','.join(map(str, colour))})"


def _place(share: float, of: Sequence[str]) -> int:
    return min(int(share * len(of)), len(of) - 1)
