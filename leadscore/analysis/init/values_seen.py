"""values_seen: the values of a column that a config may name, and numbers as a person writes them."""

from __future__ import annotations

import math

from leadscore.analysis.init.survey import Column
from leadscore.analysis.inspect import may_be_shown
from leadscore.text import Folding

_LISTED = 12


def common(column: Column, total: int) -> dict[str, int]:
    """The commonest values that may be shown, as they are had by many and tell nobody's name."""
    if column.names_somebody or column.cells.values is None or column.reading.settings.get("list"):
        return {}
    kept = dict(list(merged(column).items())[:_LISTED])
    while kept and not may_be_shown(kept, total):
        kept.popitem()
    return kept


def merged(column: Column) -> dict[str, int]:
    """The values and how often they stand, commonest first; spellings a rule takes for one as one."""
    found: dict[str, tuple[str, int]] = {}
    for value, count in sorted((column.cells.values or {}).items(), key=lambda each: (-each[1], each[0])):
        if value not in column.reading.nulls:
            written, before = found.get(Folding()(value), (value, 0))
            found[Folding()(value)] = (written, before + count)
    return dict(sorted(found.values(), key=lambda each: (-each[1], each[0])))


def leads(count: int) -> str:
    """So many leads, in words."""
    return "1 lead" if count == 1 else f"{count:,} leads"


def nice(number: float) -> int | float:
    """A number of two figures at most, as a person would write a bound; never above the number itself."""
    if number <= 0:
        return 0
    unit = 10.0 ** (math.floor(math.log10(number)) - 1)
    rounded = math.floor(number / unit + 1e-9) * unit
    return round(rounded) if rounded >= 1 and abs(rounded - round(rounded)) < 1e-9 else round(rounded, 4)
