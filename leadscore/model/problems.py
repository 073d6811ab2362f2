"""problems: what pydantic found -> faults at paths of the config, in words for whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from leadscore.model.tree import Fault, Node, Path, child, has
from leadscore.part import nearest
from leadscore.rules import KINDS

_MAPPING = ("must be a mapping (key: value)", "indent its keys below it, or write {key: value}")
_KINDS = f"one of {', '.join(KINDS)}"

# What pydantic calls a fault -> what we say. Our own validators say it themselves: 'what; hint'.
_SAYINGS = {
    "missing": ("is missing", "add it"),
    "union_tag_not_found": ("has no kind", f"add kind: {_KINDS}"),
    "union_tag_invalid": ("is not a kind of rule", f"write {_KINDS}"),
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "tuple_type": ("must be a list", "start each item with a dash, or write [a, b]"),
    "too_short": ("is empty", "write at least one, or remove the key"),
    "greater_than": ("must be above 0", "write for example 30"),
}
_OWN = ("value_error", "unknown_key")


def faults_of(error: ValidationError, data: Node) -> list[Fault]:
    """Every fault of a config that does not fit the schema."""
    found = error.errors(include_url=False, include_input=False)
    places = [details["loc"] for details in found]
    # A list whose items are all faulty is not empty, though to pydantic it is.
    return [
        _fault(each, data) for each in found if each["type"] != "too_short" or _is_alone(each["loc"], places)
    ]


def _is_alone(place: tuple[str | int, ...], places: list[tuple[str | int, ...]]) -> bool:
    return not any(other != place and other[: len(place)] == place for other in places)


def _fault(details: Any, data: Node) -> Fault:
    kind, place = details["type"], details["loc"]
    path = tuple(_walk(data, place))
    if kind in _OWN:
        what, _, hint = details["msg"].removeprefix("Value error, ").partition("; ")
        return Fault(path, what, hint)
    if kind == "literal_error":
        known = re.sub(r"'([\w-]+)'", r"\1", details["ctx"]["expected"])  # marks keep their quotes
        return Fault(path, "is not one of the words known here", f"write {known}")
    if kind == "too_long":
        return Fault(path, f"has more than {details['ctx']['max_length']} items", "write fewer")
    what, hint = _SAYINGS.get(kind, ("is not what can stand here", "see the README's config section"))
    if kind == "missing":
        path = (*path, str(place[-1]))
    elif kind == "union_tag_invalid":
        path = (*path, "kind")
    elif kind == "union_tag_not_found":
        return _without_kind(path, data, Fault(path, what, hint))
    return Fault(path, what, hint)


def _without_kind(path: Path, data: Node, fault: Fault) -> Fault:
    """A rule whose kind is misspelt as a key is told so."""
    rule = data
    for part in path:
        rule = child(rule, part)
    typo = nearest("kind", rule) if isinstance(rule, dict) else ""
    return Fault((*path, typo), "is not a known key", "did you mean kind?") if typo else fault


def _walk(data: Node, place: Sequence[str | int]) -> Iterator[str | int]:
    """The parts of pydantic's place that are keys or positions in the config; the rest are its own."""
    before: tuple[str | int, ...] = ()
    for part in place:
        is_tag = len(before) > 1 and before[-2] == "rules" and isinstance(before[-1], int)
        before = (*before, part)
        if has(data, part) and not (is_tag and child(data, "kind") == part):
            data = child(data, part)
            yield part
