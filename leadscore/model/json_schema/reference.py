"""reference: every key of a config in tables, for people: what it is, its type and its default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leadscore.model.json_schema.forms import Schema
from leadscore.model.json_schema.parts import first_of
from leadscore.model.json_schema.whole import make_schema
from leadscore.rules import KINDS

_INTRODUCTION = """\
# The config language

Every key, from the program itself: `leadscore schema --markdown`. README.md explains them, with examples.
`NAME` stands for a name of your own, `[]` for each item of a list; what must be there is **bold**. A share is
`50%` or `0.5`. A config that `extends` another has only what differs: items of lists are found by their
names, and `{remove: true}` takes away what the other has.
"""

# The parts that have a table; the keys of any other stand in the table of what it is in.
_SECTIONS = {
    "Model": "The config",
    "FieldConfig": "A field",
    "Criteria": "Criteria",
    "Test": "A test",
    "Rule": "A rule",
    "Decay": "A decay",
}
_OF_ALL_KINDS = ("name", "kind", "stage", "otherwise", "missing", "decay")
_STEPS = {"list": "[]", "names": ".NAME", "keys": ""}
_ONLY_READ = {"Override": "keys of [the config](#the-config)", "Config": "keys of [the config](#the-config)"}


def make_reference() -> str:
    """Markdown; the same text for the same config language."""
    pages = _Pages(make_schema()["$defs"])
    return "\n".join([_INTRODUCTION, *(pages.section(name) for name in _SECTIONS)])


class _Pages:
    def __init__(self, parts: dict[str, Schema]) -> None:
        self.parts = parts
        self.told: dict[str, str] = {}
        """Part -> the key under which its own keys were told."""

    def section(self, name: str) -> str:
        about = [] if name == "Model" else [first_of(self.parts[name]["description"]), ""]
        head = [f"## {_SECTIONS[name]}", "", *about, "| key | what | type | default |", "|---|---|---|---|"]
        rows = self._rows_of_rules() if name == "Rule" else self._rows(self._whole(name))
        return "\n".join([*head, *rows, ""])

    def _rows_of_rules(self) -> Iterator[str]:
        """What all kinds have, then each kind with what is its own."""
        kinds = self.parts["Rule"]["properties"]["kind"]
        shared = {**self._whole("Match")["properties"], "kind": kinds}
        first = {key: shared[key] for key in _OF_ALL_KINDS}
        yield from self._rows({"properties": first, "required": self.parts["Rule"]["required"]})
        for each in kinds["oneOf"]:
            part = self._whole(KINDS[each["const"]].__name__)
            own = {key: of for key, of in part["properties"].items() if key not in _OF_ALL_KINDS}
            yield _row(f"`kind: {each['const']}`", each["description"])
            yield from self._rows({**part, "properties": own})

    def _whole(self, name: str) -> Schema:
        """A part, as the mapping it is in full."""
        part = self.parts[name]
        return next((each for each in part.get("anyOf", ()) if "properties" in each), part)

    def _rows(self, part: Schema, before: str = "") -> Iterator[str]:
        for key, schema in part["properties"].items():
            path, (held, how) = f"{before}{key}", self._held(schema)
            told_here = held != "" and held not in self.told
            kind = how if told_here else self._type(schema)
            name = f"**`{path}`**" if key in part.get("required", ()) else f"`{path}`"
            yield _row(name, schema["description"], kind, _literal(schema.get("default")))
            if told_here:
                self.told[held] = path
                yield from self._rows(self._own(held), f"{path}{_STEPS[how]}.")

    def _own(self, name: str) -> Schema:
        """A part without what it has from the tests, which have a table."""
        part, tests = self._whole(name), self._whole("Test")["properties"]
        is_test = tests.keys() <= part["properties"].keys()
        own = {key: of for key, of in part["properties"].items() if not is_test or key not in tests}
        return {**part, "properties": own}

    def _held(self, schema: Schema) -> tuple[str, str]:
        """A part without a table that stands under a key, and how: by itself, in a list or by names."""
        for how, inner in (("list", "items"), ("names", "additionalProperties"), ("keys", "")):
            name = _named(schema.get(inner) if inner else schema)
            is_part = name in self.parts and "properties" in self._whole(name)
            if is_part and name not in (*_SECTIONS, *_ONLY_READ):
                return name, how
        return "", ""

    def _type(self, schema: Schema) -> str:
        if "$ref" in schema:
            return self._type_of_part(_named(schema))
        if "enum" in schema or "const" in schema:
            words = schema.get("enum", [schema.get("const")])
            return ", ".join(_literal(word) for word in words if word != "\t")
        if "oneOf" in schema or "anyOf" in schema:
            options = schema["oneOf"] if "oneOf" in schema else schema["anyOf"]
            kinds = [self._type(each) for each in options]
            joint = ", " if "oneOf" in schema else " or "
            return f"{kinds[0]} or list" if kinds[1:] == [f"list: {kinds[0]}"] else joint.join(kinds)
        if schema.get("type") == "array":
            return f"list: {self._type(schema['items'])}"
        if isinstance(schema.get("additionalProperties"), dict):
            return f"{self._type(schema['propertyNames'])}: {self._type(schema['additionalProperties'])}"
        return "text" if "then" not in schema else f"text or {self._type(schema['then'])}"

    def _type_of_part(self, name: str) -> str:
        if name in _SECTIONS:
            return f"[{_SECTIONS[name].lower()}](#{_SECTIONS[name].lower().replace(' ', '-')})"
        if name in _ONLY_READ:
            return _ONLY_READ[name]
        properties = self.parts[name].get("properties", {})
        if len(properties) == 1:
            return "".join(f"`{{{key}: ...}}`" for key in properties)
        return f"as `{self.told[name]}`" if properties else name.replace("-", " ")


def _named(schema: Any) -> str:
    return str(schema.get("$ref", "")).split("/")[-1] if isinstance(schema, dict) else ""


def _row(*cells: str) -> str:
    kept = (cell.replace("|", "\\|").replace("<", "\\<") for cell in (*cells, "", "", "")[:4])
    return f"| {' | '.join(kept)} |"


def _literal(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list):
        return ", ".join(map(_literal, value))
    if isinstance(value, dict):
        return ", ".join(f"`{key}: {each}`" for key, each in value.items())
    return f"`{value}`" if str(value).strip() else f"`'{value}'`"
