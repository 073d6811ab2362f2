"""values: what is written in a config, or stands where nothing is, as plain JSON."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from leadscore.model.columns import FieldConfig
from leadscore.model.json_schema.forms import Schema
from leadscore.model.tree import Node
from leadscore.scalars import Plain

_WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LONGEST = 300
"""Digits of a whole number; longer ones are as good as infinite."""
_WORDS = {"true": True, "false": False, "null": None, "~": None}


def as_json(node: Node) -> Any:
    """What an editor sees: a scalar without quotes is what YAML 1.2 (core schema) takes it for."""
    if isinstance(node, dict):
        return {key: as_json(value) for key, value in node.items()}
    if isinstance(node, list):
        return [as_json(value) for value in node]
    return _of_plain(str(node)) if isinstance(node, Plain) else node


def _of_plain(text: str) -> Any:
    if text in _WORDS or (text.lower() in _WORDS and text in (text.upper(), text.title())):
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text) and len(text) <= _LONGEST:
        return int(text, 0 if text[:2] in ("0o", "0x") else 10)
    return float(text) if _FRACTION.fullmatch(text) else text


def read_default(default: Any, schema: Schema) -> Any:
    """A default as one would write it; None where there is none worth telling."""
    form = schema.get("$ref", "").split("/")[-1]
    if isinstance(default, dict) and default:
        return {key: read_default(value, schema["additionalProperties"]) for key, value in default.items()}
    if isinstance(default, FieldConfig):
        return default.columns[0]
    if form == "points":
        return _number(Decimal(default) / 100) if default is not None else None
    if form == "file-mode":
        return int(f"{default:o}")
    if isinstance(default, Decimal):
        return _number(default)
    if isinstance(default, tuple) and default:
        return list(default)
    return default if isinstance(default, str | int) and default != "" else None


def _number(number: Decimal) -> int | float:
    return int(number) if number == int(number) else float(number)
