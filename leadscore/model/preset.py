"""preset: the headers one CRM writes, as field names that any config can use."""

from __future__ import annotations

from importlib import resources
from typing import Any

from leadscore.errors import ConfigError
from leadscore.model.tree import read_tree
from leadscore.part import nearest

_FOLDER = resources.files("leadscore") / "presets"


def preset_names() -> list[str]:
    """The presets that ship, by name."""
    return sorted(entry.name.removesuffix(".yml") for entry in _FOLDER.iterdir() if entry.name.endswith(".yml"))


def preset_fields(name: str) -> dict[str, Any]:
    """The `fields:` a preset stands for. Raises ValueError for a name that does not ship."""
    if name not in preset_names():
        meant = nearest(name, preset_names())
        raise ValueError(f"there is no preset of that name; {f'did you mean {meant}?' if meant else 'there is: '}"
                         f"{'' if meant else ', '.join(preset_names())}")
    tree = read_tree(f"preset {name}", (_FOLDER / f"{name}.yml").read_bytes())
    if not isinstance(tree.data, dict) or "fields" not in tree.data:
        raise ConfigError(tree.problem((), "is not a preset: it has no fields"))
    return dict(tree.data["fields"])
