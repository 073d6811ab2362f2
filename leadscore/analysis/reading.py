"""reading: what was seen of a column -> its likeliest type, and how a config would read it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadscore.analysis.amount_style import Amounts, find_amounts
from leadscore.analysis.cells_seen import CellsSeen
from leadscore.analysis.day_order import Dates, Order, find_dates
from leadscore.analysis.words import (
    DEFAULT_FALSE,
    DEFAULT_TRUE,
    NO_NAME,
    NO_NUMBER,
    NO_VALUE,
    TICKS,
    Flags,
    find_flags,
)
from leadscore.fields import FieldType
from leadscore.model.schema import FieldConfig
from leadscore.pipeline.cells import READERS
from leadscore.text import ascii_digits, fold

_ENOUGH = Fraction(9, 10)
"""A column is of a type if so many of its filled cells can be read as it."""
_MARKS = (";", "|", ",")
_FEW_MEMBERS, _OFTEN = 50, 5
"""A cell holds several values if there are no more of them, each so often on average."""
_PERSIAN_DAY = re.compile(r"1[34][0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}\b")
_PERSIAN = "years such as 1404 are not of the Gregorian calendar, and only that is read as dates"
_QUOTED = re.compile(r'"[^"]+"(,.+)?')
Settings = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Reading:
    """The likeliest type of a column, and what a config has to say of it."""

    type: FieldType
    settings: Settings = field(default_factory=dict)
    """The keys of the field besides its type and null words."""
    nulls: tuple[str, ...] = ()
    """Words found that mean an empty cell, as the file writes them."""
    read: int = 0
    """Filled cells that are read so; the null words are none of them."""
    unread: Mapping[str, int] = field(default_factory=dict)
    """Cells that are not, by reason."""
    orders: tuple[Order, ...] = ()
    """Where dates have day and month in figures: which comes first."""
    doubt: str = ""
    """What the cells leave open and only the config's author can say."""


def find_reading(
    seen: CellsSeen, kind: FieldType | None = None, *, is_code: bool = False, is_name: bool = False
) -> Reading:
    """The likeliest reading.

    ``kind``: the type the column came with; ``is_code``: its digits are no number, as those of an id;
    ``is_name``: it tells who somebody is.
    """
    if kind is not None:
        return Reading(kind, read=seen.filled)
    if not is_code and seen.known(NO_NUMBER):
        found = _as_flags(seen) or _as_figures(seen)
        if found:
            return found
    nulls = _nulls(seen, NO_NAME if is_name or is_code else NO_VALUE)
    doubt = _PERSIAN if _are_persian_days(seen) else ""
    return Reading("text", _as_list(seen, nulls), nulls, seen.known(nulls), doubt=doubt)


def _are_persian_days(seen: CellsSeen) -> bool:
    days = sum(count for text, count in (seen.shapes or {}).items() if _PERSIAN_DAY.match(ascii_digits(text)))
    return days > 0 and days >= _ENOUGH * seen.known(NO_NUMBER)


def _nulls(seen: CellsSeen, words: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(word for word in seen.nulls if fold(word) in words))


def _as_flags(seen: CellsSeen) -> Reading | None:
    if seen.values is None:
        return None
    nulls = _nulls(seen, NO_NUMBER)
    words = {value: count for value, count in seen.values.items() if value not in nulls}
    flags = find_flags(words)
    if flags is None:
        return None
    doubt = "0 and 1 may be a count as well" if set(words) == {"0", "1"} else ""
    return Reading("boolean", _flag_settings(flags, words, seen), nulls, sum(words.values()), doubt=doubt)


def _flag_settings(flags: Flags, words: Mapping[str, int], seen: CellsSeen) -> Settings:
    true, false = ({fold(word) for word in side} for side in flags)
    if true <= DEFAULT_TRUE and false <= DEFAULT_FALSE:
        return {}
    if seen.empty and not false and set(map(fold, words)) <= TICKS:
        return {"true": list(flags.true), "false": [""]}
    return {"true": list(flags.true), "false": list(flags.false)}


def _as_figures(seen: CellsSeen) -> Reading | None:
    """As dates or numbers, whichever reads more cells, if these are enough."""
    nulls = _nulls(seen, NO_NUMBER)
    if not seen.shapes or sum(seen.shapes.values()) < _ENOUGH * seen.known(nulls):
        return None
    texts, counts = _arrays(seen.shapes)
    dates = find_dates(texts, counts)
    amounts = Amounts({}, ~dates.read) if dates.read.all() else find_amounts(texts, counts)
    as_dates, as_numbers = int(counts[dates.read].sum()), int(counts[amounts.read].sum())
    known = seen.known(nulls)
    if max(as_dates, as_numbers) < _ENOUGH * known:
        return None
    if as_dates >= as_numbers:
        unread = _why_not("date", dates.settings, seen.shapes, dates.read, known)
        return Reading("date", dates.settings, nulls, as_dates, unread, dates.orders, _order_doubt(dates))
    if seen.leading_zeros:
        return None  # numbers of people, places and things: 00420 is not 420
    doubts = (
        ["a mark before three digits may be the decimal or the thousands"] if amounts.is_ambiguous else []
    )
    doubts += ["of a range the low, high or middle may be meant"] if "range" in amounts.settings else []
    unread = _why_not("number", amounts.settings, seen.shapes, amounts.read, known)
    return Reading("number", amounts.settings, nulls, as_numbers, unread, doubt="; ".join(doubts))


def _order_doubt(dates: Dates) -> str:
    unsure = [order for order in dates.orders if order.format is None]
    if not unsure:
        return ""
    first = unsure[0]
    readings = f'"{first.day_first}" (day first) or "{first.month_first}" (month first)'
    if first.is_mixed:
        day, month = f"{first.only_day_first:,}", f"{first.only_month_first:,}"
        return f"{day} cells can only be day first, {month} only month first: {readings}"
    return f"{first.either:,} cells can be read as {readings}, and none decides"


def _arrays(counts: Counter[str]) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    return pa.array(list(counts), pa.large_string()), np.array(list(counts.values()), dtype=np.int64)


def _why_not(
    kind: FieldType, settings: Settings, shapes: Counter[str], read: npt.NDArray[np.bool_], known: int
) -> dict[str, int]:
    """The reader's own reasons for the cells it refuses."""
    _, why_not = READERS[kind]
    config = FieldConfig.model_validate({"type": kind, **settings})
    reasons: Counter[str] = Counter()
    for (text, count), is_read in zip(shapes.items(), read.tolist(), strict=True):
        if not is_read:
            reasons[why_not(text, config)] += count
    without_figures = known - sum(shapes.values())
    if without_figures:
        reasons[why_not("", config)] += without_figures
    return dict(reasons.most_common())


def _as_list(seen: CellsSeen, nulls: Sequence[str]) -> Settings:
    """The mark between several values of a cell, where a few values make up all the cells."""
    if seen.values is None:
        return {}
    cells = {value: count for value, count in seen.values.items() if value not in nulls}
    if cells and all(_QUOTED.fullmatch(cell) for cell in cells):
        return {"list": "quoted"}
    return next(({"list": mark} for mark in _MARKS if _is_between(mark, cells)), {})


def _is_between(mark: str, cells: Mapping[str, int]) -> bool:
    """Whether the mark separates values: one of them stands alone as well, which no half of a value does."""
    members: Counter[str] = Counter()
    for cell, count in cells.items():
        for member in {part.strip() for part in cell.split(mark)} - {""}:
            members[member] += count
    several = [member for cell in cells if mark in cell for member in cell.split(mark)]
    if not any(member.strip() in cells for member in several) or len(members) > _FEW_MEMBERS:
        return False
    return sum(members.values()) >= _OFTEN * len(members) and min(members.values()) > 1
