"""documentation: what the source says of each part of a config and of its keys."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from leadscore.part import Part

_EXAMPLE = re.compile(r"\n\s*Example:\n(?P<yaml>.*)", re.DOTALL)
_SOURCES = re.compile(r" \(models\.md [^)]*\)|[;,] models\.md E\d+|models\.md E\d+(?: and E\d+)?: ")

_WORD = re.compile(r"\w+: ")
"""A word of the config that a sentence begins with: it is written as it is."""


@dataclass(frozen=True)
class Documentation:
    """What a class says of itself and of its attributes."""

    text: str = ""
    """Its paragraphs, each in one line."""
    example: str = ""
    """YAML, as it would stand in a config."""
    keys: dict[str, str] = field(default_factory=dict)


def document(part: type[Part]) -> Documentation:
    """A part's own docstring, and what it and those it is made of say of each key."""
    classes = [_of_module(each.__module__).get(each.__name__) for each in reversed(part.__mro__)]
    keys = {name: text for each in classes if each for name, text in each.keys.items()}
    own = _of_module(part.__module__).get(part.__name__, Documentation())
    return Documentation(own.text, own.example, keys)


@cache
def _of_module(name: str) -> dict[str, Documentation]:
    """Every class of a module. Read from its source: pydantic can do so too, but for every run."""
    if not name.startswith("leadscore"):
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[name]))
    # Those under TYPE_CHECKING as well: they speak for classes that are made of a table.
    return {each.name: _of_class(each) for each in ast.walk(tree) if isinstance(each, ast.ClassDef)}


def _of_class(node: ast.ClassDef) -> Documentation:
    text = ast.get_docstring(node) or ""
    example = _EXAMPLE.search(text)
    yaml = textwrap.dedent(example["yaml"]) if example else ""
    return Documentation(_plain(_EXAMPLE.sub("", text)), yaml, dict(_of_attributes(node)))


def _of_attributes(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Each attribute that a text stands under."""
    for before, after in zip(node.body, node.body[1:], strict=False):
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name):
            match after:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield before.target.id, _plain(inspect.cleandoc(text))


def _plain(text: str) -> str:
    """Paragraphs in one line each, without marks for code and without where a formula is from."""
    paragraphs = (_SOURCES.sub("", " ".join(part.split())) for part in text.replace("`", "").split("\n\n"))
    return "\n\n".join(part if _WORD.match(part) else part[:1].upper() + part[1:] for part in paragraphs)
