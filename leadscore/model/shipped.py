"""shipped: the configs that come with leadscore, one per scoring model."""

from __future__ import annotations

import re
from pathlib import Path

import leadscore
from leadscore.errors import Problem, UsageError
from leadscore.model.load import config_bytes
from leadscore.part import nearest

_PACKAGE = Path(leadscore.__file__).parent
_FIRST = re.compile(r"# (?:For: )?(.*)")
_USUAL = {"four_questions": "four_questions_monotone"}
LIST = "list"
"""Instead of a name: which there are."""


def shipped_folder() -> Path:
    """Where they are: in the installed package, or beside it in a checkout."""
    return next(
        (path for path in (_PACKAGE / "configs", _PACKAGE.parent / "configs") if path.is_dir()), _PACKAGE
    )


def shipped_names() -> list[str]:
    """All there are, by name."""
    return sorted(path.stem for path in shipped_folder().glob("*.yml"))


def shipped_lines() -> list[str]:
    """Each with what it is for."""
    width = max(map(len, shipped_names()), default=0)
    return [f"{name:<{width}}  {_what_for(name)}" for name in shipped_names()]


def find_shipped(name: str) -> tuple[str, bytes]:
    """A config by its name, or by what its name alone begins with. Raises UsageError that names all."""
    names = shipped_names()
    begun = [each for each in names if each.startswith(name)]
    found = name if name in names else _USUAL.get(name) or (begun[0] if len(begun) == 1 else "")
    if not found:
        meant = nearest(name, begun or names)
        hint = f"did you mean {meant}?" if meant else "take one of these"
        first = Problem("--model", what="there is no model of that name", hint=hint)
        raise UsageError([first, *(Problem("", what=f"  {line}") for line in shipped_lines())])
    return found, config_bytes(shipped_folder() / f"{found}.yml")


def _what_for(name: str) -> str:
    first = config_bytes(shipped_folder() / f"{name}.yml").decode().split("\n", 1)[0]
    match = _FIRST.match(first)
    return match[1] if match else ""
