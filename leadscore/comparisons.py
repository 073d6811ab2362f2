"""comparisons: what the operators ask of the distinct values of a field, and what they may be given."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.fields import Field, FieldType, read_value
from leadscore.points import Flags
from leadscore.scalars import is_flag
from leadscore.text import Folding

_EPOCH = date(1970, 1, 1)
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PATTERN_LIMIT = 1_000


def flags_or_any(values: tuple[str, ...]) -> FieldType | None:
    flags = all(is_flag(value) for value in values)
    return "boolean" if flags and values else None


def number_or_date(values: tuple[str, ...]) -> FieldType | None:
    return "date" if all(_ISO_DAY.fullmatch(value) for value in values) else "number"


def text_type(values: tuple[str, ...]) -> FieldType | None:
    return "text"


def date_type(values: tuple[str, ...]) -> FieldType | None:
    return "date"


def any_type(values: tuple[str, ...]) -> FieldType | None:
    return None


def is_in(field: Field, values: tuple[str, ...], folding: Folding, as_of: int) -> Flags:
    if field.numbers is not None:
        return np.isin(field.numbers, [read_value(value, field.type) for value in values])
    wanted = {folding(value) for value in values}
    return _each(field, folding, lambda text: text in wanted)


def _each(field: Field, folding: Folding, holds: Callable[[str], bool]) -> Flags:
    return np.fromiter(map(holds, field.folded(folding)), dtype=bool, count=len(field.texts))


def any_of(holds: Callable[[str, str], bool]) -> Callable[[Field, Any, Folding, int], Flags]:
    def test(field: Field, values: tuple[str, ...], folding: Folding, as_of: int) -> Flags:
        wanted = [folding(value) for value in values]
        return _each(field, folding, lambda text: any(holds(text, value) for value in wanted))

    return test


def matches(field: Field, pattern: str, folding: Folding, as_of: int) -> Flags:
    texts = pa.array(field.folded(folding), pa.large_string())
    found = pc.match_substring_regex(texts, whole(pattern, folding))
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def whole(pattern: str, folding: Folding) -> str:
    """The RE2 pattern that must match the whole text."""
    return rf"(?{'-i' if folding.exact else 'i'})\A(?:{folding.pattern(pattern)})\z"


def refuse_pattern(pattern: str, folding: Folding) -> None:
    if len(pattern) > PATTERN_LIMIT:
        raise ValueError(f"is longer than {PATTERN_LIMIT} characters")
    try:
        # On its own too: `a)|(?:b` is only a pattern between our brackets.
        for complete in (pattern, whole(pattern, folding)):
            pc.match_substring_regex(pa.array([""]), complete)
    except pa.ArrowInvalid:
        raise ValueError(
            "is not a pattern in RE2 syntax (no look-around, no back-references); "
            "see github.com/google/re2/wiki/Syntax"
        ) from None


def refuse_no_words(words: tuple[str, ...], folding: Folding) -> None:
    if not all(folding(word) for word in words):
        raise ValueError("is empty, and an empty text is in every text")


def refuse_range(ends: tuple[str, ...], folding: Folding) -> None:
    if len(ends) != 2:
        raise ValueError("takes two values, the lowest and the highest: [10, 50]")
    kind = number_or_date(ends)
    if kind and read_value(ends[0], kind) > read_value(ends[1], kind):
        raise ValueError("has its ends the wrong way round: the lowest comes first")


def compare(holds: Callable[[Any, float], Any]) -> Callable[[Field, Any, Folding, int], Flags]:
    def test(field: Field, value: str, folding: Folding, as_of: int) -> Flags:
        return np.asarray(holds(field.numbers, read_value(value, field.type)), dtype=bool)

    return test


def is_between(field: Field, ends: tuple[str, ...], folding: Folding, as_of: int) -> Flags:
    low, high = (read_value(end, field.type) for end in ends)
    assert field.numbers is not None
    return (field.numbers >= low) & (field.numbers <= high)


def by_age(holds: Callable[[Any, int], Any]) -> Callable[[Field, Any, Folding, int], Flags]:
    def test(field: Field, days: int, folding: Folding, as_of: int) -> Flags:
        assert field.numbers is not None
        return np.asarray(holds(as_of - field.numbers, days), dtype=bool)

    return test


def negate(test: Callable[[Field, Any, Folding, int], Flags]) -> Callable[[Field, Any, Folding, int], Flags]:
    return lambda field, value, folding, as_of: ~test(field, value, folding, as_of)


def is_value(field: Field, value: str, folding: Folding, as_of: int) -> Flags:
    return is_in(field, (value,), folding, as_of)


def has_part(text: str, part: str) -> bool:
    return part in text


def itself(argument: Any) -> tuple[str | int, ...]:
    return tuple(argument) if isinstance(argument, tuple) else (argument,)


def beside(step: int) -> Callable[[Any], tuple[str | int, ...]]:
    """The value and the one beside it: where the value itself is not enough, that is the next whole one."""

    def turns(value: Any) -> tuple[str | int, ...]:
        kind = number_or_date((value,))
        number = int(read_value(value, kind)) if kind == "date" else Decimal(value)
        other = str(_EPOCH + timedelta(days=int(number) + step)) if kind == "date" else f"{number + step:f}"
        return value, other

    return turns


def no_test(field: Field, wanted: bool, folding: Folding, as_of: int) -> Flags:
    raise AssertionError("known and missing are about leads, not about values")
