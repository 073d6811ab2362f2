"""dump: a config's values -> YAML that is read back as the same values."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from leadscore.model.tree import Node
from leadscore.scalars import Plain

_WIDTH = 100
_BREAK = re.compile("[\n\r\x85\u2028\u2029]")
_UNSAFE_KEY = re.compile(r"<<|[+-]?0+[0-9].*|")
"""Keys that must be in quotes: without them the reader refuses them."""


def dump(value: Node) -> str:
    """YAML of a config; the same text for the same values, whatever file they came from."""
    document = [
        yaml.DocumentStartEvent(explicit=False),
        *_events(value, 0),
        yaml.DocumentEndEvent(explicit=False),
    ]
    events = [yaml.StreamStartEvent(), *document, yaml.StreamEndEvent()]
    return str(yaml.emit(events, allow_unicode=True, width=1 << 20))


def _events(value: Node, indent: int) -> Iterator[yaml.Event]:
    flow = _fits(value, indent)
    if isinstance(value, dict):
        yield yaml.MappingStartEvent(None, None, implicit=True, flow_style=flow)
        for key, item in value.items():
            yield _scalar(key, bare=not _UNSAFE_KEY.fullmatch(key))
            yield from _events(item, indent + 2)
        yield yaml.MappingEndEvent()
    elif isinstance(value, list):
        yield yaml.SequenceStartEvent(None, None, implicit=True, flow_style=flow)
        for item in value:
            yield from _events(item, indent + 2)
        yield yaml.SequenceEndEvent()
    else:
        # Only what was typed without quotes may be true or false; the rest is text whatever it looks like.
        yield _scalar(value or "", bare=isinstance(value, Plain))


def _scalar(text: str, bare: bool) -> yaml.Event:
    """A text without quotes where it may be; the emitter adds them where it must."""
    style = '"' if _BREAK.search(text) else None if bare else "'"
    return yaml.ScalarEvent(None, None, (True, True), text, style=style)


def _fits(value: Node, indent: int) -> bool:
    """Whether a mapping or list stands in one line: short ones, and lists of values however long."""
    is_plain_list = isinstance(value, list) and not any(isinstance(item, dict | list) for item in value)
    return is_plain_list or len(repr(value)) + indent <= _WIDTH
