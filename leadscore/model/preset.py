"""preset: the headers and formats one CRM writes, as field names that any config can use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field as Setting

from leadscore.model.columns import FieldConfig
from leadscore.model.parse import read_tree
from leadscore.model.tree import Fault
from leadscore.part import Part, nearest
from leadscore.scalars import Count, Flag, Name, Text, Texts
from leadscore.text import fold

_FOLDER = resources.files("leadscore") / "presets"


class Recognise(Part):
    """What tells one CRM's file from all others."""

    required: tuple[Texts, ...] = ()
    """Of each line one header must be there."""
    hints: Texts
    least: Count
    """So many of the hints must be there."""
    never: Texts = ()


class WriteBack(Part):
    """What the CRM's import calls the columns of a file that brings scores back."""

    id: Text | None = None
    """None: the header under which the export has it."""
    score: Text = "Lead Score"
    tier: Text = "Lead Score Tier"
    reasons: Text = "Lead Score Reasons"


class FileShape(Part):
    """What stands in a file besides its table."""

    totals: Text | None = None
    """What a row that adds up the others says."""
    after_blank_line: Literal["footer", "table"] | None = None


class Preset(Part):
    """One CRM's export, as it is written."""

    name: Text
    recognise: Recognise | None = None
    """None: the file is read so only where the config names the preset."""
    enrichment: Flag = False
    """Whether its rows are no leads, and only joined to some."""
    file: FileShape | None = None
    fields: dict[Name, FieldConfig]
    from_file_name: dict[Name, dict[Name, Texts]] = Setting(default={})
    """Field -> value -> how the name of a file begins in which every row has it."""
    write_back: WriteBack | None = None

    def header_of(self, field: str, headers: Iterable[str]) -> str | None:
        """The header a field stands under, compared without case and the space around it."""
        config = self.fields.get(field)
        known = {fold_header(header): header for header in reversed(list(headers))}
        wanted = config.columns if config else ()
        return next((known[fold_header(name)] for name in wanted if fold_header(name) in known), None)


def fold_header(header: str) -> str:
    """A header as it is compared."""
    return fold(header)


def preset_names() -> list[str]:
    """The presets that ship, by name."""
    return sorted(
        entry.name.removesuffix(".yml") for entry in _FOLDER.iterdir() if entry.name.endswith(".yml")
    )


@cache
def load_preset(name: str) -> Preset:
    """A preset that ships."""
    return Preset.model_validate(read_tree(f"preset {name}", (_FOLDER / f"{name}.yml").read_bytes()).data)


def claims(preset: Preset, headers: Collection[str]) -> bool:
    """Whether a file with these headers is what the preset is for."""
    sought = preset.recognise
    if sought is None:
        return False
    there = {fold_header(header) for header in headers}

    def found(names: Texts) -> int:
        return len({fold_header(name) for name in names} & there)

    required = all(found(names) for names in sought.required)
    return required and found(sought.hints) >= sought.least and not found(sought.never)


def recognise(headers: Collection[str]) -> list[str]:
    """The presets that claim a file with these headers: one, none, or those it cannot be told from."""
    return [name for name in preset_names() if claims(load_preset(name), headers)]


def check_preset(name: str | None) -> Iterator[Fault]:
    """A preset that does not ship."""
    if name is not None and name not in preset_names():
        meant = nearest(name, preset_names())
        hint = f"did you mean {meant}?" if meant else f"there is {', '.join(preset_names())}"
        yield Fault(("preset",), "there is no preset of that name", hint)
