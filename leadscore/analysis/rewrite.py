"""rewrite: a config's text with other numbers: in their places, or over it in a config that extends it."""

from __future__ import annotations

import copy
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from leadscore.analysis.variant import Variant
from leadscore.errors import ConfigError, Problem
from leadscore.model.build import build_model
from leadscore.model.dump import dump
from leadscore.model.load import load_tree
from leadscore.model.patch import Ladder, patch
from leadscore.model.tree import Node, Path, Tree, child, value_at
from leadscore.scalars import Plain, parse_number

Values = Mapping[Path, str | Ladder]
_WHOLE_THOUGHTS = ("when", "decay")
"""Keys whose value replaces that of the config below as a whole."""


@dataclass(frozen=True)
class Rewritten:
    """A config with other numbers: its text, and what it is read as."""

    content: bytes
    variant: Variant
    extends: bool
    """Whether it stands over the one it was made of, whose comments then stay there."""


def rewrite(content: bytes, variant: Variant, values: Values, out: FilePath) -> Rewritten:
    """The config that says the same but for these values; --set is written into it as well.

    Values stand where they stood. A config that extends another one is left as it is, and the new one extends
    it. What is written is read again and must mean what it should. Raises ConfigError.
    """
    values = {_as_written(variant.tree.data, path): value for path, value in values.items()}
    wanted = _put(variant.tree, values)
    meant = build_model(wanted).digest
    overridden = {path: value_at(wanted.data, path) for path in variant.tree.overrides}
    if not variant.tree.bases:
        numbers = {path: value for path, value in overridden.items() if isinstance(value, str)}
        try:
            text = patch(content, {**numbers, **values})
        except LookupError:
            text = ""
        if text and len(numbers) == len(overridden):
            made = _read(text.encode(), out, extends=False)
            if made.variant.model.digest == meant:
                return made
    made = _read(_over(variant, wanted, [*values, *overridden], out).encode(), out, extends=True)
    if made.variant.model.digest != meant:
        what = "has values that cannot be replaced where they stand"
        hint = "write it as leadscore check --resolved prints it, and calibrate that"
        raise ConfigError(Problem(variant.file, what=what, hint=hint))
    return made


def _read(content: bytes, out: FilePath, extends: bool) -> Rewritten:
    tree = load_tree(str(out), content)
    digest = hashlib.sha256(content).hexdigest()
    return Rewritten(content, Variant("after", str(out), digest, tree, build_model(tree)), extends)


def _as_written(data: Node, path: Path) -> Path:
    """The path with its keys as the config has them: 1e3 where the model has 1000."""
    found: Path = ()
    for part in path:
        here = value_at(data, found)
        if isinstance(here, dict) and part not in here:
            part = next((key for key in here if _same(key, str(part))), part)
        found = (*found, part)
    return found


def _same(key: str, part: str) -> bool:
    if key.strip() == part:
        return True
    try:
        return parse_number(key) == parse_number(part)
    except ValueError:
        return False


def _put(tree: Tree, values: Values) -> Tree:
    """The tree with other values in it."""
    data = copy.deepcopy(tree.data)
    for path, value in values.items():
        holder, last = value_at(data, path[:-1]), path[-1]
        new: Node = (
            Plain(value) if isinstance(value, str) else {key: Plain(each) for key, each in value.items()}
        )
        assert isinstance(holder, dict), "numbers of a config stand in mappings"
        holder[str(last)] = new
    return replace(tree, data=data)


def _over(variant: Variant, wanted: Tree, paths: list[Path], out: FilePath) -> str:
    """A config that extends the one there is, with the values at these paths."""
    own: dict[str, Node] = {}
    for path in paths:
        _add(own, variant.tree.data, wanted.data, path)
    base = os.path.relpath(variant.file, out.parent)
    head = f"# The numbers of {FilePath(base).name} that history speaks for; all else stands there.\n"
    return head + dump({"extends": Plain(base), **own})


def _add(own: dict[str, Node], before: Node, wanted: Node, path: Path) -> None:
    """Put one value where the merge finds it: in a list by name, or as a whole where it has no names."""
    here: Node = own
    for place, part in enumerate(path):
        end = place == len(path) - 1
        below = child(wanted, part)
        named = isinstance(part, int) and child(below, "name") is not None
        assert isinstance(here, dict | list), "what is not is written as a whole"
        if isinstance(here, list):
            here = _item(here, below)
        else:
            nameless = isinstance(below, list) and any(child(item, "name") is None for item in below)
            if end or nameless or part in _WHOLE_THOUGHTS:
                here[str(part)] = _with_removals(child(before, part), below) if end else below
                return
            here = here.setdefault(str(part), [] if isinstance(below, list) else {})
        before, wanted = child(before, part), below
        assert named or not isinstance(part, int), "a list without names is written as a whole"


def _item(items: list[Node], wanted: Node) -> Node:
    """The item of the same name, which is added where there is none yet."""
    for item in items:
        if child(item, "name") == child(wanted, "name"):
            return item
    items.append({"name": child(wanted, "name")})
    return items[-1]


def _with_removals(before: Node, wanted: Node) -> Node:
    """A mapping that takes away what is not in it any more, since mappings merge key by key."""
    if not isinstance(before, dict) or not isinstance(wanted, dict):
        return wanted
    gone: dict[str, Node] = {key: {"remove": Plain("true")} for key in before if key not in wanted}
    return {**wanted, **gone}
