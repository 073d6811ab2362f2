"""prune: a model of what is left of a faulty config, so that the rest can be checked as well."""

from __future__ import annotations

from pydantic import ValidationError

from leadscore.model.problems import faults_of
from leadscore.model.schema import Model
from leadscore.model.tree import Fault, Node, Path, child, has

_STAND_IN = "stand-in"
# For keys a config must have, where its own are faulty.
_STAND_INS: dict[str, Node] = {
    "name": _STAND_IN,
    "id": _STAND_IN,
    "groups": {_STAND_IN: {"rules": [{"name": _STAND_IN, "kind": "count", "field": _STAND_IN, "each": "0"}]}},
    "tiers": [{"name": _STAND_IN}],
}


def prune(data: dict[str, Node]) -> tuple[Model, set[Path]]:
    """The model without the faulty parts, and the paths of these."""
    faulty: set[Path] = set()
    while True:
        remains = _without(data, faulty)
        assert isinstance(remains, dict)
        try:
            return Model.model_validate(_STAND_INS | remains), faulty
        except ValidationError as error:
            found = {_removable(remains, fault.path) for fault in faults_of(error, remains)}
            faulty |= {original(data, faulty, path) for path in found}


def _removable(data: Node, path: Path) -> Path:
    """The list item that holds the fault, or the faulty key."""
    there: Path = ()
    for part in path:
        if not has(data, part):
            break
        there, data = (*there, part), child(data, part)
        if isinstance(part, int):
            break
    return there


def _without(data: Node, faulty: set[Path], here: Path = ()) -> Node:
    if isinstance(data, dict):
        return {
            key: _without(value, faulty, (*here, key))
            for key, value in data.items()
            if (*here, key) not in faulty
        }
    if isinstance(data, list):
        return [
            _without(value, faulty, (*here, place))
            for place, value in enumerate(data)
            if (*here, place) not in faulty
        ]
    return data


def original(data: Node, faulty: set[Path], path: Path) -> Path:
    """A path in what is left -> the path in the whole."""
    here: Path = ()
    for part in path:
        if isinstance(data, list) and isinstance(part, int):
            part = [place for place in range(len(data)) if (*here, place) not in faulty][part]
        here, data = (*here, part), child(data, part)
    return here


def is_consequence(fault: Fault, data: dict[str, Node], faulty: set[Path]) -> bool:
    """Whether a fault of what is left is only due to what was left out."""
    if fault.path[0] == "tiers" and len(fault.path) == 2:
        return any(path[0] in ("tiers", "matrix") for path in faulty)
    if fault.path[0] == "grade" and fault.path[-1] == "group":
        groups, rows_or_columns = child(data, "groups"), child(child(data, "grade"), fault.path[1])
        return has(groups, str(child(rows_or_columns, "group")))
    if fault.path[:2] == ("best_of", "groups"):
        named = child(child(child(data, "best_of"), "groups"), fault.path[-1])
        return has(child(data, "groups"), str(named))
    if fault.path[0] == "nurture" and len(fault.path) > 1:
        meant = "tiers" if fault.path[-1] == "tier" else "groups"
        return any(path[0] == meant for path in faulty)
    if fault.path[0] in ("scales", "heat", "matrix") or fault.path[-1] == "high":
        sources = ("groups", "scales", "score", "value", "matrix", "tiers")
        return any(path[0] in sources for path in faulty)
    return _STAND_IN in fault.path


def without_stand_ins(fault: Fault) -> Fault:
    """The fault without a hint that offers what is not in the config."""
    return fault._replace(hint="") if _STAND_IN in fault.hint else fault
