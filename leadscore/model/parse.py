"""parse: YAML text -> a tree of text values, without YAML's own ideas of what `NO` and `12:30` are."""

from __future__ import annotations

import re
from typing import Any

import yaml

from leadscore.errors import ConfigError, Problem
from leadscore.model.tree import Node, Path, Tree
from leadscore.part import FAULT_LIMIT
from leadscore.scalars import Plain

SIZE_LIMIT = 1 << 20
DEPTH_LIMIT = 20
VALUE_LIMIT = 20_000
"""As many as 3,000 rules have. What is wrong with so many is found in a second and in 50 MiB."""

# libyaml where PyYAML was built with it: a large config must not take a minute to refuse.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LEADING_ZERO = re.compile(r"([+-]?)0+([0-9]+(?:\.[0-9]*)?)")
_UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_EMPTY = ("", "~", "null", "Null", "NULL")

# What the two parsers say -> what to look for. They disagree on wording and agree on these words.
_SAYINGS = {
    "mapping values": ("a second colon, or a wrong indentation", 'quote a text that holds ": "'),
    "cannot start any token": ("this sign cannot begin a value", "put the text in quotes"),
    "unexpected end": ("a quote is not closed", "close it"),
    "',' or ']'": ("a bracket [ is not closed, or a comma is missing", "close it with ]"),
    "',' or '}'": ("a brace { is not closed, or a comma is missing", "close it with }"),
    "incompatible YAML": ("this YAML version is not known", "remove the line that begins with %"),
}


def read_tree(file: str, content: bytes) -> Tree:
    """Read YAML. Raises ConfigError where it cannot be read at all; see ``Tree.refused`` for the rest."""
    text = _decode(file, content)
    reader = _Reader(file)
    loader = _LOADER(text)
    try:
        reader.read(loader)
    except yaml.YAMLError as error:
        raise ConfigError([*reader.tree.refusals(), _syntax_problem(file, text, error)]) from None
    finally:
        loader.dispose()
    return reader.tree


def _decode(file: str, content: bytes) -> str:
    if len(content) > SIZE_LIMIT:
        what = f"is larger than {SIZE_LIMIT:,} bytes, which no scoring model needs"
        raise ConfigError(Problem(file, what=what, hint="name a config, not an export"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(Problem(file, line, what="is not UTF-8", hint="save the file as UTF-8")) from None
    found = _UNSHOWN.search(text)
    if found:
        line, before = text.count("\n", 0, found.start()) + 1, text.rfind("\n", 0, found.start())
        what = f"holds a character that cannot be shown (U+{ord(found[0]):04X})"
        raise ConfigError(Problem(file, line, found.start() - before, what=what, hint="remove it"))
    return text


def _syntax_problem(file: str, text: str, error: yaml.YAMLError) -> Problem:
    said = str(getattr(error, "problem", ""))
    what, hint = next(
        (saying for words, saying in _SAYINGS.items() if words in said),
        ("the lines do not fit together here", "check the indentation, dashes, colons and quotes"),
    )
    # What is not closed is noticed at the end of the file; where it begins is what helps.
    mark = (getattr(error, "context_mark", None) if "not closed" in what else None) or getattr(
        error, "problem_mark", None
    )
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    if line < len(lines) and "\t" in lines[line][: column + 1]:
        what, hint = "a tab stands where spaces belong", "indent with spaces, not tabs"
    return Problem(file, line + 1, column + 1, what=f"is not valid YAML: {what}", hint=hint)


class _Reader:
    """Builds the tree from the parser's events."""

    def __init__(self, file: str) -> None:
        self.tree = Tree(file, places={(): (1, 1)})
        self.values = self.refused = 0

    def read(self, loader: Any) -> None:
        loader.get_event()
        if loader.check_event(yaml.StreamEndEvent):
            self._refuse(None, (), "is empty", "write at least name, id, groups and tiers")
            return
        loader.get_event()
        self.tree.data = self._value(loader, loader.get_event(), ())
        loader.get_event()
        if not loader.check_event(yaml.StreamEndEvent):
            self._refuse(loader.get_event(), (), "a second document starts here", "one config is one file")

    def _refuse(self, event: Any, path: Path, what: str, hint: str) -> None:
        line, column = _place(event) if event is not None else (1, 1)
        problem = Problem(self.tree.file, line, column, what=what, hint=hint)
        self.tree.refused.setdefault(path, []).append(problem)
        self.refused += 1
        if self.refused > FAULT_LIMIT:
            more = Problem(self.tree.file, line, column, what="more faults follow", hint="mend these first")
            raise ConfigError([*self.tree.refusals(), more])

    def _value(self, loader: Any, event: Any, path: Path) -> Node:
        self._refuse_too_much(event, path)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, path, "an alias (*) is not allowed", "write the value out")
            return None
        if event.anchor or event.tag:
            self._refuse(event, path, "anchors (&) and tags (!) are not allowed", "remove it")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(loader, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(loader, path)
        return self._scalar(event, path)

    def _refuse_too_much(self, event: Any, path: Path) -> None:
        self.values += 1
        if len(path) > DEPTH_LIMIT:
            what = f"is nested more than {DEPTH_LIMIT} levels deep"
        elif self.values > VALUE_LIMIT:
            what = f"holds more than {VALUE_LIMIT:,} values, which no scoring model needs"
        else:
            return
        raise ConfigError(
            Problem(self.tree.file, *_place(event), what=what, hint="name a config, not an export")
        )

    def _mapping(self, loader: Any, path: Path) -> dict[str, Node]:
        values: dict[str, Node] = {}
        while not loader.check_event(yaml.MappingEndEvent):
            event = loader.get_event()
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(
                    event, path, "a key must be one text, not brackets or an alias", "check the brackets"
                )
                self._value(loader, event, (*path, ""))
                self._value(loader, loader.get_event(), (*path, ""))
                continue
            key = event.value
            here = (*path, key)
            self._check_key(event, here, twice=key in values)
            values[key] = self._value(loader, loader.get_event(), here)
        loader.get_event()
        return values

    def _check_key(self, event: Any, here: Path, twice: bool) -> None:
        if event.anchor or event.tag:
            self._refuse(event, here, "anchors (&) and tags (!) are not allowed", "remove it")
        if event.value == "<<" and not event.style:
            self._refuse(event, here, "merge keys (<<) are not allowed", "write the keys out")
        if event.value == "":
            self._refuse(event, here, "a key is empty", "write the key before the colon")
        if not event.style:
            self._refuse_leading_zero(event, here)
        if twice:
            first = self.tree.places[here][0]
            self._refuse(event, here, f"stands twice, first in line {first}", "keep one of them")
        else:
            self.tree.places[here] = _place(event)

    def _sequence(self, loader: Any, path: Path) -> list[Node]:
        values: list[Node] = []
        while not loader.check_event(yaml.SequenceEndEvent):
            event = loader.get_event()
            here = (*path, len(values))
            self.tree.places[here] = _place(event)
            values.append(self._value(loader, event, here))
        loader.get_event()
        return values

    def _scalar(self, event: Any, path: Path) -> str | None:
        if event.style:
            return str(event.value)
        if event.value in _EMPTY:
            quoted = f'; "{event.value}" in quotes is a text' if event.value else ""
            self._refuse(event, path, "is empty", f"write a value or remove the key{quoted}")
            return None
        self._refuse_leading_zero(event, path)
        return Plain(event.value)

    def _refuse_leading_zero(self, event: Any, path: Path) -> None:
        match = _LEADING_ZERO.fullmatch(event.value)
        if match:
            hint = f'write {match[1]}{match[2]}, or "{event.value}" in quotes for the text'
            self._refuse(event, path, "a number with a leading zero has two readings", hint)


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
