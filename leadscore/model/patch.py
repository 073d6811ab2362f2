"""patch: some values of a config's text replaced where they stand; comments, order and quotes stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from leadscore.model.tree import Path

Ladder = Mapping[str, str]
"""Plain keys and values of a mapping, such as new bands."""
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)
_BOM = "\ufeff"


def patch(content: bytes | str, values: Mapping[Path, str | Ladder]) -> str:
    """The text of a config with the value at each path replaced; all else stays as it is, byte for byte.

    A value is a number, which keeps the quotes of the one it replaces, or a mapping of numbers, above which
    the comments of the old one then stand. A number for a key that its mapping does not have yet is added
    at the mapping's beginning. Raises LookupError with the path of what does not stand in this text.
    """
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else content.removeprefix(_BOM)
    starts_with_bom = content[:1] == _BOM if isinstance(content, str) else content[:3] == _BOM.encode()
    root = yaml.compose(text, Loader=_LOADER)
    edits = sorted((_edit(text, root, path, value) for path, value in values.items()), reverse=True)
    newline = "\r\n" if "\r\n" in text else "\n"
    for start, end, new in edits:  # from the last on, so that places before it stay right
        text = text[:start] + new.replace("\n", newline) + text[end:]
    return _BOM * starts_with_bom + text


def _edit(text: str, root: Any, path: Path, value: str | Ladder) -> tuple[int, int, str]:
    """From where to where something else is to stand, and what."""
    holder = root
    for part in path[:-1]:
        holder = _step(holder, part, path)
    if isinstance(value, str) and _is_without(holder, path[-1]):
        return _addition(holder, f"{path[-1]}: {_number(value, path)}", path)
    node = _step(holder, path[-1], path)
    if isinstance(value, str):
        return _of_scalar(node, _number(value, path), path)
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise LookupError(path)
    return _of_mapping(text, node, {_number(key, path): _number(each, path) for key, each in value.items()})


def _step(node: Any, part: str | int, path: Path) -> Any:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    raise LookupError(path)


def _is_without(node: Any, key: str | int) -> bool:
    return (
        isinstance(node, yaml.MappingNode)
        and bool(node.value)
        and all(own.value != key for own, _ in node.value)
    )


def _number(text: str, path: Path) -> str:
    """What needs no quotes; nothing else is ever written."""
    if not _PLAIN.fullmatch(text):
        raise LookupError(path)
    return text


def _addition(node: Any, entry: str, path: Path) -> tuple[int, int, str]:
    first = node.value[0][0].start_mark
    if not str(path[-1]).isidentifier():
        raise LookupError(path)
    between = ", " if node.flow_style else "\n" + " " * first.column
    return first.index, first.index, entry + between


def _of_scalar(node: Any, number: str, path: Path) -> tuple[int, int, str]:
    if not isinstance(node, yaml.ScalarNode) or node.style in {"|", ">"}:
        raise LookupError(path)
    quote = node.style or ""
    return node.start_mark.index, node.end_mark.index, f"{quote}{number}{quote}"


def _of_mapping(text: str, node: Any, entries: Ladder) -> tuple[int, int, str]:
    start = node.start_mark
    end = node.end_mark.index if node.flow_style else _last(node)
    comments = list(_comments(text, node, start.index, end))
    lines = [f"{key}: {value}" for key, value in entries.items()]
    if not node.flow_style:
        return start.index, end, ("\n" + " " * start.column).join([*comments, *lines])
    indent = "\n" + " " * (start.column + 1)
    return start.index, end, "{" + "".join(f" {each}{indent}" for each in comments) + ", ".join(lines) + "}"


def _comments(text: str, node: Any, start: int, end: int) -> Iterator[str]:
    """The comments between two places; a # inside a value is none."""
    masked = text[:end]
    for scalar in _scalars(node):
        low, high = scalar.start_mark.index, scalar.end_mark.index
        masked = masked[:low] + "x" * (high - low) + masked[high:]
    yield from (found[0].rstrip() for found in _COMMENT.finditer(masked, start))


def _scalars(node: Any) -> Iterator[Any]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)
    else:
        for item in node.value:
            yield from _scalars(item)


def _last(node: Any) -> int:
    """Where the last value of a block mapping ends: its own end is that of the blank lines below it."""
    return max(int(scalar.end_mark.index) for scalar in _scalars(node))
