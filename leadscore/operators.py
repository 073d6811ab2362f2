"""operators: the tests a criterion can make on a field, each with its own sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.fields import Field, FieldType, read_value
from leadscore.points import Flags
from leadscore.scalars import Days, Flag, Text, Texts, Value, Values, is_flag
from leadscore.text import Folding, has_words

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PATTERN_LIMIT = 1_000


@dataclass(frozen=True)
class Operator:
    """One test.

    ``test(field, argument, folding, as_of)`` gives a flag per distinct value of the field; whether a
    missing value is unknown is not its business. ``reads(values)`` is the type it needs the field to
    be, None for any.
    """

    argument: Any
    reads: Callable[[tuple[str, ...]], FieldType | None]
    test: Callable[[Field, Any, Folding, int], Flags]
    sentence: str
    refuse: Callable[[Any, Folding], None] = lambda argument, folding: None
    """Raises ValueError for an argument that cannot work."""
    every: bool = False
    """Whether it holds for several values in a cell only where it holds for each of them, not for any."""

    def holds(self, field: Field, argument: Any, folding: Folding, as_of: int) -> Flags:
        """A flag per distinct cell of the field."""
        if field.members is None:
            return self.test(field, argument, folding, as_of)
        each = self.test(field.members.values, argument, folding, as_of)
        return field.members.per_cell(np.logical_and if self.every else np.logical_or, each)


def _flags_or_any(values: tuple[str, ...]) -> FieldType | None:
    flags = all(is_flag(value) for value in values)
    return "boolean" if flags and values else None


def _number_or_date(values: tuple[str, ...]) -> FieldType | None:
    return "date" if all(_ISO_DAY.fullmatch(value) for value in values) else "number"


def _text(values: tuple[str, ...]) -> FieldType | None:
    return "text"


def _date(values: tuple[str, ...]) -> FieldType | None:
    return "date"


def _any(values: tuple[str, ...]) -> FieldType | None:
    return None


def _is_in(field: Field, values: tuple[str, ...], folding: Folding, as_of: int) -> Flags:
    if field.numbers is not None:
        return np.isin(field.numbers, [read_value(value, field.type) for value in values])
    wanted = {folding(value) for value in values}
    return _each(field, folding, lambda text: text in wanted)


def _each(field: Field, folding: Folding, holds: Callable[[str], bool]) -> Flags:
    return np.fromiter(map(holds, field.folded(folding)), dtype=bool, count=len(field.texts))


def _any_of(holds: Callable[[str, str], bool]) -> Callable[[Field, Any, Folding, int], Flags]:
    def test(field: Field, values: tuple[str, ...], folding: Folding, as_of: int) -> Flags:
        wanted = [folding(value) for value in values]
        return _each(field, folding, lambda text: any(holds(text, value) for value in wanted))

    return test


def _matches(field: Field, pattern: str, folding: Folding, as_of: int) -> Flags:
    texts = pa.array(field.folded(folding), pa.large_string())
    found = pc.match_substring_regex(texts, whole(pattern, folding))
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def whole(pattern: str, folding: Folding) -> str:
    """The RE2 pattern that must match the whole text."""
    return rf"(?{'-i' if folding.exact else 'i'})\A(?:{folding.pattern(pattern)})\z"


def _refuse_pattern(pattern: str, folding: Folding) -> None:
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


def _refuse_no_words(words: tuple[str, ...], folding: Folding) -> None:
    if not all(folding(word) for word in words):
        raise ValueError("is empty, and an empty text is in every text")


def _refuse_range(ends: tuple[str, ...], folding: Folding) -> None:
    if len(ends) != 2:
        raise ValueError("takes two values, the lowest and the highest: [10, 50]")
    kind = _number_or_date(ends)
    if kind and read_value(ends[0], kind) > read_value(ends[1], kind):
        raise ValueError("has its ends the wrong way round: the lowest comes first")


def _compare(holds: Callable[[Any, float], Any]) -> Callable[[Field, Any, Folding, int], Flags]:
    def test(field: Field, value: str, folding: Folding, as_of: int) -> Flags:
        return np.asarray(holds(field.numbers, read_value(value, field.type)), dtype=bool)

    return test


def _between(field: Field, ends: tuple[str, ...], folding: Folding, as_of: int) -> Flags:
    low, high = (read_value(end, field.type) for end in ends)
    assert field.numbers is not None
    return (field.numbers >= low) & (field.numbers <= high)


def _age(holds: Callable[[Any, int], Any]) -> Callable[[Field, Any, Folding, int], Flags]:
    def test(field: Field, days: int, folding: Folding, as_of: int) -> Flags:
        assert field.numbers is not None
        return np.asarray(holds(as_of - field.numbers, days), dtype=bool)

    return test


def _not(test: Callable[[Field, Any, Folding, int], Flags]) -> Callable[[Field, Any, Folding, int], Flags]:
    return lambda field, value, folding, as_of: ~test(field, value, folding, as_of)


def _is(field: Field, value: str, folding: Folding, as_of: int) -> Flags:
    return _is_in(field, (value,), folding, as_of)


def _contains(text: str, part: str) -> bool:
    return part in text


def _no_test(field: Field, wanted: bool, folding: Folding, as_of: int) -> Flags:
    raise AssertionError("known and missing are about leads, not about values")


# The order is the documentation's. `{field}` and `{value}` are filled in by `explain`.
OPERATORS: dict[str, Operator] = {
    "is": Operator(Value, _flags_or_any, _is, "{field} is {value}"),
    "is_not": Operator(Value, _flags_or_any, _not(_is), "{field} is not {value}", every=True),
    "in": Operator(Values, _flags_or_any, _is_in, "{field} is one of {value}"),
    "not_in": Operator(Values, _flags_or_any, _not(_is_in), "{field} is none of {value}", every=True),
    "contains": Operator(Texts, _text, _any_of(_contains), "{field} contains {value}", _refuse_no_words),
    "starts_with": Operator(
        Texts, _text, _any_of(str.startswith), "{field} starts with {value}", _refuse_no_words
    ),
    "ends_with": Operator(Texts, _text, _any_of(str.endswith), "{field} ends with {value}", _refuse_no_words),
    "has_word": Operator(Texts, _text, _any_of(has_words), "{field} has the word {value}", _refuse_no_words),
    "matches": Operator(Text, _text, _matches, "{field} matches {value}", _refuse_pattern),
    "at_least": Operator(Value, _number_or_date, _compare(np.greater_equal), "{field} is at least {value}"),
    "at_most": Operator(Value, _number_or_date, _compare(np.less_equal), "{field} is at most {value}"),
    "above": Operator(Value, _number_or_date, _compare(np.greater), "{field} is above {value}"),
    "below": Operator(Value, _number_or_date, _compare(np.less), "{field} is below {value}"),
    "between": Operator(Values, _number_or_date, _between, "{field} is from {value}", _refuse_range),
    "within_days": Operator(
        Days, _date, _age(lambda age, days: (age >= 0) & (age <= days)), "{field} is at most {value} days ago"
    ),
    "older_than_days": Operator(
        Days, _date, _age(lambda age, days: age > days), "{field} is more than {value} days ago"
    ),
    "known": Operator(Flag, _any, _no_test, "{field} is known: {value}"),
    "missing": Operator(Flag, _any, _no_test, "{field} is missing: {value}"),
}
