"""covers: whether one test, or one lot of criteria, surely holds wherever another does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from leadscore.criteria import Criteria, Test
from leadscore.text import Folding

_ANY_OF = ("in", "contains", "starts_with", "ends_with", "has_word")
_FROM, _UP_TO = ("at_least", "above", "older_than_days"), ("at_most", "below", "within_days")


_Read = tuple[Folding, dict[str, object]]
"""How a test compares texts, and its operators with their arguments."""


def covers(wide: Test, narrow: Test) -> bool:
    """Whether the wide test holds wherever the narrow one does; False where that is not sure."""
    return _covers((wide.folding, wide.arguments), (narrow.folding, narrow.arguments))


def find_covered(tests: Sequence[Test]) -> Iterator[tuple[int, int]]:
    """The place of each test that an earlier one covers, and the place of that."""
    read = [(test.folding, test.arguments) for test in tests]
    for place, narrow in enumerate(read):
        earlier = next((i for i, wide in enumerate(read[:place]) if _covers(wide, narrow)), None)
        if earlier is not None:
            yield place, earlier


def _covers(wide: _Read, narrow: _Read) -> bool:
    (folding, ours), (other, theirs) = wide, narrow
    if folding != other:
        return False
    return all(
        name in theirs and _includes(name, value, theirs[name], folding) for name, value in ours.items()
    )


def _includes(name: str, wide: object, narrow: object, folding: Folding) -> bool:
    if name in _ANY_OF and isinstance(wide, tuple) and isinstance(narrow, tuple):
        return {folding(text) for text in narrow} <= {folding(text) for text in wide}
    if name in _FROM:
        return _order(wide) <= _order(narrow)
    if name in _UP_TO:
        return _order(wide) >= _order(narrow)
    return wide == narrow


def _order(value: object) -> Decimal:
    """A number or an ISO day as something to compare; within one table all are of one kind."""
    return Decimal(str(value).replace("-", "") if str(value).count("-") == 2 else str(value))


def covers_criteria(wide: Criteria, narrow: Criteria) -> bool:
    """The same of criteria: each test of the wide ones is one that the narrow ones surely pass."""
    if wide == narrow:
        return True
    if wide.any or wide.none or wide.at_least_of:
        return False
    ours, theirs = tests_of(wide), tests_of(narrow)
    fields = all(field in theirs and covers(test, theirs[field]) for field, test in ours.items())
    return fields and all(
        covers_criteria(part, narrow) or any(covers_criteria(part, other) for other in narrow.all)
        for part in wide.all
    )


def tests_of(criteria: Criteria) -> dict[str, Test]:
    """Field -> its test, of those that stand in the criteria themselves."""
    return criteria.__pydantic_extra__ or {}
