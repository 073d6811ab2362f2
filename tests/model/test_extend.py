"""test_extend: a config over another one: what overrides what, and every fault with the file it stands in."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from random import Random
from textwrap import dedent

import pytest
from hypothesis import given, strategies as st

from leadscore.errors import ConfigError
from leadscore.model.build import build_model
from leadscore.model.dump import dump
from leadscore.model.extend import extend
from leadscore.model.load import BASE_LIMIT, config_bytes, load_content, load_model, load_tree
from leadscore.model.parse import read_tree
from leadscore.model.tree import Node, Path as Keys, child
from leadscore.scalars import Plain
from tests.conftest import ROOT
from tests.running import run

BASE = """\
name: base
id: lead_id
fields:
  employees: {from: [Employees], type: number}
  seen: {type: date}
disqualify:
  - {name: rival, when: {domain: rival.example}}
groups:
  fit:
    cap: 50
    decay: {half_life_days: 30, since: seen}
    rules:
      - name: industry
        kind: lookup
        field: industry
        values: {Software: 10, Finance: 8}
      - {name: served, kind: match, when: {country: [US, GB]}, points: 5}
      - {name: size, kind: bands, field: employees, bands: {10: 2, 50: 6}}
  doubts:
    rules:
      - {name: free mail, kind: match, when: {mail: free}, points: -5}
tiers:
  - {name: SQL, min_score: 10}
  - {name: MQL, min_score: 5}
  - {name: Cold}
rank_by: [score, employees]
"""


class Folder:
    """Configs in one folder; the last one written is the one loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("base.yml", BASE)

    def write(self, name: str, text: str) -> Path:
        place = self.path / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(dedent(text), encoding="utf-8")
        return place

    def resolve(self, text: str, *overrides: str) -> Node:
        own = self.write("own.yml", f"extends: base.yml\n{dedent(text)}")
        return load_tree(str(own), config_bytes(own), overrides).data

    def refusals(self, text: str, name: str = "own.yml") -> list[str]:
        own = self.write(name, text)
        with pytest.raises(ConfigError) as caught:
            load_model(own)
        return [str(problem).replace(f"{self.path}/", "") for problem in caught.value.problems]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def at(value: Node, *path: str | int) -> Node:
    for part in path:
        value = child(value, part)
    return value


def names(value: Node) -> list[Node]:
    assert isinstance(value, list)
    return [child(item, "name") for item in value]


# What overrides what


def test_a_config_that_only_extends_is_its_base(folder: Folder) -> None:
    own = folder.write("own.yml", "extends: base.yml\n")
    assert load_model(own).digest == load_model(folder.path / "base.yml").digest


def test_mappings_merge_key_by_key_and_the_own_value_wins(folder: Folder) -> None:
    found = folder.resolve("""
        name: own
        groups: {fit: {cap: 40}}
        fields: {employees: {null: [N/A]}}
        output: {reasons: 5}
    """)
    assert (at(found, "name"), at(found, "id")) == ("own", "lead_id")
    assert (at(found, "groups", "fit", "cap"), len(names(at(found, "groups", "fit", "rules")))) == ("40", 3)
    assert at(found, "fields", "employees") == {"from": ["Employees"], "type": "number", "null": ["N/A"]}
    assert at(found, "output", "reasons") == "5"


def test_rules_merge_by_name_and_new_ones_stand_at_the_end(folder: Folder) -> None:
    found = folder.resolve("""
        groups:
          fit:
            rules:
              - {name: referred, kind: match, when: {source: Referral}, points: 7}
              - {name: industry, values: {Finance: 9, Retail: 1}}
    """)
    rules = at(found, "groups", "fit", "rules")
    assert names(rules) == ["industry", "served", "size", "referred"]
    assert at(rules, 0, "values") == {"Software": "10", "Finance": "9", "Retail": "1"}
    assert at(rules, 0, "kind") == "lookup"


def test_a_list_that_names_all_of_the_base_sets_the_order(folder: Folder) -> None:
    found = folder.resolve("""
        tiers:
          - {name: Hot, min_score: 20}
          - {name: SQL}
          - {name: MQL, min_score: 4}
          - {name: Cold}
    """)
    assert names(at(found, "tiers")) == ["Hot", "SQL", "MQL", "Cold"]
    assert [at(found, "tiers", place, "min_score") for place in range(4)] == ["20", "10", "4", None]


def test_lists_without_names_are_replaced_whole(folder: Folder) -> None:
    found = folder.resolve("rank_by: [score]\nfields: {employees: {from: [Size]}}\ndisqualify: []\n")
    assert at(found, "rank_by") == ["score"]
    assert at(found, "fields", "employees", "from") == ["Size"]
    assert at(found, "disqualify") == []


def test_criteria_and_decays_are_replaced_whole(folder: Folder) -> None:
    found = folder.resolve("""
        groups:
          fit:
            decay: {window_days: 14, since: seen}
            rules: [{name: served, when: {region: EU}}]
    """)
    assert at(found, "groups", "fit", "decay") == {"window_days": "14", "since": "seen"}
    assert at(found, "groups", "fit", "rules", 1) == {
        "name": "served", "kind": "match", "when": {"region": "EU"}, "points": "5"
    }  # fmt: skip


def test_a_field_or_group_may_be_called_when_or_decay_and_merges(folder: Folder) -> None:
    text = BASE.replace("seen:", "when:").replace("since: seen", "since: when").replace("doubts", "decay")
    folder.write("base.yml", text)
    found = folder.resolve("fields: {when: {null: [N/A]}}\ngroups: {decay: {cap: 3}}\n")
    assert at(found, "fields", "when") == {"type": "date", "null": ["N/A"]}
    assert names(at(found, "groups", "decay", "rules")) == ["free mail"]


def test_a_rule_of_another_kind_takes_the_place_of_the_base_s(folder: Folder) -> None:
    rule = "{name: served, kind: count, field: visits, each: 1}"
    found = folder.resolve(f"groups: {{fit: {{rules: [{rule}]}}}}\n")
    assert at(found, "groups", "fit", "rules", 1) == {
        "name": "served", "kind": "count", "field": "visits", "each": "1"
    }  # fmt: skip


def test_remove_takes_away_what_the_base_has(folder: Folder) -> None:
    found = folder.resolve("""
        disqualify: {remove: true}
        groups:
          doubts: {remove: true}
          fit:
            cap: {remove: true}
            decay: {remove: true}
            rules:
              - {name: served, remove: true}
              - {name: industry, values: {Finance: {remove: true}}}
    """)
    assert at(found, "disqualify") is None
    assert at(found, "groups") == {"fit": {"rules": at(found, "groups", "fit", "rules")}}
    assert names(at(found, "groups", "fit", "rules")) == ["industry", "size"]
    assert at(found, "groups", "fit", "rules", 0, "values") == {"Software": "10"}


def test_a_criterion_on_a_field_called_remove_is_one(folder: Folder) -> None:
    found = folder.resolve("groups: {fit: {rules: [{name: served, when: {remove: true}}]}}\n")
    assert at(found, "groups", "fit", "rules", 1, "when") == {"remove": "true"}


def test_set_has_the_last_word(folder: Folder) -> None:
    found = folder.resolve("groups: {fit: {cap: 40}}\n", "groups.fit.cap=30", "tiers.SQL.min_score=9")
    assert at(found, "groups", "fit", "cap") == "30"
    assert at(found, "tiers", 0, "min_score") == "9"


def test_a_chain_is_followed_and_each_path_counts_from_its_own_config(folder: Folder) -> None:
    folder.write("teams/middle.yml", "extends: ../base.yml\ngroups: {fit: {cap: 30, floor: -1}}\n")
    own = folder.write("own.yml", "extends: teams/middle.yml\ngroups: {fit: {cap: 20}}\n")
    tree = load_tree(str(own), config_bytes(own))
    assert (at(tree.data, "groups", "fit", "cap"), at(tree.data, "groups", "fit", "floor")) == ("20", "-1")
    assert [base.file for base in tree.bases] == ["teams/middle.yml", "../base.yml"]
    files = [tree.file_of(("groups", "fit", key)) for key in ("cap", "floor", "decay")]
    assert [Path(file).name for file in files] == ["own.yml", "middle.yml", "base.yml"]


def test_a_base_need_not_be_whole(folder: Folder) -> None:
    folder.write("base.yml", BASE.partition("tiers:")[0])
    own = folder.write("own.yml", "extends: base.yml\ntiers: [{name: all}]\n")
    assert [tier.name for tier in load_model(own).tiers] == ["all"]


def thinned(value: Node, random: Random, path: Keys = ()) -> Node:
    """A part of a config: some keys and some named items left out; what is one thought stays whole."""
    if isinstance(value, dict) and path[-1:] not in {("when",), ("decay",)}:
        kept = [key for key in value if key in ("name", "kind") or random.random() < 0.6]
        return {key: thinned(value[key], random, (*path, key)) for key in kept}
    if isinstance(value, list) and value and all(isinstance(child(item, "name"), str) for item in value):
        kept_items = [item for item in value if random.random() < 0.6] or value[:1]
        return [thinned(item, random, (*path, place)) for place, item in enumerate(kept_items)]
    return value


@given(st.sampled_from(sorted((ROOT / "configs").glob("*.yml"))), st.randoms(use_true_random=False))
def test_a_config_over_a_part_of_itself_and_a_part_over_the_whole_are_the_config(
    config: Path, random: Random
) -> None:
    whole = read_tree("whole.yml", config.read_bytes())
    part = read_tree("part.yml", dump(thinned(whole.data, random)).encode())
    assert extend(part, whole).data == whole.data
    assert extend(whole, part).data == whole.data


# Faults


def test_every_fault_is_told_with_the_file_it_stands_in(folder: Folder) -> None:
    folder.write("base.yml", BASE.replace("points: 5}", "points: five}").replace("cap: 50", "cap: 050"))
    problems = folder.refusals("""\
        extends: base.yml
        groups:
          fit:
            rules:
              - {name: size, bands: {10: many}}
              - {name: served, pionts: 3}
        tiers: [{name: MQL, min_score: 12}]
        """)
    assert problems == [
        "base.yml:10:10: groups.fit.cap: a number with a leading zero has two readings; "
        'write 50, or "050" in quotes for the text',
        "base.yml:17:64: groups.fit.rules.served.points: is not a number of points; "
        "write for example 5, -15 or 2.5",
        "own.yml:5:30: groups.fit.rules.size.bands.10: is not a number of points; "
        "write for example 5, -15 or 2.5",
        "own.yml:6:24: groups.fit.rules.served.pionts: is not a known key; did you mean points?",
        "own.yml:7:21: tiers.MQL.min_score: is not below that of the tier before it "
        "(base.yml:23, tiers.SQL.min_score); list tiers from the highest down",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("extends: bsae.yml\n", "own.yml:1:1: extends: 'bsae.yml' is not there; "
         "the path counts from the folder of this config"),
        ("extends: .\n", "own.yml:1:1: extends: '.' is a folder; "
         "the path counts from the folder of this config"),
        ('extends: "a\\0b"\n', "own.yml:1:1: extends: 'a\\x00b' is not there; "
         "the path counts from the folder of this config"),
        ("extends: own.yml\n", "own.yml:1:1: extends: 'own.yml' leads back to this config; "
         "one of them must extend, or name for a segment, nothing"),
        ("extends: [base.yml]\nname: a\n", "own.yml:1:1: extends: must be one path; write extends: base.yml"),
        ("extend: base.yml\n" + BASE, "own.yml:1:1: extend: is not a known key; did you mean extends?"),
        ("extends: base.yml\ngroups: {fti: {remove: true}}\n",
         "own.yml:2:10: groups.fti: there is nothing of that name in base.yml to remove; did you mean fit?"),
        ("extends: base.yml\ntiers: [{name: Old, remove: true}]\n",
         "own.yml:2:9: tiers.Old: there is nothing of that name in base.yml to remove; did you mean Cold?"),
        ("extends: base.yml\ntiers: [{name: SQL, remove: perhaps}]\n",
         "own.yml:2:21: tiers.SQL.remove: is not a known key; known here: name, min_score, high"),
        ("extends: base.yml\ntiers: [{name: SQL}, {name: SQL, min_score: 3}]\n",
         "own.yml:2:23: tiers.SQL.name: this name stands twice (line 2, tiers.SQL.name); rename one of them"),
        ("extends: base.yml\ngroups: {fit: {rules: [{values: {A: 1}}]}}\n",
         "own.yml:2:24: groups.fit.rules.0: has no name to find it by in the base; add name"),
        ("extends: empty.yml\n", "empty.yml:1:1: is empty; write at least name, id, groups and tiers"),
        ("extends: list.yml\n", "list.yml:1:1: must be a mapping (key: value); "
         "write at least name, id, groups and tiers"),
        ("extends: broken.yml\n", "broken.yml:2:6: is not valid YAML: a second colon, "
         "or a wrong indentation; quote a text that holds \": \""),
        ("extends: twice.yml\n", "twice.yml:2:1: name: stands twice, first in line 1; keep one of them"),
    ],
)  # fmt: skip
def test_a_fault_of_extending_is_told_with_its_place(folder: Folder, text: str, says: str) -> None:
    files = {"empty": "", "list": "- a\n", "broken": "name: a\nid: a: b\n", "twice": "name: a\nname: b\n"}
    for name, content in files.items():
        folder.write(f"{name}.yml", content)
    assert says in folder.refusals(text)


def test_configs_that_extend_each_other_in_a_circle_are_refused(folder: Folder) -> None:
    folder.write("a.yml", "extends: b.yml\n")
    folder.write("b.yml", "name: b\nextends: own.yml\n")
    assert folder.refusals("extends: a.yml\n") == [
        "b.yml:2:1: extends: 'own.yml' leads back to this config; "
        "one of them must extend, or name for a segment, nothing"
    ]


def test_a_circle_through_a_link_is_one(folder: Folder) -> None:
    (folder.path / "link.yml").symlink_to(folder.path / "own.yml")
    assert "leads back to this config" in folder.refusals("extends: link.yml\n")[0]


def test_a_chain_has_an_end(folder: Folder) -> None:
    folder.write("0.yml", BASE)
    for place in range(1, BASE_LIMIT + 2):
        folder.write(f"{place}.yml", f"extends: {place - 1}.yml\n")
    assert load_model(folder.path / f"{BASE_LIMIT}.yml").name == "base"
    (problem,) = folder.refusals(f"extends: {BASE_LIMIT}.yml\n")
    assert problem.startswith(f"1.yml:1:1: extends: more than {BASE_LIMIT} configs")


def test_faults_of_both_files_are_told_even_if_one_cannot_be_read_at_all(folder: Folder) -> None:
    folder.write("broken.yml", "id: [\n")
    problems = folder.refusals("extends: broken.yml\nname: a\nname: b\n")
    assert [problem.partition(":")[0] for problem in problems] == ["own.yml", "broken.yml"]


@pytest.mark.parametrize("load", [
    lambda: load_model({"extends": "base.yml", "name": "a"}),
    lambda: load_content("own.yml", BASE.encode(), ["extends=base.yml"]),
])  # fmt: skip
def test_only_a_file_can_extend_another(load: object) -> None:
    with pytest.raises(ConfigError, match="extends: is read from a config's file only; write it there"):
        load()  # type: ignore[operator]


# check


def test_what_a_base_declares_for_others_is_no_doubt(folder: Folder) -> None:
    folder.write("base.yml", BASE.replace("fields:\n", "fields:\n  unused: {type: date}\n"))
    own = folder.write("own.yml", "extends: base.yml\nfields: {also_unused: {type: date}}\n")
    found = run("check", own).stdout
    assert "fields.also_unused" in found
    assert "fields.unused" not in found
    assert "fields.unused" in run("check", folder.path / "base.yml").stdout


@pytest.mark.parametrize(
    "config", [*sorted((ROOT / "configs").glob("*.yml")), Path(__file__).with_name("example.yml")],
    ids=lambda path: path.stem,
)  # fmt: skip
def test_the_resolved_config_is_the_same_model(config: Path, folder: Folder) -> None:
    printed = run("check", config, "--resolved").stdout
    again = folder.write("again.yml", printed)
    assert load_model(again).digest == load_model(config).digest
    assert run("check", again, "--resolved").stdout == printed


def test_the_resolved_config_holds_what_was_extended_and_set(folder: Folder) -> None:
    own = folder.write("own.yml", "extends: base.yml\nname: own\ngroups: {fit: {cap: 40}}\n")
    ended = run("check", own, "--resolved", "--set", "groups.fit.floor=-3")
    assert ended.code == 0
    assert "extends" not in ended.stdout
    again = folder.write("again.yml", ended.stdout)
    assert load_model(again).digest == load_model(own, ["groups.fit.floor=-3"]).digest
    assert ended.stdout.splitlines()[0] == "name: own"


def test_a_faulty_config_is_not_printed(folder: Folder) -> None:
    ended = run("check", folder.write("own.yml", "extends: base.yml\nnmae: own\n"), "--resolved")
    assert (ended.code, ended.stdout) == (3, "")
    assert "own.yml:2:1: nmae: is not a known key; did you mean name?" in ended.stderr


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12)
plains = st.sampled_from(
    ["NO", "12:30", "-5", "2.50", "true", "50%", "x#y", "a'b", 'a"b', "?x", "-x", "=1", "É"]
)
values = st.recursive(
    texts | plains.map(Plain),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts | plains, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(texts, values, min_size=1, max_size=4))
def test_any_values_are_read_back_as_they_were(value: dict[str, Node]) -> None:
    printed = dump(value)
    tree = read_tree("again.yml", printed.encode())
    assert tree.data == value
    assert not tree.refusals()
    assert kinds(tree.data) == kinds(value)
    assert dump(tree.data) == printed


def kinds(value: Node) -> object:
    """Which values are true or false, and not a text that looks like it."""
    if isinstance(value, dict):
        return {key: kinds(item) for key, item in value.items()}
    if isinstance(value, list):
        return [kinds(item) for item in value]
    return isinstance(value, Plain) if value == "true" else None


# The manifest


def test_the_manifest_names_every_config_that_was_read(folder: Folder, tmp_path: Path) -> None:
    own = folder.write("own.yml", "extends: base.yml\nname: own\n")
    leads = folder.write(
        "leads.csv", "lead_id,Employees,seen,domain,industry,country,mail\n1,5,,,Software,US,\n"
    )
    assert run("score", leads, "-c", own, "-o", tmp_path / "out", "--as-of", "2026-06-30").code == 0
    config = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["config"]
    sha256 = hashlib.sha256((folder.path / "base.yml").read_bytes()).hexdigest()
    assert config["extends"] == [{"file": "base.yml", "sha256": sha256}]
    assert config["model_sha256"] == build_model(load_tree(str(own), config_bytes(own))).digest
