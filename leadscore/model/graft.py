"""graft: parts of a config's tree, with the place of every value kept."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from leadscore.model.tree import Path, Tree, value_at

_T = TypeVar("_T")


def cut_out(tree: Tree, path: Path) -> Tree:
    """The value at a path as a tree of its own."""
    return Tree(
        tree.file,
        value_at(tree.data, path),
        _under(path, tree.places),
        _under(path, tree.files),
        overrides=_under(path, tree.overrides),
        refused=_under(path, tree.refused),
    )


def _under(path: Path, values: dict[Path, _T]) -> dict[Path, _T]:
    return {there[len(path) :]: value for there, value in values.items() if there[: len(path)] == path}


def graft(tree: Tree, path: Path, other: Tree) -> None:
    """Put another file's config where a mapping names it; what is told of it keeps its file and line."""
    holder = value_at(tree.data, path[:-1])
    assert isinstance(holder, dict), "only a mapping's value is replaced"
    holder[str(path[-1])] = other.data
    for there, place in other.places.items():
        if there:
            tree.places[*path, *there] = place
            tree.files[*path, *there] = other.file_of(there)
    for there, problems in other.refused.items():
        tree.refused.setdefault((*path, *there), []).extend(problems)
    tree.bases = (*tree.bases, *other.bases)
    tree.unfit = (*tree.unfit, *other.unfit)


def keep(tree: Tree, keys: Collection[str]) -> Tree:
    """The tree with only these keys at its top."""
    data = (
        {key: value for key, value in tree.data.items() if key in keys} if isinstance(tree.data, dict) else {}
    )
    return Tree(
        tree.file, data, tree.places, tree.files, tree.bases, tree.overrides, tree.refused, tree.unfit
    )
