"""sheet_texts: typed cells of a sheet -> the text that people see in them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

EXACT = 10**15
"""Numbers from here on have more digits than a spreadsheet keeps; it shows them as 1.23E+15 itself."""


def text_of(cell: Any) -> str:
    """A cell as its sheet shows it where it is formatted plainly."""
    kind = type(cell)
    return str(cell if kind is str else _TEXTS[kind](cell))


def _number(number: float) -> str:
    if not abs(number) < EXACT:
        mantissa, _, power = f"{number:.14E}".partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{power}"
    if number.is_integer():
        return str(int(number))
    return format(Decimal(f"{number:.15g}"), "f")


def _duration(length: timedelta) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


_TEXTS: dict[type, Any] = {
    float: _number,
    int: str,
    bool: lambda cell: "TRUE" if cell else "FALSE",
    date: date.isoformat,
    datetime: lambda cell: cell.isoformat(timespec="seconds"),
    time: lambda cell: cell.isoformat(timespec="seconds"),
    timedelta: _duration,
}
"""What Python's types look like; a date is ISO 8601."""
