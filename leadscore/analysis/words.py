"""words: the texts exports write for true, false and nothing, as far as they are known in general."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from leadscore.text import fold

NO_VALUE = frozenset(
    "n/a #n/a #ref! #value! #div/0! #name? #null! #num! - -- --- – — ? null (null) <null> nan select".split()
) | {
    "(not set)",
    "not set",
    "not available",
    "not provided",
    "(not provided)",
    "(none)",
    "(blank)",
    "(empty)",
}
"""Words that hardly ever are a value, folded: `NO_VALUE` in a column of any type."""
NO_NUMBER = NO_VALUE | {"na", "none", "nil", "unknown", "undefined", "empty", "tbd", "not applicable"}
"""In a column of numbers, dates or flags also these: elsewhere NA may be Namibia and None an answer."""
NO_NAME = frozenset(word for word in NO_VALUE if not word.isalpha())
"""In a column that tells who somebody is: there are people called Null."""

DEFAULT_TRUE, DEFAULT_FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
TICKS = frozenset({"checked", "x", "✓", "✔", "☑"})
"""Alone in a column whose other cells are empty they are a box that is ticked or not."""


class Flags(NamedTuple):
    """The words of a column of true and false, as the file writes them."""

    true: tuple[str, ...]
    false: tuple[str, ...]


_TRUE, _FALSE = "y t on checked x ✓ ✔ ☑", "n f off unchecked ✗ ☐"
_OTHER_LANGUAGES = (
    ("ja wahr", "nein falsch"), ("oui vrai", "non faux"), ("sí si verdadero", "no falso"), ("sì", "no"),
    ("ja", "nee nej nei"), ("sim", "não nao"), ("ano", "ne"), ("da", "nu"), ("da", "ne"), ("да", "нет"),
    ("tak", "nie"), ("có đúng", "không sai"), ("हाँ हां", "नहीं"), ("بله بلی", "خیر نه"),
    ("نعم", "لا"), ("evet", "hayır"),
)  # fmt: skip
# One language each: `no` beside `da` are countries or languages, and no answer.
_PAIRS = [
    (DEFAULT_TRUE | set(_TRUE.split()), DEFAULT_FALSE | set(_FALSE.split())),
    *(
        (frozenset(map(fold, true.split())), frozenset(map(fold, false.split())))
        for true, false in _OTHER_LANGUAGES
    ),
]
_ALONE = frozenset({"true", "false", "yes", "no"}) | TICKS


def find_flags(values: Mapping[str, int]) -> Flags | None:
    """The words for true and for false of a column; None where its values are no pair of such words.

    One word alone is a flag where it cannot be a number as well; `0` and `1` alone may be a count.
    """
    folded = {value: fold(value) for value in values}
    words = set(folded.values())
    for true, false in _PAIRS:
        if words and words <= true | false and ((words & true and words & false) or words <= _ALONE):
            by_count = sorted(values, key=lambda value: (-values[value], value))
            return Flags(*(_spellings(by_count, folded, side) for side in (true, false)))
    return None


def _spellings(by_count: list[str], folded: Mapping[str, str], side: frozenset[str]) -> tuple[str, ...]:
    """One spelling of each word: case does not matter to the reader."""
    kept: dict[str, str] = {}
    for value in by_count:
        if folded[value] in side:
            kept.setdefault(folded[value], value)
    return tuple(kept.values())
