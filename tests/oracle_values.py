"""oracle_values: texts, numbers, days, points and shares in plain Python, for the oracle."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ـ": None})
LIMIT = 100_000_000
"""No rule gives more than a million points either way."""
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


def fold(text: str, exact: bool = False, accents: str = "keep") -> str:
    if exact:
        return text
    text = unicodedata.normalize("NFC", text.casefold()).translate(LETTERS).strip()
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    if accents == "ignore":
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", text).strip()


def _number(text: str, _: object) -> Decimal:
    if not NUMBER.fullmatch(text) or abs(Decimal(text)) >= 10**15:
        raise ValueError
    return Decimal(text)


def _date(text: str, pattern: str | None) -> date:
    if pattern:
        return datetime.strptime(text, pattern).date()  # noqa: DTZ007 (a day has no time zone)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:]{5,8}(Z|[+-][0-9:]{5})?)?", text):
        raise ValueError
    return date.fromisoformat(text[:10])


READ: dict[str, Callable[[str, Any], Any]] = {
    "text": lambda text, _: text,
    "number": _number,
    "date": _date,
    "boolean": lambda text, _: {
        "true": True,
        "yes": True,
        "1": True,
        "false": False,
        "no": False,
        "0": False,
    }[fold(text)],
}


def hundredths(points: Any) -> int:
    return int(Decimal(str(points)) * 100)


def rounded(value: Decimal | Fraction) -> int:
    if isinstance(value, Fraction):
        return int(abs(value) + Fraction(1, 2)) * (1 if value >= 0 else -1)
    # The decimal module's HALF_UP is away from zero on both sides.
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def share_of(share: Any) -> Decimal:
    text = str(share)
    return Decimal(text.rstrip("%")) / (100 if text.endswith("%") else 1)


def _steps(decay: Mapping[str, Any], age: int) -> Decimal:
    passed = [int(day) for day in decay["steps"] if age > int(day)]
    shares = {int(day): share_of(share) for day, share in decay["steps"].items()}
    return shares[max(passed)] if passed else Decimal(1)


FORMS: dict[str, Callable[[Mapping[str, Any], int], Decimal]] = {
    "half_life_days": lambda decay, age: Decimal(2) ** (-age / Decimal(str(decay["half_life_days"]))),
    "window_days": lambda decay, age: Decimal(age <= decay["window_days"]),
    "daily": lambda decay, age: (1 - share_of(decay["daily"])) ** age if age else Decimal(1),
    "linear": lambda decay, age: max(
        Decimal(0), 1 - share_of(decay["linear"]["lose"]) * (age // decay["linear"]["every_days"])
    ),
    "steps": _steps,
}


def keep(points: int, decay: Mapping[str, Any], age: int | None) -> int:
    """What is left of points that are so many days old (None: nobody knows), rounded once."""
    if age is None:
        return rounded(points * share_of(decay.get("missing", 0)))
    return rounded(points * FORMS[next(form for form in FORMS if form in decay)](decay, max(age, 0)))
