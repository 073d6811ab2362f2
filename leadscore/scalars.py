"""scalars: what one value in a config may be: text, number, points, days, share, flag."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from leadscore.points import parse_points

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(%?)")
_EPOCH = date(1970, 1, 1)
NUMBER_LIMIT = 10**15
"""Numbers up to 15 digits: within them the nearest double tells any two decimals apart."""


class Plain(str):
    """A scalar typed without quotes: `true` may be meant as a flag, `"true"` only as text."""

    __slots__ = ()


def plain(value: object) -> object:
    """A Python value as it would be typed in YAML, so that configs may come as mappings too."""
    if isinstance(value, bool):
        return Plain("true" if value else "false")
    if isinstance(value, int | float | Decimal | date):
        return Plain(format(value, "f") if isinstance(value, Decimal) else str(value))
    return value


def _scalar(value: object) -> str:
    value = plain(value)
    if value is None:
        raise ValueError("is empty")
    if not isinstance(value, str):
        raise ValueError("must be one value, not a list or a mapping")
    return value


def parse_number(text: str) -> Decimal:
    """A number as typed in a config. Raises ValueError with what to write instead."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("is not a number; write for example 10, -3 or 2.5")
    number = Decimal(text)
    if abs(number) >= NUMBER_LIMIT:
        raise ValueError("is too large: numbers have at most 15 digits before the point")
    return number


def parse_day(text: str) -> int:
    """An ISO date -> days since 1970-01-01."""
    try:
        return (date.fromisoformat(text) - _EPOCH).days
    except ValueError:
        raise ValueError("is not a date; write YYYY-MM-DD") from None


def _parse_days(value: object) -> int:
    text = _scalar(value)
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise ValueError("is not a whole number of days; write for example 30")
    return int(text)


def _parse_count(value: object) -> int:
    text = _scalar(value)
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise ValueError("is not a whole number; write for example 3")
    return int(text)


def parse_share(value: object) -> Decimal:
    """'50%' or '0.5' -> Decimal between 0 and 1."""
    match = _SHARE.fullmatch(_scalar(value))
    if not match:
        raise ValueError("is not a share; write for example 50% or 0.5")
    share = Decimal(match[1]) / (100 if match[2] else 1)
    if share > 1:
        raise ValueError("is more than the whole; write for example 50% or 0.5")
    return share


def _parse_count_or_share(value: object) -> int | Decimal:
    return parse_share(value) if _scalar(value).endswith("%") else _parse_count(value)


def _parse_flag(value: object) -> bool:
    text = _scalar(value)
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def _parse_name(value: object) -> str:
    text = _scalar(value).strip()
    if not text or len(text) > 100 or not text.isprintable():
        raise ValueError("must be a name of 1 to 100 printable characters")
    return text


def _as_list(value: object) -> object:
    value = plain(value)
    return (value,) if isinstance(value, str) else value


def _schema(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema(schema)


Value = Annotated[str, PlainValidator(_scalar), _schema(type=["string", "number", "boolean"])]
"""A value to compare cells with; it is read as the type of the field it is compared with."""
Values = Annotated[tuple[Value, ...], BeforeValidator(_as_list)]
Text = Annotated[str, PlainValidator(lambda value: str(_scalar(value))), _schema(type=["string", "number"])]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_list)]
Name = Annotated[str, PlainValidator(_parse_name), _schema(type="string")]
Flag = Annotated[bool, PlainValidator(_parse_flag), _schema(type="boolean")]
Number = Annotated[
    Decimal, PlainValidator(lambda value: parse_number(_scalar(value))), _schema(type="number")
]
Points = Annotated[int, PlainValidator(lambda value: parse_points(_scalar(value))), _schema(type="number")]
Days = Annotated[int, PlainValidator(_parse_days), _schema(type="integer", minimum=0)]
Count = Annotated[int, PlainValidator(_parse_count), _schema(type="integer", minimum=0)]
Share = Annotated[Decimal, PlainValidator(parse_share), _schema(type=["string", "number"])]
CountOrShare = Annotated[
    int | Decimal, PlainValidator(_parse_count_or_share), _schema(type=["string", "integer"])
]
