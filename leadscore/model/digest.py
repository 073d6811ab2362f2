"""digest: what a config means, as one number to compare runs by."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any


def digest(meaning: dict[str, Any]) -> str:
    """SHA-256 of a config's content; the order of its keys does not count, that of its lists does."""
    return hashlib.sha256(json.dumps(_plain_json(meaning)).encode()).hexdigest()


def _plain_json(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted([str(_plain_json(key)), _plain_json(item)] for key, item in value.items())
    if isinstance(value, list | tuple):
        return [_plain_json(item) for item in value]
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value
