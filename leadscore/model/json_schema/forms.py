"""forms: what the scalars of a config look like to an editor, and what of a part no type says."""

from __future__ import annotations

from typing import Any

from leadscore.decays import DECAYS
from leadscore.model.columns import DERIVED_TYPES, EVENT_DERIVATIONS

Schema = dict[str, Any]

_PERCENT = r"0*(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)%"
_NUMBER = r"[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
_WHOLE = "(0|[1-9][0-9]{0,14})"
_SHARE = rf"({_PERCENT}|0*(1(\.0+)?|0(\.[0-9]+)?))"


def _text(pattern: str = "", otherwise: str = "", **bounds: int) -> Schema:
    """A text, as far as YAML takes it for one. ``otherwise`` is what an editor says of any other."""
    return {"type": ["string", "number", "boolean"], **bounds, **_matching(pattern, otherwise)}


def _number(type_: str, pattern: str, otherwise: str, **bounds: int) -> Schema:
    """A number, or whatever ``type_`` is, with or without quotes."""
    return {"type": [type_, "string"], **bounds, **_matching(f"^{pattern}$", otherwise)}


def _matching(pattern: str, otherwise: str) -> Schema:
    return {"pattern": pattern, "patternErrorMessage": otherwise} if pattern else {}


# By the name that ``scalars`` gives them. They have no description: editors show it instead of the key's.
SCALARS: dict[str, Schema] = {
    "value": _text(r"\S", "is empty, and an empty cell is missing; write missing: true to test for it"),
    "text": _text(r"\S", "is empty; write a text"),
    "word": _text(),
    "name": _text(r"\S", "must be a name of 1 to 100 characters that can be seen", maxLength=100),
    "flag": _number("boolean", "(true|True|TRUE|false|False|FALSE)", "must be true or false"),
    "number": _number(
        "number",
        _NUMBER,
        "is not a number; write for example 10, -3 or 2.5",
    ),
    "number or day": _number(
        "number",
        f"({_NUMBER}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})",
        "is neither a number nor a date; write for example 10 or 2026-06-30",
    ),
    "points": _number(
        "number",
        r"[+-]?((0|[1-9][0-9]{0,6})(\.[0-9]+)?|\.[0-9]+)",
        "is not a number of points; write for example 5, -15 or 2.5",
        minimum=-1_000_000,
        maximum=1_000_000,
    ),
    "days": _number(
        "integer",
        "(0|[1-9][0-9]{0,5})",
        "is not a whole number of days; write for example 30",
        minimum=0,
        maximum=999_999,
    ),
    "count": _number("integer", _WHOLE, "is not a whole number; write for example 3", minimum=0),
    "file mode": _number(
        "integer", "0?6[04][04]", "is no mode for files; write 600, 640 or 644", minimum=600, maximum=644
    ),
    "share": _number("number", _SHARE, "is not a share; write for example 50% or 0.5", minimum=0, maximum=1),
    "count or share": _number(
        "integer", f"({_WHOLE}|{_PERCENT})", "is not a whole number, nor a share such as 50%", minimum=0
    ),
}


def reference(form: str) -> Schema:
    """A schema that stands among the definitions."""
    return {"$ref": f"#/$defs/{form.replace(' ', '-')}"}


def several(schema: Schema) -> Schema:
    """One of these, or a list."""
    return {"anyOf": [schema, {"type": "array", "items": schema, "minItems": 1}]}


SHORT: dict[str, list[Schema]] = {
    "Test": [reference("value"), {"type": "array", "items": reference("value"), "minItems": 1}],
    "Combine": [{"enum": ["max", "mean", "sum"]}],
}
"""By the name of a part: what may stand there instead of a mapping."""


def _exactly_one(*keys: str) -> list[Schema]:
    """One of these keys, and where there is one none of those after it."""
    without = [
        {"if": {"required": [key]}, "then": {"properties": dict.fromkeys(keys[place + 1 :], False)}}
        for place, key in enumerate(keys[:-1])
    ]
    return [{"anyOf": [{"required": [key]} for key in keys]}, *without]


def _only_with(needed: str, *keys: str) -> Schema:
    """These keys mean nothing without the needed one."""
    return {"if": {"anyOf": [{"required": [key]} for key in keys]}, "then": {"required": [needed]}}


_RANGES = {
    **dict.fromkeys(("at_least", "at_most", "above", "below"), reference("number or day")),
    "between": {"type": "array", "items": reference("number or day"), "minItems": 2, "maxItems": 2},
}
NARROWED: dict[str, dict[str, Schema]] = {"Test": _RANGES, "Case": _RANGES}
"""By the name of a part: keys of which no type says all."""

_FROM_A_FIELD = [name for name in DERIVED_TYPES if name not in EVENT_DERIVATIONS]

# By the name of a part: what goes with what, as far as a schema can say it.
TOGETHER: dict[str, list[Schema]] = {
    "FieldConfig": [
        _only_with("derive", "of", "event", "within_days"),
        {
            "if": {"properties": {"derive": {"enum": _FROM_A_FIELD}}, "required": ["derive"]},
            "then": {"required": ["of"]},
        },
    ],
    "Criteria": [{"minProperties": 1}],
    "Test": [{"minProperties": 1}],
    "Case": [{"minProperties": 2}],
    "Screen": [{"minProperties": 1}],
    "Combine": [{"minProperties": 1}],
    "Group": [{"properties": {"decay": {"required": ["since"]}}}],
    "Decay": _exactly_one(*DECAYS),
    "Bands": _exactly_one("field", "age_of"),
    "Count": [
        *_exactly_one("field", "event"),
        *_exactly_one("each", "once", "ranges", "per_value"),
        _only_with("each", "min_count", "max_count"),
        _only_with("event", "per_value", "within_days", "at_most_per_day"),
    ],
    "Criterion": [
        *_exactly_one("when", "field"),
        *_exactly_one("when", "centre"),
        *_exactly_one("when", "half_width"),
    ],
    "Scale": _exactly_one("to", "cuts"),
    "Segment": _exactly_one("override", "config")[1:],
}

MEANINGLESS: dict[str, tuple[str, ...]] = {"Count": ("otherwise",), "Profile": ("otherwise",)}
"""By the name of a kind: keys of every rule that it refuses."""
