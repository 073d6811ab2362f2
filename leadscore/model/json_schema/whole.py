"""whole: the JSON Schema of a config, draft 2020-12, as editors take it."""

from __future__ import annotations

import json
from copy import deepcopy

from leadscore.model.json_schema.forms import Schema, reference
from leadscore.model.json_schema.over import Over
from leadscore.model.json_schema.parts import Parts
from leadscore.model.preset import preset_names
from leadscore.model.schema import Model
from leadscore.model.segments import SCORING

_ABOUT = "A scoring model of leadscore: which leads get how many points for what, and where the tiers begin."


def make_schema() -> Schema:
    """The schema of a config. It takes whatever is loaded; what it takes may still be refused."""
    parts = Parts()
    parts.add(Model)
    model = parts.schemas["Model"]
    model["description"] = _ABOUT  # the class has more to say of the program than of a config
    model["properties"]["preset"] = {**model["properties"]["preset"], "enum": preset_names()}
    del model["properties"]["preset"]["$ref"]
    segment = parts.schemas["Segment"]["properties"]
    segment["config"] = {**segment["config"], **_of_segment(parts, model)}
    parts.schemas["Override"] = {}  # what is in it is known once all else is
    over = Over(parts)
    segment["override"] = {**segment["override"], "$ref": "#/$defs/Override"}
    del segment["override"]["type"]
    loose = parts.schemas[over.loosen(reference("Model"))["$ref"].split("/")[-1]]
    loose["properties"]["extends"] = model["properties"]["extends"]
    loose["required"] = ["extends"]
    scoring = {key: deepcopy(value) for key, value in loose["properties"].items() if key in SCORING}
    parts.schemas["Override"] = {"type": "object", "properties": scoring, "additionalProperties": False}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:leadscore:config",
        "description": _ABOUT,
        "type": "object",
        "if": {"required": ["extends"]},
        "then": reference("Model.over"),
        "else": reference("Model"),
        "$defs": parts.schemas,
    }


def _of_segment(parts: Parts, model: Schema) -> Schema:
    """Another config, in place: by its path, or what scores in it."""
    properties = {key: value for key, value in model["properties"].items() if key != "extends"}
    inner = {**model, "properties": properties, "required": ["groups", "tiers"]}
    parts.schemas["Config"] = {key: value for key, value in inner.items() if key != "description"}
    return {"type": ["string", "object"], "if": {"type": "object"}, "then": reference("Config")}


def dump_schema() -> str:
    """The same bytes for the same config language."""
    return json.dumps(make_schema(), indent=1, ensure_ascii=False) + "\n"
