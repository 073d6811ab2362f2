"""parts: each part of a config -> its JSON Schema, from its types and what is said of its keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BeforeValidator, WithJsonSchema
from pydantic.fields import FieldInfo

from leadscore.criteria import Criteria, Test
from leadscore.model.columns import FieldConfig
from leadscore.model.json_schema.documentation import document
from leadscore.model.json_schema.forms import (
    MEANINGLESS,
    NARROWED,
    SCALARS,
    SHORT,
    TOGETHER,
    Schema,
    reference,
    several,
)
from leadscore.model.json_schema.keys import KEYS
from leadscore.model.json_schema.values import as_json, read_default
from leadscore.model.parse import read_tree
from leadscore.part import Part
from leadscore.rules import KINDS, Rule

# What pydantic calls a bound -> what it is in a schema, of a list, of a mapping and of a number.
_BOUNDS: dict[str, tuple[tuple[str, str], ...]] = {
    "array": (("min_length", "minItems"), ("max_length", "maxItems")),
    "object": (("min_length", "minProperties"), ("max_length", "maxProperties")),
    "": (("gt", "exclusiveMinimum"), ("ge", "minimum"), ("le", "maximum")),
}

_WORDS = ("null", "true", "false")
"""Keys that YAML takes for no texts. An editor's server compares them with a pattern as if they were."""


class Parts:
    """Every part that was met, by the name of its class, and the scalars they are made of."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {name.replace(" ", "-"): form for name, form in SCALARS.items()}

    def add(self, part: type[Part]) -> Schema:
        """The reference to a part's schema."""
        name = part.__name__
        if name not in self.schemas:
            self.schemas[name] = {}  # a part may hold itself
            self.schemas[name] = self._of_part(part)
        return reference(name)

    def _of_part(self, part: type[Part]) -> Schema:
        part.model_rebuild()
        said, short = document(part), SHORT.get(part.__name__)
        schema: Schema = {"description": said.text, "type": "object", "properties": {}}
        for name, field in part.model_fields.items():
            if name not in MEANINGLESS.get(part.__name__, ()):
                schema["properties"][field.alias or name] = self._of_key(part, name, field)
        schema["required"] = [f.alias or name for name, f in part.model_fields.items() if f.is_required()]
        schema["additionalProperties"] = self._of_other_keys(part)
        words = "|".join(key for key in schema["properties"] if key in _WORDS)
        schema["patternProperties"] = {f"^({words})$": {}} if words else ""
        schema["allOf"] = TOGETHER.get(part.__name__, [])
        if said.example:
            schema["examples"] = [as_json(read_tree(part.__name__, said.example.encode()).data)]
        schema = {key: value for key, value in schema.items() if value not in ("", [])}
        # The mapping first: it is what an editor goes by where none of them fits.
        return {"description": schema.pop("description"), "anyOf": [schema, *short]} if short else schema

    def _of_other_keys(self, part: type[Part]) -> Schema | Literal[False]:
        return self.add(Test) if issubclass(part, Criteria) else False

    def _of_key(self, part: type[Part], name: str, field: FieldInfo) -> Schema:
        narrow = NARROWED.get(part.__name__, {}).get(name)
        schema = dict(narrow) if narrow else self._of_type(field.annotation, field.metadata)
        schema["description"] = _say(part, name) or first_of(self._about(schema))
        default = None if field.is_required() else read_default(field.default, schema)
        return schema if default is None else {**schema, "default": default}

    def _about(self, schema: Schema) -> str:
        return str(self.schemas[schema["$ref"].split("/")[-1]].get("description")) if "$ref" in schema else ""

    def _of_type(self, annotation: Any, metadata: Iterable[Any] = ()) -> Schema:
        if get_origin(annotation) is Annotated:
            annotation, *inner = get_args(annotation)
            return self._of_type(annotation, (*inner, *metadata))
        notes = list(_flat(metadata))
        schema = _bounded(self._of_bare_type(annotation, notes), notes)
        if any(isinstance(note, BeforeValidator) for note in notes):
            if schema.get("type") == "array":
                return several(schema["items"])
            if annotation is FieldConfig:
                return {"anyOf": [reference("text"), schema]}
        return schema

    def _of_bare_type(self, annotation: Any, notes: list[Any]) -> Schema:
        written = next((note.json_schema for note in notes if isinstance(note, WithJsonSchema)), None)
        if written is not None:
            return reference(written["format"]) if "format" in written else dict(written)
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin in (Union, UnionType):
            return self._of_union([each for each in arguments if each is not NoneType])
        if origin is Literal:
            return {"enum": list(arguments)} if len(arguments) > 1 else {"const": arguments[0]}
        if origin is tuple:
            return {"type": "array", "items": self._of_type(arguments[0])}
        if origin is dict:
            return self._of_mapping(*arguments)
        if isinstance(annotation, type) and issubclass(annotation, Part):
            return self.add(annotation)
        raise TypeError(f"no schema for {annotation}")

    def _of_mapping(self, key: Any, value: Any) -> Schema:
        if value is Any:
            return {"type": "object"}  # ``whole`` says what is in it
        schema = self._of_type(value)
        names = self._of_type(key)
        return {"type": "object", "propertyNames": names, "additionalProperties": schema}

    def _of_union(self, members: list[Any]) -> Schema:
        if len(members) == 1:
            return self._of_type(members[0])
        if all(isinstance(each, type) and issubclass(each, Rule) for each in members):
            return self._of_rules()
        return {"anyOf": [self._of_type(each) for each in members]}

    def _of_rules(self) -> Schema:
        """A rule by its kind, said so that an editor knows which one is meant."""
        if "Rule" not in self.schemas:
            kinds = [
                {"const": kind, "description": first_of(document(rule).text)} for kind, rule in KINDS.items()
            ]
            self.schemas["Rule"] = {
                "description": "What gives or takes points.",
                "type": "object",
                "properties": {"kind": {"description": KEYS["Rule"]["kind"], "oneOf": kinds}},
                "required": ["name", "kind"],
                "allOf": [when_kind(kind, self.add(rule)) for kind, rule in KINDS.items()],
            }
        return reference("Rule")


def first_of(text: str) -> str:
    """The first paragraph."""
    return text.split("\n\n")[0]


def when_kind(kind: str, schema: Schema) -> Schema:
    """A schema for rules of one kind."""
    return {"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": schema}


def _say(part: type[Part], name: str) -> str:
    """The sentence of a key: that of the class itself, or of what it is made of."""
    for each in part.__mro__:
        tables = {"Test": "_Operators", "Decay": "_Forms", "Combine": "_Combinations"}
        for table in (each.__name__, tables.get(each.__name__, "")):
            if name in KEYS.get(table, {}):
                return KEYS[table][name]
    return document(part).keys.get(name, "")


def _flat(metadata: Iterable[Any]) -> Iterator[Any]:
    for note in metadata:
        if isinstance(note, FieldInfo):
            yield from note.metadata
        else:
            yield note


def _bounded(schema: Schema, notes: list[Any]) -> Schema:
    """The schema with the bounds that are noted beside the type."""
    kinds = _BOUNDS.get(schema.get("type", ""), _BOUNDS[""]) if "anyOf" not in schema else ()
    bounds = {word: getattr(note, of) for note in notes for of, word in kinds if hasattr(note, of)}
    return {**schema, **{word: bound for word, bound in bounds.items() if bound is not None}}
