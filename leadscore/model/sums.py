"""sums: the totals that the points of a group, or of all groups, can come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from leadscore.model.group import Group, within
from leadscore.model.schema import Model
from leadscore.rules import AnyRule

_FIXED = ("match", "table", "lookup", "bands")
"""Kinds that give one of some fixed points; the others give whatever a number comes to."""
_MOST = 20_000
"""Totals beyond which it is not worth to tell them apart."""

Totals = frozenset[int]


def totals_of_group(group: Group) -> Totals | None:
    """The points (hundredths) a group can come to; None where they cannot be listed.

    More than can really come about where rules exclude each other, never less.
    """
    if group.decay is not None:
        return None
    totals = _combine(map(_of_rule, group.rules), sum)
    return None if totals is None else frozenset(within(each, group.floor, group.cap) for each in totals)


def totals_of_score(model: Model) -> Totals | None:
    """The same of the score."""
    if model.accounts and model.accounts.in_score:
        return None
    combine = max if model.score.combine == "max" else sum
    totals = _combine(map(totals_of_group, model.groups.values()), combine)
    floor, cap = model.score.floor, model.score.cap
    return None if totals is None else frozenset(within(each, floor, cap) for each in totals)


def _of_rule(rule: AnyRule) -> Totals | None:
    if rule.kind not in _FIXED or rule.decay is not None:
        return None
    return frozenset({*rule.choices(), rule.missing or 0})


def _combine(parts: Iterable[Totals | None], join: Callable[[tuple[int, int]], int]) -> Totals | None:
    totals: Totals | None = None
    for part in parts:
        if part is None:
            return None
        if totals is None:
            totals = part
        elif len(totals) * len(part) > _MOST * 10:
            return None
        else:
            totals = frozenset(join((left, right)) for left in totals for right in part)
        if len(totals) > _MOST:
            return None
    return totals
