"""header_words: what a column's header says: its meaning, an outcome, or that it is written late."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from leadscore.analysis.known_headers import GENERIC, choose_preset, fields_of, fields_read
from leadscore.model.columns import FieldConfig
from leadscore.model.preset import load_preset, recognise
from leadscore.text import fold

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_COUNTED = re.compile(r"^(total|number of|no of|num|nr of|count of|how many) | (count|total)$")

LATE: Mapping[str, str] = {
    **dict.fromkeys(("lead_status", "lifecycle_stage", "stage", "pipeline", "deal_status"),
                    "a stage somebody sets while the lead is worked on"),
    **dict.fromkeys(("rating", "tags", "notes"), "what somebody noted while the lead was worked on"),
    **dict.fromkeys(("crm_score", "crm_grade", "probability"), "another model's score"),
    **dict.fromkeys(("deal_size", "deal_name", "deal_id", "expected_close", "lost_reason", "currency"),
                    "known only once there is a deal"),
    "owner": "who works on it: given out after the first look",
    **dict.fromkeys(("modified_date", "last_seen"),
                    "its newest entry may be of the day of the sale, or after it"),
    **dict.fromkeys(("converted", "converted_date", "closed_date"), "the outcome itself"),
}  # fmt: skip
"""Meaning of a column -> why it may hold news from after the outcome, or from the sales talk itself."""

SUSPICIOUS = frozenset(
    "last latest recent newest index score scoring grade rating profile quality status stage tag "
    "tags notable lost reason owner assigned closed close converted conversion won modified updated "
    "probability forecast lifecycle opportunity opportunities deal deals outcome disposition result "
    "customer invoice contract expected prorated".split()
)
"""Words of headers of columns that are written while a lead is worked on, or afterwards."""

OUTCOMES = frozenset(
    "converted conversion won customer outcome purchased bought enrolled signed sold result stage "
    "status lifecycle".split()
)
"""Words of headers of columns that may say what became of a lead."""

WON = frozenset(
    "won|closed won|closed - won|deal won|customer|client|converted|converted to customer|evangelist|"
    "sold|signed|purchased|bought|enrolled|gewonnen|kunde|gagné|ganado|câștigat|vyhráno|thành công|"
    "مشتری|برنده|جیتا".split("|")
)
LOST = frozenset(
    "lost|closed lost|closed - lost|deal lost|not converted|unqualified|disqualified|junk|junk lead|"
    "dead|rejected|not interested|churned|verloren|perdu|perdido|pierdut|prohráno|thất bại|"
    "از دست رفته".split("|")
)
"""Values, folded, of a column that says what became of a lead."""

ACTIVITY = frozenset(
    "visit visits page pages pageviews view views click clicks open opens opened session sessions "
    "time seconds minutes duration download downloads form forms fills demo demos requests chat "
    "chats email emails mail mails events webinar webinars calls searches".split()
)
"""Words of headers of columns that count what a lead does."""


def words_of(header: str) -> list[str]:
    """The words of a header, folded: `TotalVisits` has two."""
    return re.findall(r"[^\W_]+", fold(_HUMPS.sub(" ", header)))


def late_word(header: str) -> str:
    """The word of a header that makes its column suspicious, or ''."""
    return next((word for word in words_of(header) if word in SUSPICIOUS), "")


def find_meanings(headers: Sequence[str]) -> dict[str, str]:
    """Column -> the field name that presets have for what is in it; each once, '' where none is known."""
    claimed = recognise(headers)
    known = fields_read(claimed if choose_preset(claimed) else (), headers)
    found = {header: field for header, (field, _) in known.items()}
    for way in (_by_name, _by_synonym, _by_any_preset):
        for header in headers:
            meant = found.get(header) or way(header)
            if meant and meant not in {found[other] for other in found if other != header}:
                found[header] = meant
    return {header: found.get(header, "") for header in headers}


def meaning_of(name: str) -> str:
    """The field name that presets have for what is called so, '' where none has one."""
    return _by_name(name) or _by_synonym(name) or _by_any_preset(name)


def converted_words(headers: Sequence[str]) -> tuple[str, FieldConfig] | None:
    """The column that the recognised preset reads the outcome from, and how."""
    preset = choose_preset(recognise(headers))
    config = load_preset(preset).fields.get("converted") if preset else None
    header = load_preset(preset).header_of("converted", headers) if preset else None
    return (header, config) if header and config else None


def _by_name(header: str) -> str:
    name = fold(header).replace(" ", "_")
    return name if name in load_preset(GENERIC).fields else ""


def _by_synonym(header: str) -> str:
    return _synonyms().get(_bare(header), "")


def _by_any_preset(header: str) -> str:
    fields = fields_of(header)
    return next(iter(fields)) if len(fields) == 1 else ""


@cache
def _synonyms() -> dict[str, str]:
    known: dict[str, str] = {}
    for field, config in load_preset(GENERIC).fields.items():
        for header in (*config.columns, field):
            known.setdefault(_bare(header), field)
    return known


def _bare(header: str) -> str:
    """The words of a header without those that say that it counts."""
    return _COUNTED.sub("", " ".join(words_of(header)))
