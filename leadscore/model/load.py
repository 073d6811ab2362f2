"""load: a config file -> a model, or every problem of the file at once, each with its place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from leadscore.errors import ConfigError, Problem
from leadscore.model.build import NO_MAPPING, build_model, problems_of
from leadscore.model.extend import extend
from leadscore.model.graft import graft
from leadscore.model.overrides import override
from leadscore.model.parse import SIZE_LIMIT, VALUE_LIMIT, read_tree
from leadscore.model.schema import Model
from leadscore.model.segments import check_number
from leadscore.model.tree import Base, Fault, Path, Tree, child, size, value_at
from leadscore.scalars import plain

BASE_LIMIT = 10
"""So many configs may extend each other in a row."""


def load_model(source: str | FilePath | Mapping[str, Any], overrides: Sequence[str] = ()) -> Model:
    """Read a config: a path to a YAML file, or a mapping.

    ``overrides`` are `KEY=VALUE` texts as given to --set. Raises ConfigError (exit 3) that lists every
    problem as `file:line:column: key: what; what to do`.
    """
    if isinstance(source, Mapping):
        return build_model(_override_all(_tree_of(source), overrides))
    return load_content(str(source), config_bytes(source), overrides)


def load_content(file: str, content: bytes, overrides: Sequence[str] = ()) -> Model:
    """``load_model`` for a config that was read already."""
    return build_model(load_tree(file, content, overrides))


def load_tree(file: str, content: bytes, overrides: Sequence[str] = ()) -> Tree:
    """The values and places of a config, for ``build_model`` and then ``lint_model``."""
    return _override_all(_read_whole(file, content, ()), overrides)


def _read_whole(file: str, content: bytes, seen: tuple[str, ...]) -> Tree:
    """A config's tree over those it extends, its segments' configs in it. ``seen``: the files on the way."""
    own, seen = read_tree(file, content), (*seen, os.path.realpath(file))
    if not isinstance(own.data, dict):
        return own  # the schema refuses it, and whatever else stands where a path may
    try:
        for at in _configs_of_segments(own):
            graft(own, at, _read_named(own, at, seen))
            _refuse_too_large(own)
        if not isinstance(own.data.get("extends"), str):
            return own
        base = _read_named(own, ("extends",), seen)
    except ConfigError as error:
        raise ConfigError([*own.refusals(), *error.problems]) from None
    del own.data["extends"]
    whole = extend(base, own)
    _refuse_too_large(whole)
    return whole


def _refuse_too_large(tree: Tree) -> None:
    """Several configs together may be no larger than one."""
    if size(tree.data) > VALUE_LIMIT:
        what = f"holds more than {VALUE_LIMIT:,} values, with those of the configs it names"
        raise ConfigError(Problem(tree.file, what=what, hint="name fewer, or smaller ones"))


def _configs_of_segments(tree: Tree) -> list[Path]:
    too_many = check_number(tree)
    if too_many:
        raise ConfigError(tree.problem(too_many))
    segments = child(tree.data, "segments")
    places = range(len(segments) if isinstance(segments, list) else 0)
    paths: list[Path] = [("segments", place, "config") for place in places]
    return [path for path in paths if isinstance(value_at(tree.data, path), str)]


def _read_named(own: Tree, at: Path, seen: tuple[str, ...]) -> Tree:
    """The config whose path stands at a place of one's own; its digest is noted."""
    written = str(value_at(own.data, at))
    path = FilePath(own.file).parent / written
    below = _named_bytes(own, at, written, path)
    _refuse_circles(own, at, written, os.path.realpath(path), seen)
    named = _read_whole(str(path), below, seen)
    if not isinstance(named.data, dict):
        raise ConfigError(named.refusals() or problems_of(named, [NO_MAPPING]))
    own.bases = (*own.bases, Base(written, hashlib.sha256(below).hexdigest()))
    return named


def _refuse_circles(own: Tree, at: Path, written: str, path: str, seen: Sequence[str]) -> None:
    what = hint = ""
    if path in seen:
        what, hint = (
            f"{written!r} leads back to this config",
            "one of them must extend, or name for a segment, nothing",
        )
    elif len(seen) > BASE_LIMIT:
        what, hint = f"more than {BASE_LIMIT} configs extend each other", "put some of them together"
    if what:
        raise ConfigError(own.problem(Fault(at, what, hint)))


def _named_bytes(own: Tree, at: Path, written: str, path: FilePath) -> bytes:
    try:
        return config_bytes(path)
    except ConfigError as error:
        what, hint = f"{written!r} {error.problems[0].what}", "the path counts from the folder of this config"
        raise ConfigError(own.problem(Fault(at, what, hint))) from None


def config_bytes(path: str | FilePath) -> bytes:
    """A config file's content, read once so that its digest is that of what was used."""
    return file_bytes(path, "-c", "config ")


def file_bytes(path: str | FilePath, option: str, kind: str = "") -> bytes:
    """The content of a small file that an option of the command line names. Raises ConfigError."""
    try:
        with FilePath(path).open("rb") as file:
            return file.read(SIZE_LIMIT + 1)
    except IsADirectoryError:
        raise ConfigError(Problem(str(path), what="is a folder", hint=f"name the {kind}file in it")) from None
    except (FileNotFoundError, NotADirectoryError, ValueError):  # a path with a null character
        hint = f"check the path after {option}"
        raise ConfigError(Problem(str(path), what="is not there", hint=hint)) from None
    except OSError:
        raise ConfigError(Problem(str(path), what="cannot be read", hint="check who may read it")) from None


def _override_all(tree: Tree, overrides: Sequence[str]) -> Tree:
    problems = list(_override_problems(tree, overrides))
    if problems:
        raise ConfigError(problems)
    return tree


def _override_problems(tree: Tree, overrides: Sequence[str]) -> Iterator[Problem]:
    for setting in overrides:
        try:
            override(tree, setting)
        except ConfigError as error:
            yield from error.problems


def _tree_of(source: Mapping[str, Any]) -> Tree:
    tree = Tree("config")
    tree.data = _node(source, tree, ())
    return tree


def _node(value: Any, tree: Tree, path: Path) -> Any:
    """Python's values as they would be typed in YAML. None is a key left out."""
    if isinstance(value, Mapping):
        entries = [(str(plain(key)), item) for key, item in value.items() if item is not None]
        if len({key for key, _ in entries}) < len(entries):
            problem = tree.problem(Fault(path, "has two keys that mean the same", "keep one of them"))
            tree.refused.setdefault(path, []).append(problem)
        return {key: _node(item, tree, (*path, key)) for key, item in entries}
    if isinstance(value, list | tuple):
        return [_node(item, tree, (*path, place)) for place, item in enumerate(value)]
    return plain(value)
