"""test_json_schema: what editors are told of a config is what the loader takes; every key is explained."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from leadscore import scalars
from leadscore.errors import ConfigError
from leadscore.model.json_schema.documentation import document
from leadscore.model.json_schema.forms import SCALARS
from leadscore.model.json_schema.keys import KEYS
from leadscore.model.json_schema.reference import make_reference
from leadscore.model.json_schema.values import as_json
from leadscore.model.json_schema.whole import dump_schema, make_schema
from leadscore.model.load import load_content, load_model
from leadscore.model.parse import read_tree
from leadscore.model.tree import Node
from leadscore.part import Part
from leadscore.scalars import Plain, plain
from tests.conftest import ROOT
from tests.model.test_bad_configs import CASES, GOOD
from tests.strategies import Config, configs
from tests.strategies_events import event_cases
from tests.strategies_segments import segment_cases

CONFIGS = [
    *sorted((ROOT / "configs").glob("*.yml")),
    *(ROOT / "tests" / "benchmarks").glob("*.yml"),
    ROOT / "tests" / "crm" / "leads.yml",
    ROOT / "tests" / "model" / "example.yml",
]
B2B = (ROOT / "configs" / "b2b_saas.yml").read_text(encoding="utf-8")
GROUPS = "{g: {rules: [{name: r, kind: count, field: f, each: 1}]}}"
HEAD = f"name: n\nid: i\ngroups: {GROUPS}\ntiers: [{{name: All}}]\n"


@cache
def schema() -> dict[str, Any]:
    return make_schema()


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def faults(value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator().iter_errors(value)]


def seen(text: str) -> Any:
    """A config as an editor sees it."""
    return as_json(read_tree("config.yml", text.encode()).data)


def refuses(text: str) -> bool:
    try:
        return not validator().is_valid(seen(text))
    except ConfigError:
        return True  # no YAML an editor could read either, or with a key that stands twice


def written(value: Any) -> Node:
    """A config in Python's values as it would be typed."""
    if isinstance(value, dict):
        return {str(plain(key)): written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [written(item) for item in value]
    return plain(value)  # type: ignore[return-value]


def test_the_schema_that_ships_is_that_of_the_program() -> None:
    shipped = (ROOT / "leadscore" / "config.schema.json").read_text(encoding="utf-8")
    to_do = "if this is meant: leadscore schema > leadscore/config.schema.json"
    assert shipped.splitlines() == dump_schema().splitlines(), to_do


def test_the_reference_that_ships_is_that_of_the_program() -> None:
    shipped = (ROOT / "configs" / "REFERENCE.md").read_text(encoding="utf-8")
    to_do = "if this is meant: leadscore schema --markdown > configs/REFERENCE.md"
    assert shipped.splitlines() == make_reference().splitlines(), to_do


def test_the_reference_is_a_page_and_has_every_key() -> None:
    lines = make_reference().splitlines()
    assert len(lines) < 300
    told = {word for line in lines for word in line.split("|")[1:2]}
    keys = {cell.strip(" *`").split(".")[-1] for cell in told}
    own = {key for name, _, key, _ in every_key() if not name.endswith(".over") and key != "remove"}
    assert own - keys == {"lowest"}
    assert any("`{lowest: ...}`" in line for line in lines)


def test_the_schema_is_one_by_its_own_draft() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_needs_nothing_from_elsewhere() -> None:
    refs = {each["$ref"] for each in walk(schema()) if "$ref" in each}
    assert {ref.removeprefix("#/$defs/") for ref in refs} <= schema()["$defs"].keys()
    assert {f"#/$defs/{name}" for name in schema()["$defs"]} - refs == set()


def walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(each)


def every_key() -> Iterator[tuple[str, dict[str, Any], str, dict[str, Any]]]:
    """The name of a part, the part, a key and its schema."""
    for name, part in schema()["$defs"].items():
        for each in (part, *part.get("anyOf", ())):
            for key, value in each.get("properties", {}).items():
                yield name, each, key, value


def test_every_key_has_a_sentence_of_its_own() -> None:
    without = [
        (name, key)
        for name, part, key, value in every_key()
        if part.get("additionalProperties") is False and not value.get("description", "").endswith(".")
    ]
    assert [each for each in without if each[0] != "AnyRule.over"] == []


def test_no_key_is_explained_in_two_places() -> None:
    parts = {each.__name__: each for each in subclasses(Part)}
    for name in parts.keys() & KEYS.keys():
        assert document(parts[name]).keys.keys() & KEYS[name].keys() == set(), name
        assert KEYS[name].keys() - parts[name].model_fields.keys() <= {"kind"}, name
    assert KEYS.keys() - parts.keys() == {"_Operators", "_Forms", "_Combinations"}


def subclasses(part: type[Part]) -> Iterator[type[Part]]:
    for each in part.__subclasses__():
        yield each
        yield from subclasses(each)


def test_nothing_of_the_code_shows() -> None:
    said = [each["description"] for each in walk(schema()) if isinstance(each.get("description"), str)]
    assert [text for text in said if "`" in text or "models.md" in text or "Example:" in text] == []
    assert [each for each in walk(schema()) if isinstance(each.get("title"), str)] == []


def test_every_kind_of_rule_has_an_example_that_it_takes() -> None:
    for kind in ("Match", "Table", "Lookup", "Bands", "Count", "Profile"):
        (example,) = schema()["$defs"][kind]["examples"]
        config = {**seen(HEAD), "groups": {"g": {"rules": [example]}}}
        assert faults(config) == []


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_a_config_that_ships_fits_the_schema(config: Path) -> None:
    assert faults(seen(config.read_text(encoding="utf-8"))) == []


@settings(max_examples=40)
@given(configs())
def test_whatever_is_loaded_fits_the_schema(config: Config) -> None:
    assert faults(as_json(written(config))) == []


@settings(max_examples=20)
@given(event_cases)
def test_a_config_that_counts_events_fits_the_schema(case: tuple[Config, Any, Any]) -> None:
    assert faults(as_json(written(case[0]))) == []


@settings(max_examples=20)
@given(segment_cases())
def test_a_config_with_segments_fits_the_schema(case: tuple[Any, Any]) -> None:
    assert faults(as_json(written(case[0].config))) == []


OVERS = [
    "name: mine",
    "tiers: [{name: SQL, min_score: 45}]",
    "groups: {fit: {cap: {remove: true}, rules: [{name: industry, remove: true}]}}",
    "groups: {fit: {rules: [{name: seniority, missing: 3}]}}",
    "groups: {fit: {rules: [{name: new, kind: match, when: {country: US}, points: 2}]}}",
    "groups: {fit: {rules: [{name: industry, values: {Software: 3, Finance: {remove: true}}}]}}",
    "groups: {engagement: {decay: {remove: true}}}",
    "fields: {budget: {remove: true}, country: {from: Land}}",
    "disqualify: [{name: opted out, remove: true}, {name: rival, when: {country: NO}}]",
    "groups: {engagement: {decay: {window_days: 3, since: last_seen}}}",
]


@pytest.mark.parametrize("own", OVERS)
def test_a_config_over_another_needs_only_what_differs(own: str, tmp_path: Path) -> None:
    (tmp_path / "b2b_saas.yml").write_text(B2B, encoding="utf-8")
    (tmp_path / "mine.yml").write_text(f"extends: b2b_saas.yml\n{own}\n", encoding="utf-8")
    load_model(tmp_path / "mine.yml")
    assert faults(seen(f"extends: b2b_saas.yml\n{own}\n")) == []


@pytest.mark.parametrize(
    "own",
    [
        "gruops: {}",
        "tiers: [{min_score: 35}]",
        "groups: {fit: {capp: 3}}",
        "groups: {fit: {rules: [{name: seniority, mising: 3}]}}",
        "groups: {fit: {rules: [{name: seniority, kind: table, values: {a: 1}}]}}",
        "groups: {fit: {cap: {removed: true}}}",
        "groups: {engagement: {decay: {since: last_seen}}}",
    ],
)
def test_a_typo_in_a_config_over_another_is_refused(own: str) -> None:
    assert refuses(f"extends: b2b_saas.yml\n{own}\n")


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every key."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        if isinstance(value, dict):
            yield (*path, key)
        yield from places(part, (*path, key))


def typos(key: str) -> set[str]:
    """The key with a letter twice, with one less, and with two that changed places."""
    doubled = {key[:at] + key[at] + key[at:] for at in range(len(key))}
    less = {key[:at] + key[at + 1 :] for at in range(len(key))}
    swapped = {key[:at] + key[at + 1] + key[at] + key[at + 2 :] for at in range(len(key) - 1)}
    return (doubled | less | swapped) - {key, ""}


def with_key(config: Any, path: tuple[str | int, ...], key: str) -> Any:
    changed = copy.deepcopy(config)
    place = changed
    for part in path[:-1]:
        place = place[part]
    entries = [(key if name == path[-1] else name, value) for name, value in place.items()]
    place.clear()
    place.update(entries)
    return changed


def test_every_typo_in_a_key_is_refused_wherever_the_loader_refuses_it() -> None:
    config, tried, missed = read_tree("b2b_saas.yml", B2B.encode()).data, 0, []
    for path in places(config):
        for key in sorted(typos(str(path[-1])))[:3]:
            changed = with_key(config, path, key)
            try:
                load_model(changed)
                continue
            except ConfigError as error:
                said = [problem.what for problem in error.problems]
            if "is not a known key" in said or "has no kind" in said or "is missing" in said:
                tried += 1
                missed += [(*path, key)] if validator().is_valid(as_json(changed)) else []
    assert missed == []
    assert tried > 250


# What a schema can know of a config: its keys, kinds and words, and what values look like.
KNOWN = (
    *(
        "is missing",
        "has no kind",
        "is not a kind",
        "must be one value",
        "must be a list",
        "must be a mapping",
    ),
    *("is not a number of points", "is not a whole number", "must be true or false", "is not a share"),
    *(
        "write text, number",
        "write sum",
        "write csv",
        "either field or event",
        "is empty",
        "one of each, once",
    ),
)
# Other texts of the same number, and names of groups: these only the loader knows.
NOT_KNOWN = ("cap: 1e3", "cap: 0x10", "group: fitt", "group: engagment")


def test_a_bad_config_is_refused_where_a_schema_can_know() -> None:
    for old, new, _, said, *_ in CASES:
        can = said.startswith((*KNOWN, "did you mean")) and not new.strip().startswith(NOT_KNOWN)
        assert refuses(GOOD.replace(old, new, 1)) or not can, new


def test_a_bad_config_is_refused_by_the_schema_more_often_than_not() -> None:
    refused = sum(refuses(GOOD.replace(old, new, 1)) for old, new, *_ in CASES)
    assert refused > len(CASES) / 2


TYPES: dict[str, Any] = {
    "value": scalars.Value,
    "text": scalars.Text,
    "word": scalars.Word,
    "name": scalars.Name,
    "flag": scalars.Flag,
    "number": scalars.Number,
    "points": scalars.Points,
    "days": scalars.Days,
    "count": scalars.Count,
    "file mode": scalars.FileMode,
    "share": scalars.Share,
    "count or share": scalars.CountOrShare,
}
TEXTS = st.one_of(
    st.text(st.sampled_from("0123456789.-+eE% "), min_size=1, max_size=9),
    st.sampled_from(["true", "FALSE", "yes", "NO", "0600", "640", "1e3", "100%", "1.0", "1000000", "0.5%"]),
    st.integers(-2_000_000, 2_000_000).map(lambda number: str(number / 100)),
    st.text(max_size=5),
)


def test_every_scalar_has_a_form() -> None:
    assert TYPES.keys() | {"number or day"} == SCALARS.keys()


@pytest.mark.parametrize("name", sorted(TYPES))
@given(text=TEXTS, quoted=st.booleans())
def test_a_scalar_that_is_read_fits_its_form(name: str, text: str, quoted: bool) -> None:
    typed: Any = text if quoted else Plain(text)
    if not quoted and text.casefold() in ("", "~", "null"):
        return  # no value: refused before it is read
    try:
        TypeAdapter(TYPES[name]).validate_python(typed)
    except ValidationError:
        return
    assert Draft202012Validator(SCALARS[name]).is_valid(as_json(typed))


def test_a_scalar_is_what_yaml_takes_it_for() -> None:
    given = 'name: [NO, "5", 5, -2.5, true, "true", 1e3, 0x1F, .5, 2026-06-30, 12:30, 1_000, +5, TRUE, tRUE]'
    shown = [
        "NO",
        "5",
        5,
        -2.5,
        True,
        "true",
        1000.0,
        31,
        0.5,
        "2026-06-30",
        "12:30",
        "1_000",
        5,
        True,
        "tRUE",
    ]
    assert json.dumps(seen(given)["name"]) == json.dumps(shown)


def test_a_path_that_a_segment_names_fits_and_so_does_what_stands_there() -> None:
    for config in ("other.yml", f"{{groups: {GROUPS}, tiers: [{{name: All}}]}}"):
        own = f"segments: [{{name: a, when: {{x: 1}}, config: {config}}}, {{name: b}}]\n"
        assert faults(seen(HEAD + own)) == []
    assert refuses(HEAD + "segments: [{name: a, when: {x: 1}, config: {tiers: [{name: All}]}}, {name: b}]\n")
    assert refuses(HEAD + "segments: [{name: a, override: {score: {capp: 3}}}]\n")


def test_the_config_the_readme_shows_fits_the_schema() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    text = readme.split("## The config\n")[1].split("```yaml\n")[1].split("```")[0]
    load_content("README.md", text.encode())
    assert faults(seen(text)) == []
