"""day_order: the texts of a column -> the formats its dates are written in, day or month first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.analysis.cells_seen import begins_with_day
from leadscore.model.columns import ISO
from leadscore.model.schema import FieldConfig
from leadscore.pipeline.cells import date_pattern, read_days
from leadscore.points import Numbers
from leadscore.text import ascii_digits

_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %I:%M %p", "T%H:%M:%S")
_TWO_ORDERS = tuple(
    (f"%d{mark}%m{mark}{year}", f"%m{mark}%d{mark}{year}") for mark in "/.- " for year in ("%Y", "%y")
)
_ONE_ORDER = (
    *("%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%B-%Y", "%d-%b-%y"),
    *("%d. %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y"),
)  # fmt: skip
_MOST_FORMATS = 3
_EPOCH = date(1970, 1, 1)
_FIRST, _LAST = ((day - _EPOCH).days for day in (date(1900, 1, 1), date(2100, 1, 1)))
"""A year outside of these is none of the Gregorian calendar's: 1404 is this day's Persian year."""


@dataclass(frozen=True)
class Order:
    """Dates with day and month in figures, the year last: how many cells say which comes first."""

    day_first: str
    month_first: str
    only_day_first: int
    """Cells that no month-first reading has."""
    only_month_first: int
    either: int
    """Cells that both readings have."""

    @property
    def is_ambiguous(self) -> bool:
        """Whether no cell decides."""
        return not self.only_day_first and not self.only_month_first

    @property
    def is_mixed(self) -> bool:
        """Whether some cells can only be the one and some only the other."""
        return self.only_day_first > 0 and self.only_month_first > 0

    @property
    def format(self) -> str | None:
        """The format the cells agree on; None where none decides, or they contradict each other."""
        if self.is_ambiguous or self.is_mixed:
            return None
        return self.month_first if self.only_month_first else self.day_first


@dataclass(frozen=True)
class Dates:
    """How the dates of a column are written."""

    formats: tuple[str, ...]
    """Those that are certain, the commonest first; ``iso`` among them."""
    read: npt.NDArray[np.bool_]
    """Which texts are dates of these formats, or of one of two orders."""
    orders: tuple[Order, ...] = ()
    any_digits: bool = False
    """Whether some have digits other than 0-9."""

    @property
    def settings(self) -> dict[str, str | list[str]]:
        """The config's keys; none where dates are ISO, which needs no word."""
        written = {} if self.formats in ((), (ISO,)) else {"format": _one_or_several(self.formats)}
        return {**written, **({"digits": "any"} if self.any_digits else {})}


def _one_or_several(formats: Sequence[str]) -> str | list[str]:
    return formats[0] if len(formats) == 1 else list(formats)


@dataclass(frozen=True)
class _Family:
    """A way to write dates: one format, or the two that only differ in what comes first."""

    forms: tuple[str, ...]
    days: tuple[Numbers, ...]
    """Of each form, the days; NaN where a text is not written so."""

    @property
    def read(self) -> npt.NDArray[np.bool_]:
        return np.asarray(~np.isnan(np.fmin.reduce(self.days)), dtype=bool)

    def order(self, counts: npt.NDArray[np.int64]) -> Order | None:
        if len(self.forms) < 2:
            return None
        day, month = (~np.isnan(days) for days in self.days)
        only_day, only_month, either = (
            int(counts[mask].sum()) for mask in (day & ~month, month & ~day, day & month)
        )
        return Order(self.forms[0], self.forms[1], only_day, only_month, either)


def find_dates(texts: pa.Array, counts: npt.NDArray[np.int64]) -> Dates:
    """The fewest formats that read the most cells; ``counts`` says how many cells hold each text."""
    plain = pa.array([ascii_digits(text) for text in texts.to_pylist()], pa.large_string())
    families = list(_families(plain)) if _any(plain, begins_with_day(plain)) else []
    left = np.ones(len(texts), dtype=bool)
    chosen: list[_Family] = []
    while families and len(chosen) < _MOST_FORMATS:
        best = max(families, key=lambda family: int(counts[family.read & left].sum()))
        if not counts[best.read & left].sum():
            break
        chosen.append(best)
        left &= ~best.read
    orders = [family.order(counts) for family in chosen]
    forms = [order.format if order else family.forms[0] for family, order in zip(chosen, orders, strict=True)]
    changed = np.asarray(pc.not_equal(plain, texts).to_numpy(zero_copy_only=False), dtype=bool)
    any_digits = bool((changed & ~left).any())
    return Dates(tuple(filter(None, forms)), ~left, tuple(filter(None, orders)), any_digits)


def _families(texts: pa.Array) -> Iterator[_Family]:
    yield _Family((ISO,), (_days(texts, ISO),))
    ways: Sequence[tuple[str, ...]] = [*_TWO_ORDERS, *((form,) for form in _ONE_ORDER)]
    for forms in ways:
        if not any(_any(texts, date_pattern(form).removesuffix(r"\z")) for form in forms):
            continue
        for time in _TIMES:
            written = tuple(form + time for form in forms)
            if any(_any(texts, date_pattern(form)) for form in written):
                yield _Family(written, tuple(_days(texts, form) for form in written))


def _any(texts: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())


def _days(texts: pa.Array, form: str) -> Numbers:
    field = FieldConfig.model_validate({"type": "date", "format": form})
    days = read_days(texts, field)
    return np.where((days >= _FIRST) & (days < _LAST), days, np.nan).astype(np.float64)
