"""extend: a config over the one it extends: what overrides what, and where each value stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from leadscore.errors import Problem
from leadscore.model.tree import Fault, Node, Path, Tree, child
from leadscore.part import nearest
from leadscore.scalars import is_flag

_HOLD_NAMES = ("fields", "groups", "values", "bands", "cuts")
"""Keys under which the keys are names of the author's own."""


def _refuse(written: object) -> None:
    if not isinstance(written, str):
        raise ValueError("must be one path; write extends: base.yml")
    raise ValueError("is read from a config's file only; write it there")


Extends = Annotated[None, PlainValidator(_refuse), WithJsonSchema({"type": "string"})]
"""What is left of the key when a config is read: a file's was followed, and any other cannot be."""


def extend(base: Tree, own: Tree) -> Tree:
    """One's own config over a base: mappings merge key by key and lists of named items by name.

    Whatever else one's own config says stands instead of what the base says; `{remove: true}` takes away
    what the base has. New items stand at the end, unless one's own list names all of the base's: then
    its order counts.
    """
    merger = _Merger(_Side(base), _Side(own))
    merged = Tree(own.file, bases=(*own.bases, *base.bases))
    merged.data = merger.merge(base.data, (), own.data, (), ())
    for side in (merger.base, merger.own):
        side.move_places(merged)
    merged.unfit = (*base.unfit, *own.unfit, *merger.problems)
    return merged


@dataclass
class _Side:
    """One of the two configs, and where its values are after the merge."""

    tree: Tree
    moved: dict[Path, Path] = field(default_factory=dict)

    def take(self, value: Node, path: Path, to: Path) -> Node:
        """A whole value, unchanged."""
        self.moved[path] = to
        parts = range(len(value)) if isinstance(value, list) else value if isinstance(value, dict) else ()
        for part in parts:
            self.take(child(value, part), (*path, part), (*to, part))
        return value

    def move_places(self, merged: Tree) -> None:
        """Say where in which file each value stands that is in the merged config."""
        for path, place in self.tree.places.items():
            if path in self.moved:
                merged.places[self.moved[path]] = place
                merged.files[self.moved[path]] = self.tree.file_of(path)
        for path, setting in self.tree.overrides.items():
            if path in self.moved:
                merged.overrides[self.moved[path]] = setting
        for path, problems in self.tree.refused.items():
            merged.refused.setdefault(self._nearest(path), []).extend(problems)

    def _nearest(self, path: Path) -> Path:
        """Where a value is, or would be if what holds it had not been replaced."""
        end = next(end for end in range(len(path), -1, -1) if path[:end] in self.moved)
        return (*self.moved[path[:end]], *path[end:])


@dataclass
class _Merger:
    base: _Side
    own: _Side
    problems: list[Problem] = field(default_factory=list)

    def merge(self, theirs: Node, there: Path, ours: Node, here: Path, to: Path) -> Node:
        """Our value over theirs, which stand ``there`` and ``here``; the result stands at ``to``."""
        if isinstance(theirs, dict) and isinstance(ours, dict) and not _is_whole(theirs, ours, to):
            self.base.moved[there] = self.own.moved[here] = to
            return self._merge_mappings(theirs, there, ours, here, to)
        if isinstance(theirs, list) and isinstance(ours, list) and _names(theirs) and _names(ours):
            self.base.moved[there] = self.own.moved[here] = to
            return self._merge_lists(theirs, there, ours, here, to)
        self.base.moved[there] = to
        self._refuse_nameless(theirs, ours, here)
        return self.own.take(ours, here, to)

    def _refuse_nameless(self, theirs: Node, ours: Node, here: Path) -> None:
        if isinstance(theirs, list) and isinstance(ours, list) and _names(theirs):
            for place, item in enumerate(ours):
                if not _names([item]):
                    fault = Fault((*here, place), "has no name to find it by in the base", "add name")
                    self.problems.append(self.own.tree.problem(fault))

    def _merge_mappings(
        self, theirs: dict[str, Node], there: Path, ours: dict[str, Node], here: Path, to: Path
    ) -> Node:
        merged: dict[str, Node] = {}
        for key in theirs | ours:
            if key not in ours:
                merged[key] = self.base.take(theirs[key], (*there, key), (*to, key))
            elif _is_removal(ours[key], {"remove"}, (*to, key)) and key != "when":
                self._refuse_removal_of_nothing(key, list(theirs), (*here, key))
            elif key not in theirs:
                merged[key] = self.own.take(ours[key], (*here, key), (*to, key))
            else:
                merged[key] = self.merge(theirs[key], (*there, key), ours[key], (*here, key), (*to, key))
        return merged

    def _merge_lists(self, theirs: list[Node], there: Path, ours: list[Node], here: Path, to: Path) -> Node:
        merged: list[Node] = []
        names, own_names = _names(theirs), _names(ours)
        for left, right in _pairs(names, own_names):
            place = (*to, len(merged))
            if right is None:
                assert left is not None, "an item comes from one of the two"
                merged.append(self.base.take(theirs[left], (*there, left), place))
            elif _is_removal(ours[right], {"name", "remove"}, place):
                self._refuse_removal_of_nothing(own_names[right], names, (*here, right))
            elif left is None or _is_another_kind(theirs[left], ours[right]):
                merged.append(self.own.take(ours[right], (*here, right), place))
            else:
                merged.append(self.merge(theirs[left], (*there, left), ours[right], (*here, right), place))
        return merged

    def _refuse_removal_of_nothing(self, name: str, known: Sequence[str], here: Path) -> None:
        if name not in known:
            meant = nearest(name, known)
            hint = f"did you mean {meant}?" if meant else "remove these lines"
            fault = Fault(here, f"there is nothing of that name in {self.base.tree.file} to remove", hint)
            self.problems.append(self.own.tree.problem(fault))


def _is_one_thought(path: Path) -> bool:
    """Criteria, decays and a segment's config: half of a base's with half of one's own would be neither."""
    if path[:1] == ("segments",) and path[2:] == ("config",):
        return True
    if path[-1:] not in {("when",), ("decay",)}:
        return False
    return path[-2] not in _HOLD_NAMES or (path[0] == "groups" and len(path) == 3)


def _is_whole(theirs: dict[str, Node], ours: dict[str, Node], path: Path) -> bool:
    """Whether ours stands instead of theirs."""
    if _is_one_thought(path) or _says_remove(ours, {"remove"}) or _says_remove(ours, {"name", "remove"}):
        return True
    removed = _says_remove(theirs, {"remove"}) or _says_remove(theirs, {"name", "remove"})
    return removed and bool(ours.keys() - {"name"})  # or there is nothing to put in its place


def _is_removal(value: Node, keys: set[str], path: Path) -> bool:
    """Whether something is to be removed now. What a segment's override removes, it removes later."""
    later = path[:1] == ("segments",) and path[2:3] == ("override",)
    return not later and _says_remove(value, keys)


def _says_remove(value: Node, keys: set[str]) -> bool:
    wanted = value.get("remove") if isinstance(value, dict) and set(value) == keys else None
    return is_flag(wanted) and str(wanted).lower() == "true"


def _is_another_kind(theirs: Node, ours: Node) -> bool:
    kind = child(ours, "kind")
    return kind is not None and kind != child(theirs, "kind")


def _names(items: list[Node]) -> list[str]:
    """The items' names; none if an item has none."""
    names = [child(item, "name") for item in items]
    texts = [name.strip() for name in names if isinstance(name, str)]
    return texts if len(texts) == len(names) else []


def _pairs(names: Sequence[str], own: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Positions of the same name in a base's list and one's own; None where it is not in one of them.

    A name that stands twice is paired once, so that both remain and are told.
    """
    first = {name: left for left, name in reversed(list(enumerate(names)))}
    own_first = {name: right for right, name in reversed(list(enumerate(own)))}
    partner = {own_first[name]: left for name, left in first.items() if name in own_first}
    paired = {left: right for right, left in partner.items()}
    if set(names) <= set(own):
        told_twice = [left for left in range(len(names)) if left not in paired]
        return [
            *((partner.get(right), right) for right in range(len(own))),
            *((left, None) for left in told_twice),
        ]
    new = [right for right in range(len(own)) if right not in partner]
    return [*((left, paired.get(left)) for left in range(len(names))), *((None, right) for right in new)]
