"""text: how two texts count as the same: case, Unicode form, Arabic letter forms, digits, spaces."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Seen around values in real exports, and left in place by str.strip(): zero-width space, word joiner,
# byte order mark, direction marks.
_INVISIBLE = "\u200b\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2069"
_SPACES = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    chr(code) for code in range(0x2000, 0x200B)
)
AROUND = _SPACES + _INVISIBLE

FORMULA_STARTS = "=+\\-@\\t\\r\\n\\x00\uff1d\uff0b\uff0d\uff20"
"""What a cell that a spreadsheet may run begins with, for a pattern's brackets; the last are full-width."""

GUARDED = rf"\A'([{FORMULA_STARTS}])"
"""A text that a spreadsheet or a CRM disarmed: the apostrophe is none of its own letters."""

# Arabic keyboards and Persian keyboards write the same word with different letters; the tatweel only
# stretches a word.
_LETTER_FORMS = str.maketrans({"\u064a": "\u06cc", "\u0649": "\u06cc", "\u0643": "\u06a9", "\u0640": None})


@dataclass(frozen=True)
class Folding:
    """What a text test leaves out of account: nothing (exact), the default, or accents as well."""

    exact: bool = False
    accents: bool = True

    def __call__(self, text: str) -> str:
        """The text in the form that is compared. Folding a folded text changes nothing."""
        return text if self.exact else trim(self.letters(text))

    def letters(self, text: str) -> str:
        """The text folded letter by letter, the space around it kept."""
        if self.exact:
            return text
        folded = fold_letters(text)
        return folded if self.accents else drop_accents(folded)

    def pattern(self, pattern: str) -> str:
        """A pattern in the form of the texts it is matched with; what is ASCII in it is syntax, and stays."""
        composed = pattern if self.exact else unicodedata.normalize("NFC", pattern)
        return re.sub(r"[^\x00-\x7f]+", lambda match: self.letters(match[0]), composed)


def trim(text: str) -> str:
    """Without the space and the invisible characters around it."""
    return text.strip(AROUND)


def fold(text: str) -> str:
    """Case, Unicode form (NFC), Arabic and Persian letter forms, digits of any script, space around."""
    return trim(fold_letters(text))


def fold_letters(text: str) -> str:
    """``fold`` but for the space around."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())
    return ascii_digits(unicodedata.normalize("NFC", folded.translate(_LETTER_FORMS)))


def ascii_digits(text: str) -> str:
    """Every decimal digit of any script as 0-9 (Unicode category Nd)."""
    return "".join(
        str(unicodedata.decimal(letter)) if not letter.isascii() and letter.isdecimal() else letter
        for letter in text
    )


def drop_accents(text: str) -> str:
    """Without the combining diacritical marks U+0300 to U+036F: josé and jose are the same."""
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f"))


def has_words(text: str, words: str) -> bool:
    """Whether the words stand in the text as whole words: 'intern' is not in 'International'."""
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        if not (_joins(text[start - 1 : start], words[0]) or _joins(words[-1], text[end : end + 1])):
            return True
        start = text.find(words, start + 1)
    return False


def _joins(left: str, right: str) -> bool:
    return bool(left and right) and _in_word(left) and _in_word(right)


def _in_word(letter: str) -> bool:
    # Vowel signs and viramas (category M) and the two joiners stand inside Indic and Persian words.
    return letter.isalnum() or letter in "_\u200c\u200d" or unicodedata.category(letter).startswith("M")


# They turn the reading direction: in a path or a column name they make a message say something else.
_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def visible(text: str) -> str:
    """The text with everything a terminal would obey rather than show written out, as \\x1b."""
    return "".join(letter.encode("unicode_escape").decode() if _acts(letter) else letter for letter in text)


def _acts(letter: str) -> bool:
    return letter in _DIRECTION or unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}
