"""preset: the headers one CRM writes, as field names that any config can use."""

from __future__ import annotations

from importlib import resources

from leadscore.model.parse import read_tree
from leadscore.model.tree import Fault, Node, child
from leadscore.part import nearest

_FOLDER = resources.files("leadscore") / "presets"


def preset_names() -> list[str]:
    """The presets that ship, by name."""
    return sorted(
        entry.name.removesuffix(".yml") for entry in _FOLDER.iterdir() if entry.name.endswith(".yml")
    )


def preset_fields(name: str) -> dict[str, Node]:
    """The `fields:` of a preset that ships."""
    tree = read_tree(f"preset {name}", (_FOLDER / f"{name}.yml").read_bytes())
    fields = child(tree.data, "fields")
    assert isinstance(fields, dict), f"preset {name} has no fields"
    return fields


def add_preset(data: dict[str, Node]) -> tuple[dict[str, Node], list[Fault]]:
    """The config with its preset's fields under its own; the config's keys win, key by key."""
    name, own = data.get("preset"), data.get("fields", {})
    if not isinstance(name, str):
        return data, []
    if name not in preset_names():
        meant = nearest(name, preset_names())
        hint = f"did you mean {meant}?" if meant else f"there is {', '.join(preset_names())}"
        return data, [Fault(("preset",), "there is no preset of that name", hint)]
    if not isinstance(own, dict):
        return data, []
    preset = preset_fields(name)
    fields = {field: _merge(preset.get(field), own.get(field)) for field in preset | own}
    return {**data, "fields": fields}, []


def _merge(preset: Node, own: Node) -> Node:
    if isinstance(preset, dict) and isinstance(own, dict) and "derive" not in own:
        return preset | own
    return preset if own is None else own
