"""cells: text -> numbers, days and flags by declared format; what cannot be read, and why not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.model.columns import ISO
from leadscore.model.schema import FieldConfig
from leadscore.pipeline.amounts import read_numbers, why_not_number
from leadscore.points import Numbers
from leadscore.text import ascii_digits, fold

_EPOCH = date(1970, 1, 1)
_TIME = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"
_ZONE = r" ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)?"
_ISO = rf"\A[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ]{_TIME}{_ZONE})?\z"
_DAY_OR_MONTH = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-][0-9]{2}([0-9]{2})?\b")
_SERIAL = re.compile(r"[1-9][0-9]{4}(\.[0-9]+)?")
_LONGEST = 100
"""Longer texts are no date, and are not looked at closely."""
_ONE_OR_TWO, _WORD = "[0-9]{1,2}", r"[\pL\pM.]+"
_DIRECTIVES = {
    "%Y": "[0-9]{4}",
    "%y": "[0-9]{2}",
    "%j": "[0-9]{3}",
    "%f": "[0-9]{1,9}",
    "%%": "%",
    **dict.fromkeys(("%m", "%d", "%H", "%I", "%M", "%S"), _ONE_OR_TWO),
    **dict.fromkeys(("%b", "%B", "%a", "%A", "%p"), _WORD),
}
AMBIGUOUS = "a date that can be read as day-first and month-first; set `format`"


def read_days(texts: pa.Array, field: FieldConfig) -> Numbers:
    """Days since 1970-01-01 of dates in the field's formats, ISO without one; a time of day is dropped.

    NaN where a text fits no format, or fits several that make different days of it.
    """
    if field.digits == "any":
        texts = pa.array([ascii_digits(text) for text in texts.to_pylist()], pa.large_string())
    days = [_days_in(texts, form) for form in field.format or (ISO,)]
    first, last = np.fmin.reduce(days), np.fmax.reduce(days)
    return np.where(first == last, first, np.nan).astype(np.float64)


def _days_in(texts: pa.Array, form: str) -> Numbers:
    return _iso_days(texts) if form == ISO else _formatted_days(texts, form)


def _formatted_days(texts: pa.Array, form: str) -> Numbers:
    # pandas reads more than the format says: 'today', single digits where nothing stands between.
    exact = pc.if_else(pc.match_substring_regex(texts, date_pattern(form)), texts, None)
    dates = pd.to_datetime(pd.Series(exact.to_pylist(), dtype="str"), format=form, errors="coerce")
    days = dates.to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))


def date_pattern(form: str) -> str:
    """The RE2 pattern of texts that have one reading under a strptime format."""
    parts = re.split(r"(%.)", form)
    pattern = [
        re.escape(part) if place % 2 == 0 else _DIRECTIVES.get(part, ".+") for place, part in enumerate(parts)
    ]
    for place in range(1, len(parts), 2):
        crowded = any(parts[near] == "" and 0 < near < len(parts) - 1 for near in (place - 1, place + 1))
        if crowded and pattern[place] == _ONE_OR_TWO:
            pattern[place] = "[0-9]{2}"
    return rf"\A{''.join(pattern)}\z"


def _iso_days(texts: pa.Array) -> Numbers:
    if not len(texts):
        return np.empty(0, dtype=np.float64)
    iso = pc.match_substring_regex(texts, _ISO)
    coded = pc.utf8_slice_codeunits(pc.if_else(iso, texts, None), 0, 10).dictionary_encode()
    distinct = np.array([*(_iso_day(text) for text in coded.dictionary.to_pylist()), np.nan])
    codes = pc.fill_null(coded.indices, len(distinct) - 1).to_numpy(zero_copy_only=False)
    days: Numbers = np.take(distinct, codes)
    return days


def _iso_day(text: str) -> float:
    try:
        return float((date.fromisoformat(text) - _EPOCH).days)
    except ValueError:
        return float("nan")


def why_not_day(text: str, field: FieldConfig) -> str:
    """What is wrong with a text that ``read_days`` refused."""
    if field.digits == "ascii" and text != ascii_digits(text):
        return "digits other than 0-9; set `digits: any`"
    text = ascii_digits(text)
    if _SERIAL.fullmatch(text):
        return "a spreadsheet's serial number, not a date; export dates as text"
    if field.format is not None:
        return _why_not_format(text, field.format)
    if _DAY_OR_MONTH.match(text):
        return AMBIGUOUS
    return "not a date; dates are YYYY-MM-DD unless `format` says otherwise"


def _why_not_format(text: str, forms: Sequence[str]) -> str:
    days: dict[date, str] = {}
    for form in forms if len(text) <= _LONGEST else ():
        try:
            read = date.fromisoformat(text[:10]) if form == ISO else datetime.strptime(text, form).date()  # noqa: DTZ007
        except (ValueError, re.error):
            continue
        days.setdefault(read, form)
    if len(days) > 1:
        first, second, *_ = days.values()
        return f"fits the formats {first} and {second}, which make different days of it; keep one of them"
    return "not a date of the declared format"


def read_flags(texts: pa.Array, field: FieldConfig) -> Numbers:
    """1 for the field's true words, 0 for its false words, NaN for any other."""
    words = {fold(word): 0.0 for word in field.false} | {fold(word): 1.0 for word in field.true}
    return np.array([words.get(fold(text), np.nan) for text in texts.to_pylist()], dtype=np.float64)


def why_not_flag(text: str, field: FieldConfig) -> str:
    """What is wrong with a text that ``read_flags`` refused."""
    return "neither a true nor a false word; declare them: `true: [...]`, `false: [...]`"


# Type -> how its cells are read, and how a refusal is explained. Text fields are not converted.
READERS = {
    "number": (read_numbers, why_not_number),
    "date": (read_days, why_not_day),
    "boolean": (read_flags, why_not_flag),
}
