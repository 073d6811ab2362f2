"""over: the schemas of what stands over another config: any part of a part, and what is taken away."""

from __future__ import annotations

from typing import Any

from leadscore.model.json_schema.forms import Schema, reference
from leadscore.model.json_schema.parts import Parts, when_kind
from leadscore.rules import KINDS

_REMOVAL = "removal"
_REMOVE: Schema = {"const": True, "description": "Takes away what the other config has."}
_ONE_THOUGHT = ("when", "decay", "config")
"""Keys whose value stands as a whole instead of the base's."""


class Over:
    """Adds to the parts, for each that is met, the one of its name that need not be complete."""

    def __init__(self, parts: Parts) -> None:
        self.schemas = parts.schemas
        self.schemas[_REMOVAL] = {
            "description": "Takes away what the other config has.",
            "type": "object",
            "properties": {"remove": _REMOVE},
            "required": ["remove"],
            "additionalProperties": False,
        }

    def loosen(self, schema: Schema) -> Schema:
        """The same for a value that is merged with another one."""
        if "$ref" in schema:
            return {**schema, **self._of_part(schema["$ref"].split("/")[-1])}
        if schema.get("type") == "array":
            return {**schema, "items": self._of_item(schema["items"])}
        if "anyOf" in schema:
            return {**schema, "anyOf": [self.loosen(each) for each in schema["anyOf"]]}
        if schema.get("type") == "object":
            return self._of_mapping(schema)
        return schema

    def _of_part(self, name: str) -> Schema:
        whole = self.schemas[name]
        if whole.get("type") != "object" or name == _REMOVAL or name.endswith(".over"):
            return reference(name)
        if f"{name}.over" not in self.schemas:
            self.schemas[f"{name}.over"] = {}  # a part may hold itself
            loose = self._of_rules(whole) if name == "Rule" else self._of_mapping(whole)
            self.schemas[f"{name}.over"] = loose
        return reference(f"{name}.over")

    def _of_item(self, item: Schema) -> Schema:
        """Items are found by their names; those that have none stand as a whole."""
        name = item.get("$ref", "").split("/")[-1]
        if "name" not in self.schemas.get(name, {}).get("required", ()):
            return item
        loose = self.schemas[self._of_part(name)["$ref"].split("/")[-1]]
        loose["properties"]["remove"] = _REMOVE
        loose["required"] = ["name"]
        return reference(f"{name}.over")

    def _of_mapping(self, schema: Schema) -> Schema:
        left_out = ("required", "allOf", "minProperties", "examples")
        loose: Schema = {key: value for key, value in schema.items() if key not in left_out}
        if "properties" in schema:
            loose["properties"] = {key: self.of_key(key, of) for key, of in schema["properties"].items()}
        if isinstance(schema.get("additionalProperties"), dict):
            loose["additionalProperties"] = self.of_key("", schema["additionalProperties"])
        return loose

    def of_key(self, key: str, schema: Schema) -> Schema:
        """What may stand under a key: a part of its value, or that it is to be removed."""
        if key in ("name", "kind"):
            return schema
        said = {word: schema[word] for word in ("description",) if word in schema}
        value = {word: of for word, of in schema.items() if word not in ("description", "default")}
        loose = value if key in _ONE_THOUGHT else self.loosen(value)
        options = loose["anyOf"] if loose.keys() == {"anyOf"} else [loose]
        return {**said, "anyOf": [*options, reference(_REMOVAL)]}

    def _of_rules(self, whole: Schema) -> Schema:
        """A rule of which nothing but the name must be there: by its kind, or of whatever kind."""
        kinds = {kind: self._of_part(rule.__name__) for kind, rule in KINDS.items()}
        keys: dict[str, list[Any]] = {}
        for each in kinds.values():
            for key, schema in self.schemas[each["$ref"].split("/")[-1]]["properties"].items():
                said = keys.setdefault(key, [])
                said += [schema] if schema not in said else []
        any_kind = {key: found[0] if len(found) == 1 else {"anyOf": found} for key, found in keys.items()}
        any_kind["kind"] = whole["properties"]["kind"]
        for name in (each["$ref"].split("/")[-1] for each in kinds.values()):
            self.schemas[name]["properties"]["remove"] = _REMOVE
        by_kind = [when_kind(kind, schema) for kind, schema in kinds.items()]
        without = {"if": {"not": {"required": ["kind"]}}, "then": reference("AnyRule.over")}
        self.schemas["AnyRule.over"] = {
            "type": "object",
            "properties": {**any_kind, "remove": _REMOVE},
            "additionalProperties": False,
        }
        properties = {"name": {}, "kind": whole["properties"]["kind"]}
        return {"type": "object", "properties": properties, "allOf": [*by_kind, without]}
