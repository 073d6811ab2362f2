"""amounts: text -> numbers by declared marks, units and magnitudes; what cannot be read, and why not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.model.schema import FieldConfig
from leadscore.pipeline.intervals import possible_ends, read_intervals
from leadscore.points import Numbers
from leadscore.scalars import NUMBER_LIMIT
from leadscore.text import ascii_digits, fold

_NARROW_SPACES = "[\u00a0\u2009\u202f]"
_APOSTROPHES = "[\u2018\u2019]"
_ARABIC_DECIMAL, _ARABIC_THOUSANDS = "\u066b", "\u066c"
_POWERS = {"kK": "e3", "mM": "e6", "bB": "e9"}
_TOO_LONG = "a number of more than 15 digits"
_LONGEST = 100
"""Longer texts are not looked at closely: no number is that long."""
_UNIT = r"(?:[^\W\d_]{1,4}\.?|[^\w\s.,'+<>≤≥()\u2013\u2014-]{1,3})"
_AMOUNT = re.compile(
    rf"[+-]?(?:({_UNIT}) ?[+-]?)?[0-9][0-9.,']*(?: [0-9]{{3}})*( ?[kKmMbB](?![^\W\d_]))?(?: ?({_UNIT}))?"
)
"""What looks like a number, declared or not."""


def read_numbers(texts: pa.Array, field: FieldConfig) -> Numbers:
    """Numbers under the field's decimal and thousands marks; NaN where a text is not exactly one.

    With a ``unit`` it may stand before or after the number, with ``magnitude`` a K, M or B after it
    (thousands, millions, billions), and with ``range`` a text such as 11-50 is the end, or the middle, that
    ``range`` names. Each number is the double nearest to the decimal that is written.
    """
    texts = _plain(texts, field)
    numbers = _read_amounts(texts, field)
    if field.range is None:
        return numbers
    others = np.flatnonzero(np.isnan(numbers))
    numbers[others] = read_intervals(texts.take(pa.array(others)).to_pylist(), field, _read_amounts)
    return numbers


def _plain(texts: pa.Array, field: FieldConfig) -> pa.Array:
    """The same with digits, spaces and apostrophes that only look otherwise as the plain ones."""
    if field.digits == "any":
        marks = {ord(_ARABIC_DECIMAL): field.decimal, ord(_ARABIC_THOUSANDS): _grouping(field)[0] or None}
        marks = {letter: mark for letter, mark in marks.items() if mark}
        plain = [ascii_digits(text).translate(marks) for text in texts.to_pylist()]
        texts = pa.array(plain, pa.large_string())
    if field.thousands == " " or field.unit or field.magnitude or field.range:
        texts = pc.replace_substring_regex(texts, _NARROW_SPACES, " ")
    return pc.replace_substring_regex(texts, _APOSTROPHES, "'") if field.thousands == "'" else texts


def _grouping(field: FieldConfig) -> tuple[str, str]:
    """The mark between groups of digits, '' for none, and the pattern of a whole number."""
    if field.thousands is None:
        return "", "[0-9]+"
    if field.thousands == "indian":
        return ",", "(?:[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}|[0-9]+)"
    return field.thousands, rf"(?:[0-9]{{1,3}}(?:{re.escape(field.thousands)}[0-9]{{3}})+|[0-9]+)"


def _read_amounts(texts: pa.Array, field: FieldConfig) -> Numbers:
    """Single numbers, ranges aside."""
    mark, (thousands, whole) = re.escape(field.decimal), _grouping(field)
    if field.unit:
        texts = _without_unit(texts, field.unit)
    suffixes = {"[eE][+-]?[0-9]{1,3}": field.exponent, f" ?[{''.join(_POWERS)}]": field.magnitude}
    suffix = "|".join(pattern for pattern, declared in suffixes.items() if declared)
    number = rf"[+-]?(?:{whole}(?:{mark}[0-9]*)?|{mark}[0-9]+)(?:{suffix})?"
    numbers = pc.match_substring_regex(texts, rf"\A{number}\z")
    if thousands:
        texts = pc.replace_substring(texts, thousands, "")
    texts = pc.utf8_ltrim(pc.replace_substring(texts, field.decimal, "."), "+")
    # An exponent rather than a product: 1.1M is then the double nearest to 1100000, by one rounding.
    for letters, power in _POWERS.items() if field.magnitude else ():
        texts = pc.replace_substring_regex(texts, rf" ?[{letters}]\z", power)
    values = pc.cast(pc.if_else(numbers, texts, None), pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(np.abs(values) < NUMBER_LIMIT, values, np.nan).astype(np.float64)


def _without_unit(texts: pa.Array, units: tuple[str, ...]) -> pa.Array:
    """The same without one unit, which stands before or after the number: $-5, -$5 and -5 $ are -5."""
    named = "|".join(re.escape(unit) for unit in sorted(units, key=len, reverse=True))
    before, after = rf"(?i)\A([+-]?)(?:{named}) ?", rf"(?i) ?(?:{named})\z"
    return pc.if_else(
        pc.match_substring_regex(texts, before),
        pc.replace_substring_regex(texts, before, r"\1"),
        pc.replace_substring_regex(texts, after, ""),
    )


def why_not_number(text: str, field: FieldConfig) -> str:
    """What is wrong with a text that ``read_numbers`` refused."""
    if field.digits == "any":
        text = ascii_digits(text).translate(
            {ord(_ARABIC_DECIMAL): field.decimal, ord(_ARABIC_THOUSANDS): ","}
        )
    if not text.isascii() and any(letter.isdecimal() and not letter.isascii() for letter in text):
        return "digits other than 0-9; set `digits: any`"
    if re.fullmatch(r"[+-]?[0-9.,]+[eE][+-]?[0-9]+", text):
        return _TOO_LONG if field.exponent else "a number with an exponent; set `exponent: true`"
    if re.fullmatch(r"[+-]?[0-9]+", text) or (
        re.fullmatch(r"[+-]?[0-9]+\.[0-9]*", text) and field.decimal == "."
    ):
        return _TOO_LONG
    if re.fullmatch(r"[+-]?[0-9.,' ]+", text):
        return "digits grouped otherwise than declared; set `decimal` and `thousands`"
    return _why_not_amount(re.sub(_NARROW_SPACES, " ", text), field)


def _why_not_amount(text: str, field: FieldConfig) -> str:
    if len(text) > _LONGEST:
        return "not a number"
    inside = re.fullmatch(r"\((.+)\)", text)
    if inside and _AMOUNT.fullmatch(inside[1]):
        return "a number in brackets; export what is below zero with a minus sign"
    amounts = next((found for found in map(_amounts, _readings(text)) if found), [])
    if not amounts:
        return "not a number"
    is_range = _AMOUNT.fullmatch(text) is None
    wanted = dict(_undeclared(amounts, is_range, field))
    if wanted:
        return f"a number with {' and '.join(wanted)}; set {', '.join(wanted.values())}"
    if is_range:
        return "a range that has not one reading; the lower end comes first, K, M or B stands at both ends"
    return "a number written otherwise than declared; set `decimal`, `thousands` and `unit`"


def _readings(text: str) -> Iterator[list[str]]:
    """The text as one number, and as the ends of a range."""
    yield [text]
    yield from ([end for end in ends if end] for ends in possible_ends(text))


def _amounts(texts: list[str]) -> list[re.Match[str]]:
    found = [match for match in map(_AMOUNT.fullmatch, texts) if match]
    return found if len(found) == len(texts) else []


def _undeclared(
    amounts: list[re.Match[str]], is_range: bool, field: FieldConfig
) -> Iterator[tuple[str, str]]:
    """What the numbers have that the field does not declare, and the setting that would."""
    units = {fold(unit) for match in amounts for unit in match.group(1, 3) if unit}
    if units - {fold(unit) for unit in field.unit or ()}:
        yield "a unit such as $, EUR or %", "`unit`"
    if any(match[2] for match in amounts) and not field.magnitude:
        yield "K, M or B", "`magnitude: true`"
    if is_range and not field.range:
        yield "a range of values", "`range: low`, `high` or `middle`"
