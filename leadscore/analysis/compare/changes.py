"""changes: two configs -> what the second says otherwise, key by key, in the config's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from leadscore.model.dump import dump
from leadscore.model.tree import Node, Tree

PASSED_OVER = ("name",)
"""What changes nothing but a heading."""
_LONGEST = 100


@dataclass(frozen=True)
class Change:
    """One value that is another; None on the side that does not have it."""

    key: str
    """The path as one writes it after --set."""
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.key}: {self.after or 'this'} is new"
        if self.after is None:
            return f"{self.key}: {self.before or 'this'} is gone"
        return f"{self.key}: {self.before} to {self.after}"


def list_changes(before: Tree, after: Tree) -> list[Change]:
    """Every difference of two configs, as they stand after ``extends`` and --set, in the order of the first.

    Rules, tiers and whatever else has a name are compared by name, other lists item by item.
    """
    return [
        change
        for change in _compare((), before.data, after.data)
        if change.key.partition(".")[0] not in PASSED_OVER
    ]


def _compare(path: tuple[str, ...], before: Node, after: Node) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _compare_keys(path, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _compare_lists(path, before, after)
    elif not _mean_the_same(before, after):
        yield Change(".".join(path), _written(before), _written(after))


def _compare_keys(path: tuple[str, ...], before: dict[str, Node], after: dict[str, Node]) -> Iterator[Change]:
    for key in before | after:
        here = (*path, key)
        if key not in before:
            yield Change(".".join(here), None, _written(after[key]))
        elif key not in after:
            yield Change(".".join(here), _written(before[key]), None)
        else:
            yield from _compare(here, before[key], after[key])


def _compare_lists(path: tuple[str, ...], before: list[Node], after: list[Node]) -> Iterator[Change]:
    names, later = _names(before), _names(after)
    if names and later:
        yield from _compare_keys(
            path, dict(zip(names, before, strict=True)), dict(zip(later, after, strict=True))
        )
        shared, again = (
            [name for name in each if name in set(names) & set(later)] for each in (names, later)
        )
        if shared != again:
            yield Change(".".join(path), f"in the order {', '.join(shared)}", f"the order {', '.join(again)}")
    elif len(before) == len(after) and any(isinstance(item, dict) for item in before):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _compare((*path, str(place)), one, other)
    elif not _mean_the_same(before, after):
        yield Change(".".join(path), _written(before), _written(after))


def _names(items: Sequence[Node]) -> list[str]:
    """The items' names; none unless each has one of its own."""
    names = [item.get("name") for item in items if isinstance(item, dict)]
    texts = [name.strip() for name in names if isinstance(name, str)]
    return texts if len(set(texts)) == len(items) else []


def _mean_the_same(one: Node, other: Node) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one == other or _as_number(one) == _as_number(other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_mean_the_same, one, other))
    return one == other


def _as_number(text: str) -> Decimal | str:
    """20 and 20.0 are one number, and so are 0 and -0."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() else text


def _written(value: Node) -> str:
    """The value in one line of YAML, cut where it is long."""
    text = " ".join(line.strip() for line in dump(value).removesuffix("...\n").splitlines())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4].rstrip()} ..."
