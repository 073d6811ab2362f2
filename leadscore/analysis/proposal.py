"""proposal: what was read of the columns -> the part of a config that says so, ready to paste."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from leadscore.analysis.reading import Reading
from leadscore.model.dump import dump
from leadscore.model.preset import load_preset
from leadscore.model.schema import FieldConfig
from leadscore.scalars import Plain
from leadscore.text import visible

_NAME_LIMIT = 100
_JOINERS = "\u200c\u200d"
_BARE = ("true", "low")  # settings that are words of the config's own, and no text of the file's

# Beside a preset that declares other marks, both are said, also where the file has only one of them.
_MARKS = {".": {"decimal": "."}, ",": {"thousands": "."}}
_HEADER = "?"
"""Stands for a header that cannot be a name, until it is written so that what is in it can be seen."""
_NO_WORDS = ("true", "false", "null", "yes", "no", "on", "off")


@dataclass(frozen=True)
class Column:
    """A column of the export, as a config would name and read it."""

    header: str
    reading: Reading
    field: str = ""
    """The name a preset has for it, '' where none has one."""
    written: FieldConfig | None = None
    """How that preset reads it."""


def propose(columns: Iterable[Column], id_column: str, preset: str) -> str:
    """YAML with the keys ``preset``, ``id`` and ``fields``; what needs no word is left out.

    A column is a field of its own name. One whose name cannot be a field's gets another and ``from``. What is
    not certain stands above its field as a comment.
    """
    columns = list(columns)
    named = dict(zip((column.header for column in columns), _names(columns, preset), strict=True))
    lines = [f"preset: {preset}"] if preset else []
    if id_column in named:
        lines.append(_entry("id", _plain_word(named[id_column])))
    entries = [line for column in columns for line in _field(column, named[column.header])]
    return "\n".join([*lines, *(["fields:", *entries] if entries else [])])


def _names(columns: Iterable[Column], preset: str) -> list[str]:
    """A name for each that no other has, and no field of the preset that is another column."""
    taken = set(load_preset(preset).fields) if preset else set()
    names: list[str] = []
    for place, column in enumerate(columns, start=1):
        name = column.field or _as_name(column.header) or f"column {place}"
        while not column.field and name in taken:
            name = f"{name[: _NAME_LIMIT - 8]} ({place})"
        taken.add(name)
        names.append(name)
    return names


def _as_name(header: str) -> str:
    """The header, or what is left of it without what a name may not have."""
    kept = "".join(letter for letter in header if letter.isprintable() or letter in _JOINERS)
    return kept.strip()[:_NAME_LIMIT].strip()


def _field(column: Column, name: str) -> Iterator[str]:
    settings = _settings(column, name)
    doubt = "" if _is_settled(column) else column.reading.doubt
    if not settings and not doubt:
        return
    if doubt:
        yield f"  # {visible(name)}: {doubt}"
    if settings:
        entry = _entry(name, settings).replace(f"['{_HEADER}']", f"[{_quoted(column.header)}]", 1)
        yield from (f"  {line}" for line in entry.splitlines())


def _is_settled(column: Column) -> bool:
    """Whether the preset says what the cells leave open: the type, the marks, the format."""
    if not column.field:
        return False
    written = column.written or FieldConfig()
    return written.type not in (None, "date") or written.format is not None


def _settings(column: Column, name: str) -> dict[str, Any]:
    reading = column.reading
    typed = {"type": Plain(reading.type)} if reading.type != "text" else {}
    nulls = {"null": list(reading.nulls)} if reading.nulls else {}
    marks = {key: Plain(value) if value in _BARE else value for key, value in reading.settings.items()}
    found = {**typed, **marks, **nulls}
    if column.field:
        return _beside(found, reading, column.written or FieldConfig())
    if name != column.header and not column.header.strip():
        return {}  # a column without a name cannot be asked for
    return ({"from": [_HEADER]} if name != column.header else {}) | found


def _beside(found: Mapping[str, Any], reading: Reading, written: FieldConfig) -> dict[str, Any]:
    """What the preset does not say already; nothing where it takes the column for another type."""
    if reading.type != (written.type or "text"):
        return {}
    own = FieldConfig.model_validate({"type": reading.type, **reading.settings, "null": list(reading.nulls)})
    new = {
        key
        for key in own.model_fields_set - {"type"}
        if not _covers(getattr(written, key), getattr(own, key))
    }
    new -= {"list"} if written.list else set()
    for keys in ({"decimal", "thousands"}, {"true", "false"}):  # one of the preset's beside one of the file's
        new |= keys if keys & new else set()
    new |= {"type"} if new else set()  # what a preset says of the writing is not what the field is
    return {
        key: value for key, value in {**found, **_MARKS.get(own.decimal, {}), **found}.items() if key in new
    }


def _covers(written: object, own: object) -> bool:
    if isinstance(written, tuple) and isinstance(own, tuple):
        return set(own) <= set(written)
    return written == own


def _quoted(header: str) -> str:
    escaped = header.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'


def _plain_word(name: str) -> str:
    """Without quotes where nobody could take it for anything but a name."""
    return Plain(name) if name[0].isalpha() and name.lower() not in _NO_WORDS else name


def _entry(key: str, value: Any) -> str:
    """One key and its value as YAML, in one line where they fit."""
    text = dump({key: value}).strip()
    return text[1:-1] if text.startswith("{") else text
