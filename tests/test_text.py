"""test_text: which texts count as the same, and which words stand in a text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings, strategies as st

from leadscore.text import AROUND, Folding, ascii_digits, fold, has_words, trim
from tests.strategies_text import texts

many = settings(max_examples=500)


def test_a_space_before_a_dropped_accent_is_space_around_too() -> None:
    assert Folding(accents=False)("jose \u0301") == "jose"


@many
@given(texts, st.sampled_from(["NFC", "NFD"]))
def test_case_form_and_space_around_do_not_matter(text: str, form: str) -> None:
    assert fold(unicodedata.normalize(form, text)) == fold(text)  # type: ignore[arg-type]
    assert fold(f" \t{text}\xa0\u200b\ufeff") == fold(text)


@many
@given(st.text(st.characters(codec="ascii")))
def test_plain_letters_fold_to_lower_case_and_nothing_else(text: str) -> None:
    assert fold(text) == text.strip(AROUND).lower()


@many
@given(texts)
def test_exact_means_exact(text: str) -> None:
    assert Folding(exact=True)(text) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            ("مدير", "مدیر"),
            ("كتاب", "کتاب"),
            ("موسى", "موسی"),
            ("مـديـر", "مدیر"),
            ("١٢٣", "۱۲۳"),
            ("۱۲۳", "123"),
        ),
        *(
            ("१२३", "123"),
            ("Straße", "STRASSE"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("jose\u0301", "JOSÉ"),
            ("\u200eNO\u200f", "no"),
        ),
    ],
)
def test_two_ways_to_write_the_same_fold_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("jose", "josé"), ("resume", "résumé"), ("²", "2"), ("ab", "a b"), ("ه", "ة")]
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("text", ["José", "jose\u0301", "JOSE", "jose"])
def test_accents_can_be_ignored(text: str) -> None:
    assert Folding(accents=False)(text) == "jose"


def test_digits_of_any_script_become_ascii() -> None:
    assert ascii_digits("۶۰ ٦٠ ६० 60 ½") == "60 60 60 60 ½"


@given(texts)
def test_trimming_takes_only_what_stands_around(text: str) -> None:
    trimmed = trim(text)
    assert trimmed in text
    assert trimmed == "" or not (trimmed[0] in AROUND or trimmed[-1] in AROUND)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        *(
            ("international manager", "intern", False),
            ("interns", "intern", False),
            ("intern", "intern", True),
        ),
        *(
            ("sales intern, paris", "intern", True),
            ("co-intern", "intern", True),
            ("intern_2", "intern", False),
        ),
        *(("international intern", "intern", True), ("c++ developer", "c++", True), ("abc++", "c++", False)),
        *(("c++11", "c++", True), ("c#", "c#", True), (".net dev", ".net", True), ("r2d2", "r", False)),
        *(("vice president sales", "vice president", True), ("vice presidents", "vice president", False)),
        *(
            ("बिक्री प्रबंधक", "प्रबंधक", True),
            ("प्रबंधकीय", "प्रबंधक", False),
            ("हिन्दी", "हिन", False),
            ("किताब", "क", False),
        ),
        *(("مدیر فروش", "مدیر", True), ("مدیریت", "مدیر", False), ("می\u200cروم", "روم", False)),
        *(("chef d'équipe", "équipe", True), ("cafe\u0323 x", "cafe", False), ("", "intern", False)),
    ],
)
def test_a_word_stands_alone_or_not_at_all(text: str, words: str, expected: bool) -> None:
    assert has_words(text, words) is expected


@many
@given(
    st.lists(st.sampled_from(["a", "ab", "b", "c++", "é", "1", "क्ष"]), min_size=1),
    st.sampled_from([" ", ", ", "/"]),
)
def test_every_word_of_a_list_is_found_in_it(words: list[str], separator: str) -> None:
    text = separator.join(words)
    assert all(has_words(text, word) for word in words)
    assert not has_words(text, "ba")
