"""load: a config file -> a model, or every problem of the file at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from leadscore.errors import ConfigError, Problem
from leadscore.model import tree as yaml_tree
from leadscore.model.preset import preset_fields
from leadscore.model.resolve import check_model, resolve_fields
from leadscore.model.schema import Model
from leadscore.model.tree import Path, Tree, read_tree
from leadscore.rules import KINDS

# What pydantic calls a fault -> what we say. Everything else comes from our own validators.
_SAYINGS = {
    "missing": ("is missing", ""),
    "union_tag_not_found": ("has no kind", f"add kind: one of {', '.join(KINDS)}"),
    "union_tag_invalid": ("is not a kind of rule", f"write one of {', '.join(KINDS)}"),
    "dict_type": ("must be a mapping (key: value)", ""),
    "model_type": ("must be a mapping (key: value)", ""),
    "model_attributes_type": ("must be a mapping (key: value)", ""),
    "tuple_type": ("must be a list", "start each item with a dash, or write [a, b]"),
    "too_short": ("is empty", ""),
    "greater_than": ("must be above 0", ""),
    "string_type": ("must be text", ""),
}


def load_model(source: str | FilePath | Mapping[str, Any], overrides: Sequence[str] = ()) -> Model:
    """Read a config: a path to a YAML file, or a mapping.

    ``overrides`` are `KEY=VALUE` texts as given to --set. Raises ConfigError (exit 3) that lists every
    problem as `file:line:column: key: what; what to do`.
    """
    tree = _read(source)
    for override in overrides:
        _override(tree, override)
    return _model(tree)


def config_bytes(path: str | FilePath) -> bytes:
    """A config file's content, read once so that its digest is that of what was used."""
    try:
        return FilePath(path).read_bytes()
    except IsADirectoryError:
        raise ConfigError(Problem(str(path), what="is a folder", hint="name the config file in it")) from None
    except OSError as error:
        what = "is not there" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise ConfigError(Problem(str(path), what=what, hint="check the path after -c")) from None


def _read(source: str | FilePath | Mapping[str, Any]) -> Tree:
    if isinstance(source, Mapping):
        return Tree("config", _plain_tree(source))
    return read_tree(str(source), config_bytes(source))


def load_content(file: str, content: bytes, overrides: Sequence[str] = ()) -> Model:
    """``load_model`` for a config that was read already."""
    tree = read_tree(file, content)
    for override in overrides:
        _override(tree, override)
    return _model(tree)


def _plain_tree(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_tree(item) for item in value]
    return yaml_tree.plain(value)


def _override(tree: Tree, override: str) -> None:
    key, separator, text = override.partition("=")
    problem = Problem(f"--set {override}", what="is not KEY=VALUE", hint="write for example --set groups.fit.cap=40")
    if not separator or not key:
        raise ConfigError(problem)
    here, path = tree.data, []
    *parents, last = key.strip().split(".")
    for word in parents:
        part = _step(here, word)
        here = None if part is None else here[part]
        if not isinstance(here, dict | list):
            raise ConfigError(Problem(f"--set {override}", what=f"there is no {word} in the config", hint="check the path"))
        path.append(part)
    value = read_tree(f"--set {override}", text.encode()).data if text.strip() else None
    part = _step(here, last)
    part = last if part is None and isinstance(here, dict) else part
    if part is None:
        raise ConfigError(Problem(f"--set {override}", what=f"there is no {last} in the config", hint="check the path"))
    here[part] = value
    tree.overrides[(*path, part)] = override


def _step(here: Any, word: str) -> str | int | None:
    if isinstance(here, dict):
        return word if word in here else None
    if isinstance(here, list):
        if word.isdecimal() and int(word) < len(here):
            return int(word)
        names = [item.get("name") if isinstance(item, dict) else None for item in here]
        return names.index(word) if word in names else None
    return None


def _model(tree: Tree) -> Model:
    if not isinstance(tree.data, dict):
        raise ConfigError(tree.problem((), "must be a mapping (key: value)", "see the README's config section"))
    problems = list(_add_preset(tree))
    model, faults = _validate(tree, tree.data)
    problems += faults
    broken: set[Path] = set()
    if model is None:
        # The rest of the file has a right to be checked too: leave out what is broken and look again.
        broken = _broken(tree.data)
        model, _ = _validate(tree, _without(tree.data, broken))
    if model is not None:
        model, faults_of_fields = resolve_fields(model)
        for path, what, hint in [*check_model(model), *faults_of_fields]:
            problems.append(tree.problem(_original(tree.data, broken, path), what, hint))
    if problems or model is None:
        raise ConfigError(sorted(set(problems)))
    return model


def _add_preset(tree: Tree) -> Iterator[Problem]:
    """Put the preset's fields under the config's own; the config's keys win."""
    name = tree.data.get("preset")
    if not isinstance(name, str):
        return
    try:
        preset = preset_fields(name)
    except ValueError as error:
        what, _, hint = str(error).partition("; ")
        yield tree.problem(("preset",), what, hint)
        return
    own = tree.data.get("fields") or {}
    if isinstance(own, dict):
        tree.data["fields"] = {
            field: {**preset.get(field, {}), **own[field]} if isinstance(own.get(field), dict) else own.get(field, preset.get(field))
            for field in [*preset, *(field for field in own if field not in preset)]
        }


def _validate(tree: Tree, data: Any) -> tuple[Model | None, list[Problem]]:
    try:
        return Model.model_validate(data), []
    except ValidationError as error:
        return None, [_problem(tree, details) for details in error.errors(include_url=False)]


def _problem(tree: Tree, details: Any) -> Problem:
    path = tuple(_walk(tree.data, details["loc"]))
    message = details["msg"].removeprefix("Value error, ")
    what, _, hint = message.partition("; ")
    if details["type"] in _SAYINGS:
        what, hint = _SAYINGS[details["type"]]
    if details["type"] == "missing":
        path = (*path, str(details["loc"][-1]))
    elif details["type"] == "literal_error":
        what, hint = "is not one of the words known here", message.replace("Input should be", "write")
    elif details["type"] == "union_tag_invalid":
        path = (*path, "kind")
    return tree.problem(path, what, hint)


def _walk(data: Any, location: Sequence[str | int]) -> Iterator[str | int]:
    """The parts of pydantic's location that are keys or indices in the data; the rest are its own."""
    for part in location:
        if isinstance(data, dict) and part in data:
            data = data[str(part)]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            continue
        yield part


def _broken(data: Any) -> set[Path]:
    """What must go so that the rest can be checked: an unknown key, or the list item that holds a fault."""
    try:
        Model.model_validate(data)
    except ValidationError as error:
        return {_removable(data, details) for details in error.errors(include_url=False)}
    return set()


def _removable(data: Any, details: Any) -> Path:
    path = tuple(_walk(data, details["loc"]))
    first = next((depth for depth, part in enumerate(path) if isinstance(part, int)), len(path))
    return path[: first + 1]


def _without(data: Any, broken: set[Path], here: Path = ()) -> Any:
    if isinstance(data, dict):
        return {k: _without(v, broken, (*here, k)) for k, v in data.items() if (*here, k) not in broken}
    if isinstance(data, list):
        return [_without(v, broken, (*here, i)) for i, v in enumerate(data) if (*here, i) not in broken]
    return data


def _original(data: Any, broken: set[Path], path: Path) -> Path:
    """A path in the data without what is broken -> the path in the whole data."""
    here: Path = ()
    for part in path:
        if isinstance(data, list) and isinstance(part, int):
            part = [index for index in range(len(data)) if (*here, index) not in broken][part]
        data = data[part] if isinstance(data, list) else data.get(part) if isinstance(data, dict) else None
        here = (*here, part)
    return here
