"""known_headers: the headers of an export -> the field names that presets have for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from leadscore.model.columns import FieldConfig
from leadscore.model.preset import fold_header, load_preset, preset_names

GENERIC = "generic"
PEOPLE = frozenset(
    "lead_id deal_id first_name last_name full_name email phone mobile street postal_code notes owner "
    "deal_name website landing_page company".split()
)
"""Fields that tell who somebody is: their cells are shown to nobody, however few different ones there are."""
_CODES = frozenset({"lead_id", "deal_id", "phone", "mobile", "postal_code"})
_ENDS_AS_CODE = re.compile(r"(?:(?:^|[\W_])(?i:ids?|uuid|guid|key|code|zip|number|nr|no)|[a-z]Ids?)\W*$")

_NAMES_SOMEBODY = re.compile(
    r"name|e-?mail\b|phone|mobile|\bfax|address|street|owner|contact|salesperson|assigned|\bby\b|\bip\b|message|note|comment",
    re.IGNORECASE,
)


@cache
def _fields_by_header() -> dict[str, frozenset[str]]:
    known: dict[str, frozenset[str]] = {}
    for preset in preset_names():
        for field, config in load_preset(preset).fields.items():
            for header in (*config.columns, field):
                folded = fold_header(header)
                known[folded] = known.get(folded, frozenset()) | {field}
    return known


def fields_of(header: str) -> frozenset[str]:
    """The field names any preset has for a header."""
    return _fields_by_header().get(fold_header(header), frozenset())


def all_headers() -> set[str]:
    """Every header that any preset knows."""
    return {
        header
        for name in preset_names()
        for config in load_preset(name).fields.values()
        for header in config.columns
    }


def find_id(headers: Sequence[str], preset: str) -> tuple[str, str] | None:
    """The column that identifies a lead, and why: the preset's, or one that is called as ids are."""
    spaced = {header.replace("_", " "): header for header in reversed(headers)}
    for name, because in ((preset, f"the id of preset {preset}"), (GENERIC, "it is called as ids are")):
        for field in ("lead_id", "deal_id") if name else ():
            own = next((header for header in headers if fold_header(header) == field), None)
            found = load_preset(name).header_of(field, headers)
            alike = load_preset(name).header_of(field, spaced)
            if own or found or alike:
                return own or found or spaced[str(alike)], because
    return None


def choose_preset(claimed: Sequence[str]) -> str:
    """The preset a file is read by, as a run chooses it: the one for leads, or else the one there is."""
    for_leads = [name for name in claimed if not load_preset(name).enrichment]
    found = for_leads or claimed
    return found[0] if len(found) == 1 else ""


def fields_read(presets: Sequence[str], headers: Sequence[str]) -> dict[str, tuple[str, FieldConfig]]:
    """Column -> the field that the presets read from it, and how; the first where they read several."""
    known: dict[str, tuple[str, FieldConfig]] = {}
    for name in presets:
        preset = load_preset(name)
        for field, config in preset.fields.items():
            header = preset.header_of(field, headers)
            if header is not None:
                known.setdefault(header, (field, config))
    return known


def is_code(header: str) -> bool:
    """Whether the digits of a column are no number, by its header: an id, a phone, a postal code."""
    return bool(fields_of(header) & _CODES) or _ENDS_AS_CODE.search(header) is not None


def tells_who(header: str) -> bool:
    """Whether the cells of a column may tell who somebody is, by its header."""
    return bool(fields_of(header) & PEOPLE) or _NAMES_SOMEBODY.search(header) is not None
