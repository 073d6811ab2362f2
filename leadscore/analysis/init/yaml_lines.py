"""yaml_lines: values of a config -> lines of YAML as a person writes them, with comments beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from leadscore.text import visible

WIDTH = 100
"""No line of a comment is longer; a rule of one line may be a little."""
_BESIDE = 34
"""Where the remarks of short lines begin."""
_BARE = re.compile(r"[^\W\d_]\w*(?:[ ./&()+-]{1,3}\w+)*")
_ITEMS = re.compile(r", (?=(?:[^\"]|\"(?:[^\"\\]|\\.)*\")*$)")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def value_text(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{key_text(key, True)}: {value_text(item)}" for key, item in value.items()) + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(value_text, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return key_text(value)


def key_text(text: Any, is_key: bool = False) -> str:
    """A text without quotes where nobody can take it for anything else; no key is ever a flag or nothing."""
    if isinstance(text, int | float):
        return f"{text:.10f}".rstrip("0").rstrip(".") if isinstance(text, float) else str(text)
    if text.isascii() and text.isdigit() and (text == "0" or text[0] != "0"):
        return str(text)
    plain = _BARE.fullmatch(text) and text.isprintable() and (is_key or text.lower() not in _WORDS)
    return str(text) if plain else _quoted(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'


def remark(line: str, text: str) -> str:
    """A line with a remark to its right."""
    room = " " if len(line) < _BESIDE else "  "
    return f"{line:<{_BESIDE - 1}}{room}# {visible(text)}" if text else line


def comment(texts: Sequence[str], indent: int = 0) -> Iterator[str]:
    """Lines of a comment, broken where they are too long; an empty text is an empty line."""
    for text in texts:
        if not text:
            yield ""
            continue
        lead = re.match(r"\s*", text)[0]  # type: ignore[index]
        for place, line in enumerate(_broken(visible(text.strip()), WIDTH - indent - 2 - len(lead))):
            yield f"{' ' * indent}# {lead}{'  ' if place else ''}{line}"


def _broken(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def off(lines: Sequence[str]) -> Iterator[str]:
    """Lines as a comment that becomes a rule when its number signs are removed."""
    for line in lines:
        spaces = len(line) - len(line.lstrip(" "))
        at = min(spaces, 6)
        yield f"{line[:at]}# {line[at:]}" if not line.lstrip().startswith("#") else line


def wrapped(line: str, indent: int, width: int = 110) -> Iterator[str]:
    """A line of YAML, broken between the items of its lists; no text of an item is parted."""
    parts, now = _ITEMS.split(line), ""
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        piece = part if last else f"{part},"
        if now and len(now) + 1 + len(piece) > width:
            yield now
            now = " " * indent + piece
        else:
            now = f"{now} {piece}" if now else piece
    yield now
