"""covers: whether one test surely holds wherever another does."""

from __future__ import annotations

from decimal import Decimal

from leadscore.criteria import Test

_ANY_OF = ("in", "contains", "starts_with", "ends_with", "has_word")
_FROM, _UP_TO = ("at_least", "above", "older_than_days"), ("at_most", "below", "within_days")


def covers(wide: Test, narrow: Test) -> bool:
    """Whether the wide test holds wherever the narrow one does; False where that is not sure."""
    if wide.folding != narrow.folding:
        return False
    ours, theirs = wide.arguments, narrow.arguments
    return all(name in theirs and _includes(name, value, theirs[name], wide) for name, value in ours.items())


def _includes(name: str, wide: object, narrow: object, test: Test) -> bool:
    if name in _ANY_OF and isinstance(wide, tuple) and isinstance(narrow, tuple):
        return {test.folding(text) for text in narrow} <= {test.folding(text) for text in wide}
    if name in _FROM:
        return _order(wide) <= _order(narrow)
    if name in _UP_TO:
        return _order(wide) >= _order(narrow)
    return wide == narrow


def _order(value: object) -> Decimal:
    """A number or an ISO day as something to compare; within one table all are of one kind."""
    return Decimal(str(value).replace("-", "") if str(value).count("-") == 2 else str(value))
