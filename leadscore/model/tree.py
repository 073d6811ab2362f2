"""tree: a config as plain values, and the place in its file of every key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from leadscore.errors import Problem

Node: TypeAlias = "dict[str, Node] | list[Node] | str | None"
"""A mapping, a list, a text; None where a value is empty. Texts typed without quotes are ``Plain``."""

Path = tuple[str | int, ...]
"""The keys and list positions that lead to a value."""


class Base(NamedTuple):
    """A config that another one extends: its path as it is written there, and its SHA-256."""

    file: str
    sha256: str


class Fault(NamedTuple):
    """Something wrong with the value at a path; ``beside`` is the other value it does not go with."""

    path: Path
    what: str
    hint: str = ""
    beside: Path | None = None


@dataclass
class Tree:
    """A config as text values, with what is needed to say where each of them stands."""

    file: str
    data: Node = None
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    """Line and column of every key and list item; empty for a config that is not from a file."""
    files: dict[Path, str] = field(default_factory=dict)
    """The file of each place that is in a config this one extends."""
    bases: tuple[Base, ...] = ()
    """The configs this one extends, the nearest first."""
    overrides: dict[Path, str] = field(default_factory=dict)
    """Values that came from the command line, as they were written there."""
    refused: dict[Path, list[Problem]] = field(default_factory=dict)
    """What the YAML itself may not have: a key twice, an alias, a number with a leading zero."""
    unfit: tuple[Problem, ...] = ()
    """What could not be done to a config this one extends: a removal of what is not there."""

    def problem(self, fault: Fault) -> Problem:
        """The fault with its place; where its path leads nowhere, that of the last part that does."""
        what = fault.what
        if fault.beside is not None:
            what = f"{what} ({self._whereabouts(fault.beside, self.file_of(fault.path))})"
        override = self._override(fault.path)
        if override is not None:
            return Problem(f"--set {override}", key=self.key(fault.path), what=what, hint=fault.hint)
        return Problem(*self._place(fault.path), self.key(fault.path), what, fault.hint)

    def refusals(self) -> list[Problem]:
        """What the YAML may not have, each with its key, and what could not be done to a base."""
        of_yaml = (
            replace(problem, key=self.key(path))
            for path, problems in self.refused.items()
            for problem in problems
        )
        return [*of_yaml, *self.unfit]

    def key(self, path: Sequence[str | int]) -> str:
        """The path as one writes it after --set: list items go by their name where they have one."""
        words, here = [], self.data
        for part in path:
            here = child(here, part)
            name = here.get("name") if isinstance(part, int) and isinstance(here, dict) else None
            words.append(name if isinstance(name, str) else str(part))
        return ".".join(words)

    def _override(self, path: Path) -> str | None:
        starts = (path[:end] for end in range(len(path), 0, -1))
        return next((self.overrides[start] for start in starts if start in self.overrides), None)

    def file_of(self, path: Path) -> str:
        """The file a value stands in: this config's, or that of one it extends."""
        return self._place(path)[0]

    def _place(self, path: Path) -> tuple[str, int, int]:
        while path and path not in self.places:
            path = path[:-1]
        return self.files.get(path, self.file), *self.places.get(path, (0, 0))

    def _whereabouts(self, path: Path, seen_from: str) -> str:
        override, (file, line, _) = self._override(path), self._place(path)
        place = f"line {line}" if file == seen_from else f"{file}:{line}"
        place = place if override is None else f"--set {override}"
        return f"{place}, {self.key(path)}" if self.places else self.key(path)


def child(value: Node, part: str | int) -> Node:
    """What stands under a key or at a position; None where nothing does."""
    if isinstance(value, dict):
        return value.get(str(part))
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return None


def value_at(value: Node, path: Path) -> Node:
    """What stands at a path; None where nothing does."""
    for part in path:
        value = child(value, part)
    return value


def size(value: Node) -> int:
    """How many values there are, with those that hold others."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(size, parts))


def has(value: Node, part: str | int) -> bool:
    """Whether something stands there, even if it is empty."""
    if isinstance(part, int):
        return isinstance(value, list) and part < len(value)
    return isinstance(value, dict) and part in value
