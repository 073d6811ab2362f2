"""operators: the tests a criterion can make on a field, each with its own sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from leadscore.comparisons import (
    any_of,
    any_type,
    beside,
    by_age,
    compare,
    date_type,
    flags_or_any,
    has_part,
    is_between,
    is_in,
    is_value,
    itself,
    matches,
    negate,
    no_test,
    number_or_date,
    refuse_no_words,
    refuse_pattern,
    refuse_range,
    text_type,
)  # fmt: skip
from leadscore.fields import Field, FieldType
from leadscore.points import Flags
from leadscore.scalars import Days, Flag, Text, Texts, Value, Values
from leadscore.text import Folding, has_words


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
    turns: Callable[[Any], tuple[str | int, ...]] = lambda argument: ()
    """Values around which the outcome turns: texts or, where it is about age, whole numbers of days ago."""
    every: bool = False
    """Whether it holds for several values in a cell only where it holds for each of them, not for any."""

    def holds(self, field: Field, argument: Any, folding: Folding, as_of: int) -> Flags:
        """A flag per distinct cell of the field."""
        if field.members is None:
            return self.test(field, argument, folding, as_of)
        each = self.test(field.members.values, argument, folding, as_of)
        return field.members.per_cell(np.logical_and if self.every else np.logical_or, each)


# The order is the documentation's. `{field}` and `{value}` are filled in by `explain`.
OPERATORS: dict[str, Operator] = {
    "is": Operator(Value, flags_or_any, is_value, "{field} is {value}", turns=itself),
    "is_not": Operator(
        Value, flags_or_any, negate(is_value), "{field} is not {value}", turns=itself, every=True
    ),
    "in": Operator(Values, flags_or_any, is_in, "{field} is one of {value}", turns=itself),
    "not_in": Operator(
        Values, flags_or_any, negate(is_in), "{field} is none of {value}", turns=itself, every=True
    ),
    "contains": Operator(
        Texts, text_type, any_of(has_part), "{field} contains {value}", refuse_no_words, itself
    ),
    "starts_with": Operator(
        Texts, text_type, any_of(str.startswith), "{field} starts with {value}", refuse_no_words, itself
    ),
    "ends_with": Operator(
        Texts, text_type, any_of(str.endswith), "{field} ends with {value}", refuse_no_words, itself
    ),
    "has_word": Operator(
        Texts, text_type, any_of(has_words), "{field} has the word {value}", refuse_no_words, itself
    ),
    "matches": Operator(Text, text_type, matches, "{field} matches {value}", refuse_pattern),
    "at_least": Operator(
        Value, number_or_date, compare(np.greater_equal), "{field} is at least {value}", turns=beside(-1)
    ),
    "at_most": Operator(
        Value, number_or_date, compare(np.less_equal), "{field} is at most {value}", turns=beside(1)
    ),
    "above": Operator(
        Value, number_or_date, compare(np.greater), "{field} is above {value}", turns=beside(1)
    ),
    "below": Operator(Value, number_or_date, compare(np.less), "{field} is below {value}", turns=beside(-1)),
    "between": Operator(Values, number_or_date, is_between, "{field} is from {value}", refuse_range, itself),
    "within_days": Operator(
        Days,
        date_type,
        by_age(lambda age, days: (age >= 0) & (age <= days)),
        "{field} is at most {value} days ago",
        turns=lambda days: (days, days + 1),
    ),
    "older_than_days": Operator(
        Days,
        date_type,
        by_age(lambda age, days: age > days),
        "{field} is more than {value} days ago",
        turns=lambda days: (days, days + 1),
    ),
    "known": Operator(Flag, any_type, no_test, "{field} is known: {value}"),
    "missing": Operator(Flag, any_type, no_test, "{field} is missing: {value}"),
}
