"""test_tree: what YAML may say, and how each scalar is read in each position."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from leadscore import scalars
from leadscore.errors import ConfigError
from leadscore.model import parse
from leadscore.model.load import load_content, load_model
from leadscore.model.parse import read_tree
from leadscore.model.tree import child
from leadscore.points import format_points

READERS: dict[str, TypeAdapter[Any]] = {
    "text": TypeAdapter(scalars.Text),
    "number": TypeAdapter(scalars.Number),
    "points": TypeAdapter(scalars.Points),
    "flag": TypeAdapter(scalars.Flag),
}
TWO_READINGS = "two readings"
EMPTY = "is empty"
NUMBER, POINTS, FLAG = "!not a number;", "!not a number of points;", "!must be true or false"
DIGITS = "!more than 15 digits"

# How it is typed -> as text, as a number, as points, as a flag; ! is a refusal and a part of its message.
SCALARS = {
    "NO": ("NO", NUMBER, POINTS, FLAG),
    "no": ("no", NUMBER, POINTS, FLAG),
    "yes": ("yes", NUMBER, POINTS, FLAG),
    "on": ("on", NUMBER, POINTS, FLAG),
    "y": ("y", NUMBER, POINTS, FLAG),
    "true": ("true", NUMBER, POINTS, True),
    "True": ("True", NUMBER, POINTS, True),
    "TRUE": ("TRUE", NUMBER, POINTS, True),
    "tRUE": ("tRUE", NUMBER, POINTS, FLAG),
    "false": ("false", NUMBER, POINTS, False),
    '"true"': ("true", NUMBER, POINTS, True),
    "1": ("1", "1", "1", FLAG),
    "0": ("0", "0", "0", FLAG),
    "-0": ("-0", "0", "0", FLAG),
    "+5": ("+5", "5", "5", FLAG),
    "-15": ("-15", "-15", "-15", FLAG),
    "1.10": ("1.10", "1.10", "1.1", FLAG),
    ".5": (".5", "0.5", "0.5", FLAG),
    "5.": ("5.", "5", POINTS, FLAG),
    "-.25": ("-.25", "-0.25", "-0.25", FLAG),
    "2.125": ("2.125", "2.125", "!more than two decimals", FLAG),
    "1e3": ("1e3", "1000", POINTS, FLAG),
    "1E-2": ("1E-2", "0.01", POINTS, FLAG),
    "1e400": ("1e400", DIGITS, POINTS, FLAG),
    "1_000": ("1_000", NUMBER, POINTS, FLAG),
    "1,000": ("1,000", NUMBER, POINTS, FLAG),
    "0x10": ("0x10", NUMBER, POINTS, FLAG),
    "0o10": ("0o10", NUMBER, POINTS, FLAG),
    "12:30": ("12:30", NUMBER, POINTS, FLAG),
    "2026-01-02": ("2026-01-02", NUMBER, POINTS, FLAG),
    ".inf": (".inf", NUMBER, POINTS, FLAG),
    "-.INF": ("-.INF", NUMBER, POINTS, FLAG),
    ".nan": (".nan", NUMBER, POINTS, FLAG),
    "NaN": ("NaN", NUMBER, POINTS, FLAG),
    "nan": ("nan", NUMBER, POINTS, FLAG),
    "Infinity": ("Infinity", NUMBER, POINTS, FLAG),
    "50%": ("50%", NUMBER, POINTS, FLAG),
    "١٢": ("١٢", NUMBER, POINTS, FLAG),
    "999999999999999": ("999999999999999", "999999999999999", "!beyond 1,000,000", FLAG),
    "1000000000000001": ("1000000000000001", DIGITS, "!beyond 1,000,000", FLAG),
    "1000000.01": ("1000000.01", "1000000.01", "!beyond 1,000,000", FLAG),
    '"010"': ("010", "!leading zero", POINTS, FLAG),
    "'~'": ("~", NUMBER, POINTS, FLAG),
    '"null"': ("null", NUMBER, POINTS, FLAG),
    '""': ("!is empty", NUMBER, POINTS, FLAG),
    "N/A": ("N/A", NUMBER, POINTS, FLAG),
    "=1+1": ("=1+1", NUMBER, POINTS, FLAG),
}
# Refused wherever it stands, because YAML itself or two versions of it disagree with the eye.
REFUSED = {
    "010": TWO_READINGS,
    "-010": TWO_READINGS,
    "00": TWO_READINGS,
    "08": TWO_READINGS,
    "007": TWO_READINGS,
    "010.5": TWO_READINGS,
    "~": EMPTY,
    "null": EMPTY,
    "Null": EMPTY,
    "NULL": EMPTY,
    "": EMPTY,
    "*a": "an alias (*)",
    "&a 1": "anchors (&)",
    "!!str 1": "tags (!)",
    "! 1": "tags (!)",
}


def shown(position: str, value: object) -> object:
    if position == "points":
        assert isinstance(value, int)
        return format_points(value)
    return value if position in {"text", "flag"} else format(value, "f")


def read(position: str, typed: str) -> object:
    value = child(read_tree("model.yml", f"key: {typed}\n".encode()).data, "key")
    try:
        return shown(position, READERS[position].validate_python(value))
    except ValidationError as error:
        return "!" + error.errors()[0]["msg"]


@pytest.mark.parametrize("place", range(4), ids=list(READERS))
@pytest.mark.parametrize("typed", SCALARS)
def test_a_scalar_is_what_its_position_says(typed: str, place: int) -> None:
    expected, found = SCALARS[typed][place], read(list(READERS)[place], typed)
    if isinstance(expected, str) and expected.startswith("!"):
        assert isinstance(found, str)
        assert found.startswith("!")
        assert expected[1:] in found
    else:
        assert found == expected
        assert type(found) is type(expected)


@pytest.mark.parametrize("typed", REFUSED)
def test_a_scalar_with_two_readings_or_none_is_refused_in_every_position(typed: str) -> None:
    tree = read_tree("model.yml", f"key: {typed}\n".encode())
    assert [REFUSED[typed] in str(problem) for problem in tree.refusals()] == [True]
    assert str(tree.refusals()[0]).startswith("model.yml:1:")


def test_norway_is_a_country_and_a_leading_zero_says_both_ways_out() -> None:
    assert child(child(read_tree("m", b"key: [NO, SE]").data, "key"), 0) == "NO"
    (problem,) = read_tree("m", b"key: 010").refusals()
    assert problem.hint == 'write 10, or "010" in quotes for the text'


def refusal(content: bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_content("model.yml", content)
    assert caught.value.exit_code == 3
    said = [str(problem) for problem in caught.value.problems]
    return [text for text in said if "is missing; add it" not in text and "is not a known key" not in text]


@pytest.mark.parametrize(
    ("content", "place", "says"),
    [
        (b"", "1:1", "is empty; write at least"),
        (b"\xef\xbb\xbf", "1:1", "is empty; write at least"),
        (b"# nothing\n", "1:1", "is empty; write at least"),
        (b"a: 1\nb: 2\na: 3\n", "3:1", "a: stands twice, first in line 1"),
        (b"a:\n  b: 1\n  b: 2\n", "3:3", "a.b: stands twice, first in line 2"),
        (b"a: 1\n---\nb: 2\n", "2:1", "a second document"),
        (b"a:\n\tb: 1\n", "2:1", "indent with spaces, not tabs"),
        (b"a: 1\nb: caf\xe9\n", "2", "is not UTF-8"),
        (b"a: 1\nb: \0\n", "2:4", "(U+0000)"),
        (b"a: [1, 2\n", "1:4", "a bracket [ is not closed"),
        (b"a: {b: 2\n", "1:4", "a brace { is not closed"),
        (b'a: "b\n', "1:4", "a quote is not closed"),
        (b"a: b: c\n", "1:5", "a second colon"),
        (b"%YAML 3.0\n---\na: 1\n", "1:1", "this YAML version"),
        (b"<<: {a: 1}\n", "1:1", "merge keys"),
        (b"a: 1\n{b: 2}: 3\n", "2:1", "a key must be one text"),
        (b"a: &x\n  b: 1\n", "1:4", "anchors (&)"),
        (b"&x a: 1\n", "1:1", "anchors (&)"),
    ],
)
def test_what_yaml_may_not_have_is_refused_with_its_place(content: bytes, place: str, says: str) -> None:
    (problem,) = refusal(content)
    assert problem.startswith(f"model.yml:{place}")
    assert says in problem


@pytest.mark.parametrize("opening", ["[", "{", "- ", "{a: ", "? ", "[{", "a:\n"])
def test_deep_nesting_is_refused_and_does_not_exhaust_the_stack(opening: str) -> None:
    refusal((opening * 5000).encode())


def test_an_alias_bomb_and_a_huge_file_are_refused() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    assert len(refusal(bomb.encode())) > 7
    assert refusal(b"a: 1\n" * 300_000) == [
        "model.yml: is larger than 1,048,576 bytes, which no scoring model needs; "
        "name a config, not an export"
    ]
    many = "\n".join(f"{number:x}: 1" for number in range(20_001))
    assert len(many) < parse.SIZE_LIMIT
    assert "more than 20,000 values" in refusal(many.encode())[0]


def test_a_config_is_read_the_same_without_the_fast_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    text = b"# c\na: [NO, 12:30, 'x', \"\\u00e9\"]\nb:\n  - {c: 1e3, d: |\n  }\n"
    good = b"# c\na: [NO, 12:30, 'x', \"\\u00e9\"]\nb:\n  - {c: 1e3}\n"
    fast = read_tree("m", good)
    monkeypatch.setattr(parse, "_LOADER", yaml.SafeLoader)
    assert read_tree("m", good) == fast
    assert refusal(text)


def test_a_config_that_is_a_list_or_a_text_is_refused() -> None:
    for source in ("- a\n", "text\n"):
        with pytest.raises(ConfigError, match="must be a mapping"):
            load_content("model.yml", source.encode())


def test_paths_that_hold_no_config_are_refused(tmp_path: object) -> None:
    for path, says in ((f"{tmp_path}/none.yml", "is not there"), (f"{tmp_path}", "is a folder")):
        with pytest.raises(ConfigError, match=says):
            load_model(path)
