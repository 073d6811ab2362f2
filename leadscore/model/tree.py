"""tree: YAML text -> plain values, and the place in the file of every key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from leadscore.errors import ConfigError, Problem
from leadscore.scalars import Plain

Path = tuple[str | int, ...]
SIZE_LIMIT = 1 << 20
DEPTH_LIMIT = 20

# libyaml where PyYAML was built with it: a large config must not take a minute to refuse.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LEADING_ZERO = re.compile(r"[+-]?0[0-9]+")


@dataclass
class Tree:
    """A config as text values: mappings, lists, strings; None where a value is empty.

    Unquoted scalars come as ``Plain``: YAML 1.2 reads `NO` and `12:30` as text, and what is a number or
    a flag is decided by the key it stands under, not by how it looks.
    """

    file: str
    data: Any = None
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    overrides: dict[Path, str] = field(default_factory=dict)
    """Values that came from the command line, and how they were written there."""

    def problem(self, path: Sequence[str | int], what: str, hint: str = "") -> Problem:
        """A problem at a path; where the path leads nowhere in the file, at its last part that does."""
        known = tuple(path)
        for end in range(len(known), 0, -1):
            if known[:end] in self.overrides:
                return Problem(f"--set {self.overrides[known[:end]]}", key=self.key(path), what=what, hint=hint)
        while known and known not in self.places:
            known = known[:-1]
        line, column = self.places.get(known, (1, 1))
        return Problem(self.file, line, column, self.key(path), what, hint)

    def key(self, path: Sequence[str | int]) -> str:
        """The path as one writes it after --set: list items go by their name where they have one."""
        words, here = [], self.data
        for part in path:
            here = _child(here, part)
            name = here.get("name") if isinstance(part, int) and isinstance(here, dict) else None
            words.append(str(name) if isinstance(name, str) else str(part))
        return ".".join(words)


def _child(value: Any, part: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return None


def read_tree(file: str, content: bytes) -> Tree:
    """Read YAML. Raises ConfigError with every problem found: syntax ends the search, others do not."""
    if len(content) > SIZE_LIMIT:
        raise ConfigError(Problem(file, what=f"is larger than {SIZE_LIMIT:,} bytes, which no scoring model needs"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(Problem(file, line, what="is not UTF-8", hint="save the file as UTF-8")) from None
    reader = _Reader(Tree(file))
    try:
        reader.read(text)
    except yaml.YAMLError as error:
        reader.problems.append(_syntax_problem(file, error))
    if reader.problems:
        raise ConfigError(reader.problems)
    return reader.tree


def _syntax_problem(file: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    what = str(getattr(error, "problem", None) or "cannot be read as YAML")
    hint = "indent with spaces, not tabs" if "\\t" in what or "tab" in what else "check the indentation, colons and quotes here"
    return Problem(file, line, column, what=f"not valid YAML: {what}", hint=hint)


class _Reader:
    """Builds the tree from the parser's events, without YAML's own reading of scalars."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.problems: list[Problem] = []

    def read(self, text: str) -> None:
        loader = _LOADER(text)
        try:
            self._documents(loader)
        finally:
            loader.dispose()

    def _documents(self, loader: Any) -> None:
        loader.get_event()
        if loader.check_event(yaml.StreamEndEvent):
            self._refuse(None, (), "is empty", "write at least id, groups and tiers")
            return
        loader.get_event()
        self.tree.data = self._value(loader, loader.get_event(), ())
        loader.get_event()
        if not loader.check_event(yaml.StreamEndEvent):
            self._refuse(loader.peek_event(), (), "a second document starts here", "one config is one file")

    def _refuse(self, event: Any, path: Path, what: str, hint: str) -> None:
        mark = event.start_mark if event is not None else None
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self.problems.append(Problem(self.tree.file, line, column, self.tree.key(path), what, hint))

    def _value(self, loader: Any, event: Any, path: Path) -> Any:
        if len(path) > DEPTH_LIMIT:
            raise ConfigError(
                [*self.problems, Problem(self.tree.file, event.start_mark.line + 1, 1, what="is nested too deeply")]
            )
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, path, "aliases (*) are not allowed", "write the value out")
            return None
        if event.anchor or event.tag:
            self._refuse(event, path, "anchors (&) and tags (!) are not allowed", "write the value out")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(loader, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(loader, path)
        return self._scalar(event, path)

    def _mapping(self, loader: Any, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not loader.check_event(yaml.MappingEndEvent):
            event = loader.get_event()
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event, path, "a key must be one word or text", "check the brackets")
                self._value(loader, event, (*path, ""))
                continue
            key = str(event.value)
            here = (*path, key)
            if key == "<<" and not event.style:
                self._refuse(event, path, "merge keys (<<) are not allowed", "write the keys out")
            self._scalar(event, here)
            if key in values:
                first = self.tree.places[here][0]
                self._refuse(event, here, f"stands twice, first in line {first}", "keep one of them")
            else:
                self.tree.places[here] = (event.start_mark.line + 1, event.start_mark.column + 1)
            values[key] = self._value(loader, loader.get_event(), here)
        loader.get_event()
        return values

    def _sequence(self, loader: Any, path: Path) -> list[Any]:
        values: list[Any] = []
        while not loader.check_event(yaml.SequenceEndEvent):
            event = loader.get_event()
            here = (*path, len(values))
            self.tree.places[here] = (event.start_mark.line + 1, event.start_mark.column + 1)
            values.append(self._value(loader, event, here))
        loader.get_event()
        return values

    def _scalar(self, event: Any, path: Path) -> str | None:
        text = str(event.value)
        if event.style:
            return text
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if _LEADING_ZERO.fullmatch(text):
            number = text.lstrip("+-").lstrip("0") or "0"
            self._refuse(
                event, path, "a number with a leading zero has two readings", f'write {number}, or "{text}" for the text'
            )
        return Plain({"True": "true", "TRUE": "true", "False": "false", "FALSE": "false"}.get(text, text))
