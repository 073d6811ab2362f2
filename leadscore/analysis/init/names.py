"""names: the header of a column -> a short name for a field, and the header as a comment names it."""

from __future__ import annotations

from leadscore.analysis.init.header_words import words_of
from leadscore.text import visible

_NOT_FIELDS = {
    "all",
    "any",
    "none",
    "at_least_of",
    "fit",
    "engagement",
    "caution",
    "score",
    "tier",
    "mail_kind",
}
"""Words that mean something else where a field's name may stand."""
_LONGEST = 40
_LONGEST_NAME = 26
_OPENING = frozenset(
    "what is are was your you the a an total number of no num how did do does i please".split()
)


def own_name(header: str, place: int, taken: set[str]) -> str:
    """A short name that is no other field's: the words of the header, or its place in the file."""
    name = "_".join(short_words(header)) or f"column_{place}"
    name = f"column_{name}" if name[0].isdigit() or not name.isprintable() else name
    while name in taken | _NOT_FIELDS:
        name = f"{name[: _LONGEST - 5]}_{place}" if not name.endswith(f"_{place}") else f"{name}_"
    return name


def short_words(header: str) -> list[str]:
    """The words of a header without those it merely begins with, as many as make a short name."""
    words = words_of(header)
    while len(words) > 1 and words[0] in _OPENING:
        words = words[1:]
    while len(words) > 1 and len("_".join(words)) > _LONGEST_NAME:
        words = words[:-1]
    return words and [words[0][:_LONGEST], *words[1:]]


def told(header: str) -> str:
    """A header as a comment names it: in one line, and no longer than it need be."""
    text = " ".join(visible(header).split())
    return text if len(text) <= _LONGEST + 20 else f"{text[: _LONGEST + 17]}..."
