"""overrides: what --set changes in a config before it is checked."""

from __future__ import annotations

from collections.abc import Sequence

from leadscore.errors import ConfigError, Problem
from leadscore.model.parse import read_tree
from leadscore.model.tree import Node, Path, Tree, child
from leadscore.part import nearest


def override(tree: Tree, setting: str) -> None:
    """Change one value of a tree. ``setting`` is KEY=VALUE, as in `groups.fit.cap=40`.

    List items go by name or position. A key that is not there is added, and so is a mapping on the way
    to it; the schema then says whether it may be there. Raises ConfigError.
    """
    key, separator, text = setting.partition("=")
    words = key.strip().split(".")
    if not separator or not all(words):
        raise _error(setting, "is not KEY=VALUE", "write for example --set groups.fit.cap=40")
    value = _read_value(setting, text)
    here, path = _walk(tree, words, setting)
    if isinstance(here, dict):
        here[str(path[-1])] = value
    elif isinstance(here, list):
        here[int(path[-1])] = value
    tree.overrides[path] = setting
    for known in [known for known in tree.refused if known[: len(path)] == path]:
        del tree.refused[known]


def _read_value(setting: str, text: str) -> Node:
    try:
        tree = read_tree("", text.encode("utf-8", "surrogateescape"))
        problems = tree.refusals()
    except ConfigError as error:
        problems = list(error.problems)
    if problems:
        raise ConfigError(
            [Problem(f"--set {setting}", what=found.what, hint=found.hint) for found in problems]
        )
    return tree.data


def _walk(tree: Tree, words: Sequence[str], setting: str) -> tuple[Node, Path]:
    """The mapping or list that holds the value, and the value's path."""
    here: Node = tree.data
    path: Path = ()
    while True:
        part, rest = _step(here, words)
        if part is None:
            raise _no_such(here, words[0], setting)
        path = (*path, part)
        if not rest:
            return here, path
        if isinstance(here, dict) and part not in here:
            if path[:-1] == ("groups",):
                raise _no_such(here, words[0], setting)
            here[str(part)] = {}
            tree.overrides[path] = setting
        here, words = child(here, part), rest


def _step(here: Node, words: Sequence[str]) -> tuple[str | int | None, Sequence[str]]:
    """The next part of the path, and the words left. Names may hold dots: the longest that is there wins."""
    for end in range(len(words), 0, -1):
        part = _find(here, ".".join(words[:end]))
        if part is not None:
            return part, words[end:]
    return (words[0] if isinstance(here, dict) else None), words[1:]


def _find(here: Node, word: str) -> str | int | None:
    if isinstance(here, dict):
        return word if word in here else None
    if isinstance(here, list):
        names = _names(here)
        if word in names:
            return names.index(word)
        return int(word) if word.isascii() and word.isdecimal() and int(word) < len(here) else None
    return None


def _names(items: list[Node]) -> list[Node]:
    return [child(item, "name") for item in items]


def _no_such(here: Node, word: str, setting: str) -> ConfigError:
    known = list(here) if isinstance(here, dict) else []
    if isinstance(here, list):
        known = [name for name in _names(here) if isinstance(name, str)]
    meant = nearest(word, known)
    listed = f"known here: {', '.join(known)}" if known else "write the keys as they stand in the config"
    return _error(setting, f"there is no {word} in the config", f"did you mean {meant}?" if meant else listed)


def _error(setting: str, what: str, hint: str) -> ConfigError:
    return ConfigError(Problem(f"--set {setting}", what=what, hint=hint))
