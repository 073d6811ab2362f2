"""test_hostile_configs: configs made to cost time or memory, to run something, or misspelt in any one key."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from leadscore.errors import ConfigError
from leadscore.model.load import load_content
from leadscore.model.parse import SIZE_LIMIT, VALUE_LIMIT, read_tree
from leadscore.model.schema import TIER_LIMIT
from leadscore.model.segments import SEGMENT_LIMIT
from tests.conftest import ROOT
from tests.running import Place, match, model_of, run_alone

HEAD = "name: x\nid: y\ntiers: [{name: T}]\n"
GROUPS = "groups: {a: {rules: [{name: r, kind: match, when: {x: 1}, points: 1}]}}\n"
RULE = "{name: r, kind: match, when: {WHEN}, points: 1}"
MOST = VALUE_LIMIT - 100


def rules(rule: str, number: int) -> str:
    return f"{HEAD}groups:\n  a:\n    rules:\n" + "".join(
        f"    - {rule}\n".replace("NUMBER", str(each)) for each in range(number)
    )


def times(part: str, number: int) -> str:
    """The part so many times, with another number each time."""
    return "".join(part.replace("NUMBER", str(each)) for each in range(number))


HOSTILE = {
    # what no config may have, very often
    "brackets": "[" * 5000,
    "a million brackets": "[" * 1_000_000,
    "braces": "{a: " * 200_000,
    "dashes": "- " * 500_000,
    "steps": "".join(" " * depth + "a:\n" for depth in range(1400)),
    "aliases": "[" + "*a," * 340_000,
    "anchors": "a: [" + "&a a," * 170_000,
    "tags": "a: [" + "!a a," * 170_000,
    "python": "a: [" + "!!python/object/apply:os.system [id]," * 20_000,
    "binary": "a: [" + "!!binary aGk=," * 60_000,
    "a set": "a: !!set {" + "x," * 90_000 + "}",
    "laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n" + times("bNUMBER: &bNUMBER [*a,*a,*a,*a,*a,*a,*a,*a]\n", 9),
    "merges": "a: &a {x: 1}\n" + "<<: *a\n" * 140_000,
    "nothing": "a: [" + "~," * 500_000,
    "keys of nothing": "{" + "~," * 500_000,
    "one key": "a: 1\n" * 200_000,
    "keys that are lists": "? [a]\n: b\n" * 100_000,
    "zeros": "a: [" + "01," * 340_000,
    "documents": "---\na\n" * 150_000,
    "directives": "%TAG ! a\n" * 100_000,
    "too many values": "a: [" + "1," * 200_000,
    "too many rules": rules("{name: rNUMBER, kind: match, when: {x: 1}, points: 1}", 5001),
    "too large": "#" * (SIZE_LIMIT + 1),
    "lines": "\n" * 1_000_000 + "a: [",
    # as much as a config may have, and all of it wrong
    "keys": times("aNUMBER: 1\n", MOST),
    "groups": f"{HEAD}groups:\n" + times(" aNUMBER: 1\n", MOST),
    "rules of nothing": rules("{}", MOST),
    "rules without a kind": rules("{kidn: x}", MOST // 2),
    "misspelt rules": rules("{nme: rNUMBER, kind: match, when: {x: 1}, points: a}", MOST // 6),
    "rules of one name": rules("{name: r, kind: match, when: {x: 1}, points: 1}", MOST // 6),
    "points": rules("{name: r, kind: lookup, field: f, values: {" + times("kNUMBER: x,", MOST) + "}}", 1),
    "numbers": rules(RULE.replace("WHEN", "f: {above: 1, in: [" + "x," * MOST + "]}"), 1),
    "criteria": rules(RULE.replace("WHEN", "all: [" + "{x: {y: 1}}," * (MOST // 3) + "]"), 1),
    "tiers": "name: x\nid: y\n" + GROUPS + "tiers: [" + "{name: T}," * (MOST // 2) + "]",
    "fields": HEAD + GROUPS + "fields: {" + times("fNUMBER: {type: numb},", MOST // 2) + "}",
    "keys of a rank": HEAD + GROUPS + "best_of: {name: p, groups: [" + times("gNUMBER,", MOST - 9) + "]}",
    "segments": HEAD + GROUPS + "segments: [" + "{name: s}," * (MOST // 2) + "]",
    "segments of much": rules("{name: rNUMBER, kind: match, when: {x: 1}, points: 1}", MOST // 8)
    + "segments: [" + times("{name: sNUMBER, when: {x: 1}},", 98) + "{name: z}]",
    "bounds": f"{HEAD}groups: {{"
    + times("gNUMBER: {rules: [{name: r, kind: count, field: x, once: 1, each: 1}]},", MOST // 8) + "}",
    "a long name": HEAD + GROUPS + "grade: {rows: {group: " + "q" * 900_000 + ", cuts: {A: 1}}}",
    "a long key": HEAD + GROUPS + "? " + "q" * 900_000 + "\n: 1",
    "a long number": f"{HEAD}groups: {{a: {{cap: {'9' * 1_000_000}, rules: []}}}}",
}  # fmt: skip

# Each config in a process of its own that begins with the program loaded: its peak is what the config costs.
_CHILD = """
import os, sys
from leadscore.errors import ConfigError
from leadscore.model.load import load_content
import leadscore.model.lint, leadscore.model.schema

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

for name in sys.argv[1:]:
    with open(name, "rb") as file:
        content = file.read((1 << 20) + 1)
    if os.fork():
        os.wait()
        continue
    with open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")
    before, problems = peak(), []
    try:
        load_content("model.yml", content)
    except ConfigError as error:
        problems = error.problems
    memory = (peak() - before) // 1024
    lines = sum(bool(problem.line) for problem in problems)
    print(os.path.basename(name), len(problems), lines, memory, sep="|", flush=True)
    os._exit(0)
"""
MOST_MEMORY = 64
"""MiB. Each takes less than 50 where it was measured; other machines and libraries differ a little."""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the system does not tell peak memory")
def test_a_hostile_config_is_refused_and_costs_little_memory(tmp_path: Path) -> None:
    files = [tmp_path / name for name in HOSTILE]
    for file in files:
        file.write_text(HOSTILE[file.name], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, *map(str, files)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    told = [line.split("|") for line in done.stdout.splitlines()]
    found = {name: (int(problems), int(lines), int(memory)) for name, problems, lines, memory in told}
    assert found.keys() == HOSTILE.keys()
    assert {name: each for name, each in found.items() if not 0 < each[0] <= 110} == {}
    assert [name for name, each in found.items() if not each[1]] == ["too large"]
    assert {name: each for name, each in found.items() if each[2] > MOST_MEMORY} == {}


@pytest.mark.parametrize(
    ("limit", "key", "part"), [(TIER_LIMIT, "tiers", "tiers"), (SEGMENT_LIMIT, "segments", "segments")]
)
def test_a_limit_is_reached_and_not_passed(limit: int, key: str, part: str) -> None:
    for number in (limit, limit + 1):
        tiers = "".join(f"{{name: t{n}, min_score: {(number - n) / 100}}}, " for n in range(1, number))
        segments = "".join(f"{{name: s{n}, when: {{x: {n}}}}}, " for n in range(1, number))
        text = f"name: x\nid: y\n{GROUPS.replace('points: 1', 'points: 100')}"
        text += f"tiers: [{tiers if key == 'tiers' else ''}{{name: last}}]\n"
        text += f"segments: [{segments}{{name: last}}]\n" if key == "segments" else ""
        if number == limit:
            assert load_content("model.yml", text.encode())
            continue
        with pytest.raises(ConfigError, match=f"{part}: has more than {limit} items; write fewer"):
            load_content("model.yml", text.encode())


def test_configs_that_name_each_other_are_no_larger_than_one(tmp_path: Path) -> None:
    """Each is within the limits, all of them together are not."""
    half = VALUE_LIMIT // 2
    for name, above in (("a", ""), ("b", "extends: a.yml\n")):
        fields = f"fields: {{{times(f'{name}NUMBER: {{from: x}},', half // 2)}}}\n"
        (tmp_path / f"{name}.yml").write_text(above + (HEAD + GROUPS if not above else "") + fields)
    with pytest.raises(
        ConfigError, match=f"holds more than {VALUE_LIMIT:,} values, with those of the configs"
    ):
        load_content(str(tmp_path / "b.yml"), (tmp_path / "b.yml").read_bytes())


# One key misspelt


FREE = {
    "fields",
    "groups",
    "values",
    "bands",
    "cuts",
    "when",
    "all",
    "any",
    "matrix",
    "weights",
    "ranges",
    "steps",
}
"""Under these stand names of the author's own."""
SAMPLES = ["b2b_saas.yml", "combined.yml", "time_based.yml", "ideal_customer.yml", "expected_value.yml"]


def keys_of(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, item in parts:
        if isinstance(part, str):
            yield (*path, part)
        yield from keys_of(item, (*path, part))


def is_fixed(path: tuple[str | int, ...]) -> bool:
    above = next((part for part in reversed(path[:-1]) if isinstance(part, str)), "")
    in_criteria = above == "criteria" and "when" in path
    return above not in FREE and not in_criteria


def misspelt(key: str) -> Iterator[str]:
    """A letter less, a letter twice, two letters that changed places, a capital."""
    yield from {key[:-1], key[0] + key, key[:-2] + key[:-3:-1], key.capitalize()} - {key, ""}


def typos() -> Iterator[tuple[str, int, str, str]]:
    """File, line, what is written there, and the config with it."""
    for name in SAMPLES:
        text = (ROOT / "configs" / name).read_text(encoding="utf-8")
        tree = read_tree(name, text.encode())
        for path in filter(is_fixed, keys_of(tree.data)):
            line, column = tree.places[path]
            lines, key = text.splitlines(keepends=True), str(path[-1])
            before, after = lines[line - 1][: column - 1], lines[line - 1][column - 1 + len(key) :]
            for typo in misspelt(key):
                spoilt = [*lines[: line - 1], before + typo + after, *lines[line:]]
                yield name, line, ".".join(map(str, (*path[:-1], typo))), "".join(spoilt)


TYPOS = list(typos())


def test_the_typos_are_many() -> None:
    assert len(TYPOS) >= 1000


@pytest.mark.parametrize(
    "name", [SAMPLES[0], *(pytest.param(name, marks=pytest.mark.slow) for name in SAMPLES[1:])]
)
def test_every_single_typo_in_a_key_of_a_sample_is_refused_with_its_line(name: str) -> None:
    passed = []
    for file, line, key, text in TYPOS:
        if file != name:
            continue
        try:
            load_content(name, text.encode())
        except ConfigError as error:
            said = [problem for problem in error.problems if problem.line == line]
            if said and error.exit_code == 3:
                continue
        passed.append((line, key))
    assert passed == []


# Text that would like to be run


CODE = (
    "__import__('os').system('touch PWNED')",
    "@pd.io.common.os.system('touch PWNED')",
    *("${touch PWNED}", "$(touch PWNED)", "`touch PWNED`", "{{ 7*7 }}", "{0.__class__.__mro__}", "%(name)s"),
    *("<% touch %>", 'eval("1+1")', "exec(open('PWNED','w'))", "lambda: 0", "visits > 50", "__builtins__"),
    *('visits >= 50 and country == "US"', 'df.query("visits > 1")', "1; import os", "; DROP TABLE leads"),
    *(
        "print(open('/etc/passwd').read())",
        "../../PWNED",
        "!!python/name:os.system",
        "f\"{open('PWNED','w')}\"",
    ),
)


@pytest.mark.parametrize("code", CODE)
def test_code_in_place_of_criteria_is_refused_with_its_line(code: str) -> None:
    quoted = "'" + code.replace("'", "''") + "'"
    text = model_of("kind: match, when: WHEN, points: 1")
    with pytest.raises(ConfigError) as caught:
        load_content("model.yml", text.replace("WHEN", quoted).encode())
    line = text.splitlines().index("      - {name: rule 1, kind: match, when: WHEN, points: 1}") + 1
    assert [problem.line for problem in caught.value.problems] == [line]


@pytest.mark.parametrize("code", CODE)
def test_code_in_any_other_place_is_a_text(code: str, tmp_path: Path) -> None:
    quoted = "'" + code.replace("'", "''") + "'"
    config = model_of(match(f"note: {quoted}", 10), match(f"note: {{contains: {quoted}}}", 20))
    place = Place(tmp_path)
    note = '"' + code.replace('"', '""') + '"'
    ended = place.score(f"lead_id,note\n1,{note}\n2,other\n", config)
    assert ended.code == 0, ended.stderr
    assert place.scores() == {"1": "30", "2": "0"}
    assert not [path for folder in (tmp_path, ROOT) for path in folder.glob("PWNED*")]


# Patterns that take other engines for ever


PATTERNS = r"""(a+)+$ (a*)*b (a|a)*$ (a|aa)+$ (a?)*b ([a-z]+)*! (.*)*x (.+)+y (\w+)*- ((a+)+)+$ (a*a*)*b
(a|b|ab)*c ^(a+)+$ (aa+)+$ (a+a+)+x (x+x+)+y ([aA]+)*z (.*a){12}b (a+){10}b a*a*a*a*a*a*b
(a|a?)+b (\d|\w)*! (a{0,9}){9}b (.a)*$b (a.)*x? \S*\S*\S*!
(^a*)*b ((a|b)*c|d)*e (a+b?)*c (.|a)*b$ .*.*.*.*=.*""".split()


def test_a_bad_pattern_is_matched_in_a_time_that_grows_with_the_cell(tmp_path: Path) -> None:
    """A cell of 1 MiB; an engine that goes back would not end before the test is stopped."""
    assert len(PATTERNS) >= 30
    place = Place(tmp_path)
    config = place.write(
        "model.yml", model_of(*(match(f"note: {{matches: '{pattern}'}}", 1) for pattern in PATTERNS))
    )
    leads = place.write("leads.csv", f"lead_id,note\n1,{'a' * (1 << 20)}!\n2,b\n")
    ended = run_alone("score", leads, "-c", config, "-o", place.out, timeout=120)
    assert ended.code == 0, ended.stderr
    assert place.summary()["leads"]["ranked"] == 2


def test_a_config_that_is_edited_meanwhile_counts_as_it_was(tmp_path: Path) -> None:
    place, read = Place(tmp_path), os.pread
    config = model_of(match("note: {known: true}", 10))
    edited = config.replace("points: 10", "points: 99")

    def edit(descriptor: int, size: int, offset: int) -> bytes:
        place.write("model.yml", edited)
        return read(descriptor, size, offset)

    with mock.patch("os.pread", edit):
        assert place.score("lead_id,note\n1,a\n", config).code == 0
    assert place.scores() == {"1": "10"}
    assert place.manifest()["config"]["sha256"] == hashlib.sha256(config.encode()).hexdigest()
    assert (tmp_path / "model.yml").read_text() == edited
