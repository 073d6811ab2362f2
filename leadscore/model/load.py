"""load: a config file -> a model, or every problem of the file at once, each with its place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from leadscore.errors import ConfigError, Problem
from leadscore.model.check import check_model
from leadscore.model.extend import extend
from leadscore.model.overrides import override
from leadscore.model.parse import SIZE_LIMIT, read_tree
from leadscore.model.preset import add_preset
from leadscore.model.problems import faults_of
from leadscore.model.prune import is_consequence, original, prune, without_stand_ins
from leadscore.model.ranges import check_measures
from leadscore.model.resolve import resolve_fields
from leadscore.model.schema import Model
from leadscore.model.tree import Base, Fault, Node, Path, Tree, child
from leadscore.part import FAULT_LIMIT
from leadscore.scalars import plain

BASE_LIMIT = 10
"""So many configs may extend each other in a row."""

_NO_MAPPING = Fault((), "must be a mapping (key: value)", "write at least name, id, groups and tiers")


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
    return _override_all(_read_extended(file, content, ()), overrides)


def _read_extended(file: str, content: bytes, seen: tuple[str, ...]) -> Tree:
    """A config's tree over those it extends. ``seen`` are the files it is extended by."""
    own = read_tree(file, content)
    written = child(own.data, "extends")
    if not isinstance(own.data, dict) or not isinstance(written, str):
        return own  # what else may stand there the schema refuses
    del own.data["extends"]
    path, seen = FilePath(file).parent / written, (*seen, os.path.realpath(file))
    try:
        below = _base_bytes(own, written, path)
        _refuse_base(own, written, os.path.realpath(path), seen)
        base = _read_extended(str(path), below, seen)
        if not isinstance(base.data, dict):
            raise ConfigError(base.refusals() or _problems(base, [_NO_MAPPING]))
    except ConfigError as error:
        raise ConfigError([*own.refusals(), *error.problems]) from None
    own.bases = (Base(written, hashlib.sha256(below).hexdigest()),)
    return extend(base, own)


def _refuse_base(own: Tree, written: str, path: str, seen: Sequence[str]) -> None:
    what = hint = ""
    if path in seen:
        what, hint = f"{written!r} leads back to this config", "one of them must extend nothing"
    elif len(seen) > BASE_LIMIT:
        what, hint = f"more than {BASE_LIMIT} configs extend each other", "put some of them together"
    if what:
        raise ConfigError(own.problem(Fault(("extends",), what, hint)))


def _base_bytes(own: Tree, written: str, path: FilePath) -> bytes:
    try:
        return config_bytes(path)
    except ConfigError as error:
        what, hint = f"{written!r} {error.problems[0].what}", "the path counts from the folder of this config"
        raise ConfigError(own.problem(Fault(("extends",), what, hint))) from None


def config_bytes(path: str | FilePath) -> bytes:
    """A config file's content, read once so that its digest is that of what was used."""
    try:
        with FilePath(path).open("rb") as file:
            return file.read(SIZE_LIMIT + 1)
    except IsADirectoryError:
        raise ConfigError(Problem(str(path), what="is a folder", hint="name the config file in it")) from None
    except (FileNotFoundError, NotADirectoryError, ValueError):  # a path with a null character
        raise ConfigError(Problem(str(path), what="is not there", hint="check the path after -c")) from None
    except OSError:
        raise ConfigError(Problem(str(path), what="cannot be read", hint="check who may read it")) from None


def build_model(tree: Tree) -> Model:
    """The model a tree describes. Raises ConfigError with every problem of it."""
    if not isinstance(tree.data, dict):
        raise ConfigError(_problems(tree, [_NO_MAPPING]))
    data, faults = add_preset(tree.data)
    faulty: set[Path] = set()
    try:
        model = Model.model_validate(data)
    except ValidationError as error:
        faults += faults_of(error, data)
        if len(faults) > FAULT_LIMIT:
            raise ConfigError(_problems(tree, faults)) from None
        model, faulty = prune(data)
    model, of_fields = resolve_fields(model)
    for fault in islice([*of_fields, *check_model(model), *check_measures(model)], FAULT_LIMIT):
        if not is_consequence(fault, data, faulty):
            faults.append(_in_whole(without_stand_ins(fault), data, faulty))
    if faults or tree.refusals():
        raise ConfigError(_problems(tree, faults))
    return model


def _in_whole(fault: Fault, data: Node, faulty: set[Path]) -> Fault:
    beside = None if fault.beside is None else original(data, faulty, fault.beside)
    return fault._replace(path=original(data, faulty, fault.path), beside=beside)


def _problems(tree: Tree, faults: list[Fault]) -> list[Problem]:
    """All problems by line; where YAML itself is refused, what the schema says of that value is noise."""
    found = set(tree.refusals())
    found |= {tree.problem(fault) for fault in faults if not _under(fault.path, tree.refused)}
    return sorted(found)


def _under(path: Path, refused: Mapping[Path, object]) -> bool:
    return any(path[:end] in refused for end in range(len(path) + 1))


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
