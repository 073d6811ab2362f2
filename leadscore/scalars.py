"""scalars: what one value in a config may be: text, number, points, days, share, flag."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from numbers import Integral
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field as Setting,
    PlainValidator,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)

from leadscore.points import EXACT, parse_points

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_LEADING_ZERO = re.compile(r"[+-]?0[0-9]")
_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(%?)")
_EPOCH = date(1970, 1, 1)
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_JOINERS = "\u200c\u200d"
NUMBER_LIMIT = 10**15
"""Numbers up to 15 digits: within them the nearest double tells any two decimals apart."""


class Plain(str):
    """A scalar typed without quotes: where any type fits, `true` is a flag and `"true"` is text."""

    __slots__ = ()


def plain(value: object) -> object:
    """A Python value as it would be typed in YAML, so that configs may come as mappings too."""
    if isinstance(value, bool):
        return Plain("true" if value else "false")
    if isinstance(value, Integral | float | Decimal | date):
        return Plain(format(value, "f") if isinstance(value, Decimal) else str(value))
    return value


def _scalar(value: object) -> str:
    value = plain(value)
    if value is None:
        raise ValueError("is empty; write a value or remove the key")
    if not isinstance(value, str):
        raise ValueError("must be one value, not a list or a mapping")
    return value


def _text(value: object) -> str:
    text = str(_scalar(value))
    if not text.strip():
        raise ValueError("is empty; write a text")
    return text


def _value(value: object) -> str:
    text = _scalar(value)
    if not text.strip():
        raise ValueError("is empty, and an empty cell is missing; write missing: true to test for it")
    return text


def parse_number(text: str) -> Decimal:
    """A number as typed in a config. Raises ValueError with what to write instead."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("is not a number; write for example 10, -3 or 2.5")
    if _LEADING_ZERO.match(text):
        raise ValueError("has a leading zero; write it without")
    digits = re.sub("[eE].*|[^0-9]", "", text).strip("0")
    number = Decimal(text) if len(digits) <= 15 else Decimal("Infinity")
    if abs(number) >= NUMBER_LIMIT or number.adjusted() < -15:
        raise ValueError("has more than 15 digits; write fewer")
    return EXACT.plus(number)  # -0 is 0


def parse_day(text: str) -> int:
    """An ISO date -> days since 1970-01-01."""
    try:
        if not re.fullmatch(
            "[0-9]{4}-[0-9]{2}-[0-9]{2}", text
        ):  # fromisoformat takes 20260102 and 2026-W01 too
            raise ValueError
        return (date.fromisoformat(text) - _EPOCH).days
    except ValueError:
        raise ValueError("is not a date; write YYYY-MM-DD") from None


def parse_flag(text: str) -> bool:
    """true or false, in the spellings YAML 1.2 has for them."""
    if text not in _FLAGS:
        raise ValueError("must be true or false")
    return _FLAGS[text]


def is_flag(value: object) -> bool:
    """Whether a value was typed as true or false: without quotes."""
    return isinstance(value, Plain) and value in _FLAGS


def _parse_days(value: object) -> int:
    text = _scalar(value)
    if not re.fullmatch(r"0|[1-9][0-9]{0,5}", text):
        raise ValueError("is not a whole number of days; write for example 30")
    return int(text)


def _parse_count(value: object) -> int:
    text = _scalar(value)
    if not re.fullmatch(r"0|[1-9][0-9]{0,14}", text):
        raise ValueError("is not a whole number; write for example 3")
    return int(text)


def parse_share(value: object) -> Decimal:
    """'50%' or '0.5' -> Decimal between 0 and 1."""
    match = _SHARE.fullmatch(_scalar(value))
    if not match:
        raise ValueError("is not a share; write for example 50% or 0.5")
    share = Decimal(match[1]).scaleb(-2 if match[2] else 0, EXACT)
    if share > 1:
        raise ValueError("is more than the whole; write for example 50% or 0.5")
    return share


def _parse_count_or_share(value: object) -> int | Decimal:
    return parse_share(value) if _scalar(value).endswith("%") else _parse_count(value)


def _parse_file_mode(value: object) -> int:
    text = _scalar(value)
    if not re.fullmatch("0?6[04][04]", text):
        raise ValueError(
            "is no mode for files; write 600 (you alone), 640 (your group reads) or 644 (all read)"
        )
    return int(text, 8)


def _parse_name(value: object) -> str:
    text = _scalar(value).strip()
    # The two joiners stand inside Persian and Indic words; other invisible characters only deceive.
    shown = text.replace(_JOINERS[0], "").replace(_JOINERS[1], "")
    if not shown or len(text) > 100 or not shown.isprintable():
        raise ValueError("must be a name of 1 to 100 characters that can be seen; no line ends")
    return text


def _as_list(value: object) -> object:
    value = plain(value)
    return (value,) if isinstance(value, str) else value


def _refuse_twins(entries: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    known = handler(entries)
    if len(known) < len(entries):
        raise ValueError("has two keys that mean the same; keep one of them")
    return known


NoTwins = WrapValidator(_refuse_twins)
"""Refuses keys that differ as text and not as what they stand for: 10 and 10.0."""


def _schema(form: str) -> WithJsonSchema:
    """By its name: what editors take for it stands in ``json_schema.forms``."""
    return WithJsonSchema({"format": form})


_SOME = Setting(min_length=1)

Value = Annotated[str, PlainValidator(_value), _schema("value")]
"""A value to compare cells with; it is read as the type of the field it is compared with."""
Values = Annotated[tuple[Value, ...], _SOME, BeforeValidator(_as_list)]
Text = Annotated[str, PlainValidator(_text), _schema("text")]
Texts = Annotated[tuple[Text, ...], _SOME, BeforeValidator(_as_list)]
Word = Annotated[str, PlainValidator(lambda value: str(_scalar(value))), _schema("word")]
"""A text that may be empty: `null: ["", "N/A"]`."""
Words = Annotated[tuple[Word, ...], BeforeValidator(_as_list)]
Name = Annotated[str, PlainValidator(_parse_name), _schema("name")]
Flag = Annotated[bool, PlainValidator(lambda value: parse_flag(_scalar(value))), _schema("flag")]
Number = Annotated[Decimal, PlainValidator(lambda value: parse_number(_scalar(value))), _schema("number")]
Points = Annotated[int, PlainValidator(lambda value: parse_points(_scalar(value))), _schema("points")]
Days = Annotated[int, PlainValidator(_parse_days), _schema("days")]
Count = Annotated[int, PlainValidator(_parse_count), _schema("count")]
FileMode = Annotated[int, PlainValidator(_parse_file_mode), _schema("file mode")]
"""The permissions of a file as chmod takes them: 640."""
Share = Annotated[Decimal, PlainValidator(parse_share), _schema("share")]
CountOrShare = Annotated[int | Decimal, PlainValidator(_parse_count_or_share), _schema("count or share")]
