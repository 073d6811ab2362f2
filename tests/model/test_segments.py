"""test_segments: what a config with segments means, and every fault of one with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadscore.analysis.check import check_config, resolve_config
from leadscore.errors import ConfigError
from leadscore.model.load import load_content, load_model, load_tree
from leadscore.model.schema import Model
from tests.strategies import AS_OF

GOOD = """\
name: run
id: lead_id
fields:
  size: {type: number}
disqualify: [{name: left, when: {gone: {is: true}}}]
segments:
  - name: partner
    when: {source: Partner}
    override:
      groups:
        use: {remove: true}
        fit: {cap: 20}
      tiers: [{name: Hot, min_score: 15}]
  - name: shop
    when: {source: Shop}
    config: other.yml
  - name: rest
groups:
  fit:
    cap: 50
    rules:
      - {name: size, kind: count, field: size, each: 1, cap: 60}
      - {name: told, kind: match, when: {note: {known: true}}, points: 5}
  use:
    rules: [{name: visits, kind: count, field: visits, each: 1, cap: 50}]
scales: {stars: {of: score, by: points, cuts: {good: 20, bad: 0}}}
tiers:
  - {name: Hot, min_score: 60}
  - {name: Cold}
rank_by: [percent, score]
"""
OTHER = """\
name: shop
id: number
groups:
  orders:
    rules: [{name: orders, kind: count, field: orders, each: 5, cap: 30}]
scales: {stars: {of: score, by: points, cuts: {good: 20, bad: 0}}}
tiers: [{name: Hot, min_score: 20}, {name: Cold}]
rank_by: [score]
"""


class Folder:
    """A config with segments and the one it names."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("other.yml", OTHER)

    def write(self, name: str, text: str) -> Path:
        place = self.path / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")
        return place

    def load(self, text: str = GOOD, *overrides: str) -> Model:
        return load_model(self.write("model.yml", text), overrides)

    def refusals(self, text: str, *overrides: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            self.load(text, *overrides)
        return [str(problem).replace(f"{self.path}/", "") for problem in caught.value.problems]

    def digest(self, *pairs: tuple[str, str], other: str = OTHER) -> str:
        self.write("other.yml", other)
        return self.load(changed(GOOD, *pairs)).digest


def changed(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


# What is refused -----------------------------------------------------------------------------------------

OVERRIDE = "    override:\n"
CUT = "      tiers: [{name: Hot, min_score: 15}]\n"
AXES = "{rows: {group: fit, cuts: {A: 10, B: 0}}, columns: {group: fit, cuts: {1: 10, 2: 0}}}"
REST = "  - name: rest\n"

# What stands in the good config -> what stands there instead, the key and a part of what must be said.
# The line expected is the first that differs, or so many lines from it.
CASES: list[tuple[str, str, str, str] | tuple[str, str, str, str, int]] = [
    # the segments themselves
    ("    config: other.yml", "    config: othr.yml", "segments.shop.config", "'othr.yml' is not there"),
    ("    config: other.yml", "    config: .", "segments.shop.config", "'.' is a folder"),
    ("    config: other.yml", "    config: model.yml", "segments.shop.config", "leads back to this config"),
    ("    config: other.yml", "    config: [other.yml]", "segments.shop.config", "must be a mapping"),
    ("    config: other.yml", "    config:", "segments.shop.config", "is empty"),
    ("    config: other.yml", "    override: other.yml", "segments.shop.override", "write the keys here"),
    ("    config: other.yml", "    confg: other.yml", "segments.shop.confg", "did you mean config?"),
    (
        OVERRIDE,
        "    config: other.yml\n    override:\n",
        "segments.partner",
        "has both override and config; put one into the other",
        -2,
    ),
    (REST, "  - {name: rest, when: {source: Web}}\n", "segments", "must end with the only segment", -11),
    ("    when: {source: Shop}\n", "", "segments", "the only segment without when", -9),
    ("name: shop", "name: partner", "segments", "has a name twice; rename one", -8),
    ("    when: {source: Shop}", "    when: {}", "segments.shop.when", "every lead would match"),
    ("    when: {source: Shop}", "    when: {size: {contains: a}}", "when.size", "as number elsewhere"),
    # keys that are not a segment's own
    (CUT, f"{CUT}      disqualify: []\n", "override.disqualify", "belongs to the whole run"),
    (CUT, f"{CUT}      rank_by: [score]\n", "override.rank_by", "belongs to the whole run"),
    (CUT, f"{CUT}      segments: []\n", "override.segments", "belongs to the whole run"),
    (CUT, f"{CUT}      extends: other.yml\n", "override.extends", "must be one path"),
    (CUT, f"{CUT}      name: other\n", "override.name", "belongs to the whole run"),
    (CUT, f"{CUT}      gruops: {{}}\n", "override.gruops", "did you mean groups?"),
    (CUT, f"{CUT}      zzz: 1\n", "override.zzz", "a segment has fields, groups, score"),
    # what an override says is checked as the rest is
    (
        "        fit: {cap: 20}",
        "        fit: {cap: lots}",
        "override.groups.fit.cap",
        "not a number of points",
    ),
    ("        fit: {cap: 20}", "        fit: {capp: 20}", "override.groups.fit.capp", "did you mean cap?"),
    ("        fit: {cap: 20}", "        fit: {cap: 020}", "override.groups.fit.cap", "write 20"),
    ("        use: {remove", "        usee: {remove", "override.groups.usee", "nothing of that name"),
    ("        use: {remove: true}", "        stars: {rules: []}", "override.groups.stars.rules", "is empty"),
    # what the segments must have in common
    (
        "[{name: Hot, min_score: 15}]",
        "[{name: Hot, min_score: 15}, {name: Warm, min_score: 5}, {name: Cold}]",
        "segments.partner",
        "has the tiers Hot, Warm, Cold; those of the config are Hot, Cold",
        -6,
    ),
    (CUT, f"{CUT}      fields: {{size: {{null: [none]}}}}\n", "partner", "otherwise than the config", -7),
    (
        "        use: {remove: true}",
        "        percent: {rules: [{name: more, kind: count, field: size, each: 1, cap: 1}]}",
        "segments.partner",
        "the group percent has the name of an output column",
        -4,
    ),
    (
        "        fit: {cap: 20}",
        "        fit: {cap: {remove: true}, rules: [{name: size, cap: {remove: true}}]}",
        "segments.partner",
        "its score has no maximum",
        -5,
    ),
    (
        "rank_by: [percent, score]",
        "rank_by: [orders]",
        "rank_by.0",
        "is a group that only some segments have",
    ),
]


def line_of_first_change(text: str) -> int:
    pairs = zip(GOOD.splitlines(), [*text.splitlines(), ""], strict=False)
    return next(number for number, (before, after) in enumerate(pairs, 1) if before != after)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[2]} {case[3]}"[:60])
def test_a_fault_is_refused_with_its_place_and_nothing_else_is(
    case: tuple[str, str, str, str, int], folder: Folder
) -> None:
    old, new, key, says, *offset = case
    text = changed(GOOD, (old, new))
    problems = folder.refusals(text)
    found = [problem for problem in problems if says in problem]
    assert found, problems
    assert found[0].startswith(f"model.yml:{line_of_first_change(text) + sum(offset)}:"), problems
    assert key in found[0]
    assert len(problems) == 1, problems


def test_the_good_config_is_good(folder: Folder) -> None:
    assert [model.bounds() for model in folder.load().models] == [(0, 2000), (0, 3000), (0, 10000)]


# The same in the config a segment names: what is said names that file, or the segment where it is about both.
ORDERS = "{name: orders, kind: count, field: orders, each: 5, cap: 30}]"
OTHER_CASES: list[tuple[str, str, str, str]] = [
    (
        "name: shop\n",
        "name: shop\nscreen: {spam: [{name: a, when: {b: c}}]}\n",
        "other.yml:2:1: segments.shop.config.screen: ",
        "belongs to the whole run",
    ),
    (
        "name: shop\n",
        "name: shop\ndisqualify: []\n",
        "other.yml:2:1: segments.shop.config.disqualify: ",
        "belongs to the whole run",
    ),
    (
        "name: shop\n",
        "name: shop\nnurture: {tier: Hot, margin: 5}\n",
        "other.yml:2:1: segments.shop.config.nurture: ",
        "belongs to the whole run",
    ),
    (
        "name: shop\n",
        "name: shop\naccounts: {by: company}\n",
        "other.yml:2:1: segments.shop.config.accounts: ",
        "belongs to the whole run",
    ),
    (
        "name: shop\n",
        "name: shop\nsegments: [{name: a}]\n",
        "other.yml:2:1: segments.shop.config.segments: ",
        "belongs to the whole run",
    ),
    (
        "name: shop\n",
        "name: shop\nextends: [a.yml]\n",
        "other.yml:2:1: segments.shop.config.extends: ",
        "must be one path",
    ),
    (
        "name: shop\n",
        "name: shop\nextends: gone.yml\n",
        "other.yml:2:1: extends: ",
        "'gone.yml' is not there",
    ),
    (
        "name: shop\n",
        "name: shop\nextends: model.yml\n",
        "other.yml:2:1: extends: ",
        "leads back to this config",
    ),
    (
        "name: shop\n",
        "name: shop\nzzz: 1\n",
        "other.yml:2:1: segments.shop.config.zzz: ",
        "is not a known key",
    ),
    ("scales:", "scalse:", "other.yml:6:1: segments.shop.config.scalse: ", "did you mean scales?"),
    (
        "each: 5",
        "each: 5.001",
        "other.yml:5:56: segments.shop.config.groups.orders.rules.orders.each: ",
        "more than two decimals",
    ),
    (
        "each: 5",
        "each: 05",
        "other.yml:5:62: segments.shop.config.groups.orders.rules.orders.each: ",
        "write 5",
    ),
    (
        "each: 5",
        "eech: 5",
        "other.yml:5:56: segments.shop.config.groups.orders.rules.orders.eech: ",
        "did you mean each?",
    ),
    (", cap: 30", "", "model.yml:14:5: segments.shop: ", "its score has no maximum"),
    ("name: Cold", "name: Rest", "model.yml:14:5: segments.shop: ", "has the tiers Hot, Rest"),
    ("stars:", "sterne:", "model.yml:14:5: segments.shop: ", "has other scales"),
    ("good: 20", "best: 20", "model.yml:14:5: segments.shop: ", "has other scales"),
    (
        ORDERS,
        "{name: big, kind: match, when: {size: big}, points: 30}]\nfields: {size: {type: text}}",
        "model.yml:14:5: segments.shop: ",
        "reads size as text, which is read as number elsewhere",
    ),
    (
        "  orders:\n",
        "  segment:\n",
        "model.yml:14:5: segments.shop: ",
        "the group segment has the name of an output column",
    ),
]


@pytest.mark.parametrize("case", OTHER_CASES, ids=lambda case: f"{case[2]} {case[3]}"[-60:])
def test_a_fault_of_the_config_a_segment_names_is_told_where_it_stands(
    case: tuple[str, str, str, str], folder: Folder
) -> None:
    old, new, place, says = case
    folder.write("other.yml", changed(OTHER, (old, new)))
    problems = folder.refusals(GOOD)
    assert [problem for problem in problems if problem.startswith(place) and says in problem], problems
    assert len(problems) == 1, problems


def test_a_config_that_is_no_mapping_is_refused_with_its_name(folder: Folder) -> None:
    folder.write("other.yml", "- a\n- b\n")
    (problem,) = folder.refusals(GOOD)
    assert problem.startswith("other.yml:1:1: must be a mapping")


def test_every_fault_of_the_config_and_its_segments_is_told_once(folder: Folder) -> None:
    text = changed(
        GOOD,
        ("fit: {cap: 20}", "fit: {cap: -}"),
        ("each: 1, cap: 60", "each: 1.001, cap: 60"),
        ("tiers:\n  - {name: Hot, min_score: 60}", "tiers:\n  - {name: Hot, min_score: lots}"),
    )
    problems = folder.refusals(text)
    assert [problem.split(": ")[1] for problem in problems] == [
        "segments.partner.override.groups.fit.cap",
        "groups.fit.rules.size.each",
        "tiers.Hot.min_score",
    ]


def test_a_fault_of_the_config_is_not_told_again_of_segments_with_other_groups(folder: Folder) -> None:
    axis = "{group: zzz, cuts: {A: 1}}"
    problems = folder.refusals(f"{GOOD}grade: {{rows: {axis}, columns: {axis}}}\n")
    assert [problem.split(": ")[1] for problem in problems] == ["grade.rows.group", "grade.columns.group"]


def test_a_list_that_a_segment_makes_impossible_is_told_of_that_segment(folder: Folder) -> None:
    problems = folder.refusals(f"{GOOD}nurture: {{tier: Hot, margin: 5, fit: {{group: use, at_least: 1}}}}\n")
    assert [problem.split(": ")[1] for problem in problems] == [
        "segments.partner.override.nurture.fit.group",
        "segments.shop.config.nurture.fit.group",
    ]


def test_faults_of_a_config_written_in_python_are_told_by_their_keys() -> None:
    rule = {"name": "visits", "kind": "count", "field": "visits", "each": "x"}
    config = {
        "name": "test",
        "id": "lead_id",
        "groups": {"fit": {"rules": [rule]}},
        "tiers": [{"name": "all"}],
        "segments": [{"name": "all", "override": {"groups": {"fit": {"cap": "x"}}}}],
    }
    with pytest.raises(ConfigError) as caught:
        load_model(config)
    assert [problem.key for problem in caught.value.problems] == [
        "groups.fit.rules.visits.each",
        "segments.all.override.groups.fit.cap",
    ]


def test_two_segments_with_other_columns_are_both_told(folder: Folder) -> None:
    text = changed(GOOD, (CUT, f"{CUT}      scales: {{stars: {{remove: true}}}}\n"))
    problems = folder.refusals(text)
    assert [problem.split(" than ")[0].split(": ", 1)[1] for problem in problems] == [
        "segments.shop: has other scales, heat, value, best_of or matrix columns",
        "segments.rest: has other scales, heat, value, best_of or matrix columns",
    ]


@pytest.mark.parametrize(("by", "told"), [("use", True), ("light", True), ("stars", False), ("note", False)])
def test_leads_are_not_ranked_by_what_no_segment_has(folder: Folder, by: str, told: bool) -> None:
    light = "scales:\n  light: {of: use, by: points, cuts: {on: 5, off: 0}}\n"
    text = changed(
        GOOD,
        ("tiers:\n  - {name: Hot, min_score: 60}", f"{light}tiers:\n  - {{name: Hot, min_score: 20}}"),
        (GOOD[GOOD.index("  - name: partner") : GOOD.index("    when: {source: Shop}")], "  - name: shop\n"),
        (REST, "  - {name: rest, config: other.yml}\n"),
        ("scales: {stars: {of: score, by: points, cuts: {good: 20, bad: 0}}}\n", ""),
        ("[percent, score]", f"[{by}]"),
    )
    if told:
        (problem,) = folder.refusals(text)
        assert f"rank_by.0: {by} is a group or measure that no segment has" in problem
    else:
        assert folder.load(text).rank_by == (by,)


def test_all_segments_have_a_grade_or_none_has(folder: Folder) -> None:
    problems = folder.refusals(changed(GOOD, (CUT, f"{CUT}      grade: {AXES}\n")))
    assert [problem.split(": ", 1)[1] for problem in problems] == [
        "segments.shop: has no grade, but partner has one; give all segments a grade, or none",
        "segments.rest: has no grade, but partner has one; give all segments a grade, or none",
    ]


def test_a_segment_that_gives_no_points_is_refused(folder: Folder) -> None:
    scale = "scales: {stars: {of: score, by: points, cuts: {good: 20, bad: 0}}}\n"
    folder.write("other.yml", changed(OTHER, (scale, ""), ("each: 5, cap: 30", "each: -5, floor: -9"),
                                      ("min_score: 20", "min_score: -5")))  # fmt: skip
    (problem,) = folder.refusals(changed(GOOD, (scale, "")))
    assert problem.startswith("model.yml:14:5: segments.shop: its score is never above 0")


@pytest.mark.parametrize("name", ["percent", "segment", "segment_rank"])
def test_a_measure_with_the_name_of_a_segments_column_is_refused(folder: Folder, name: str) -> None:
    folder.write("other.yml", changed(OTHER, ("stars", name)))
    problems = folder.refusals(changed(GOOD, ("stars", name)))
    assert problems
    assert all(name in problem and "name" in problem for problem in problems)


def test_a_percentile_is_of_the_same_number_in_every_segment(folder: Folder) -> None:
    folder.write(
        "other.yml",
        changed(OTHER, ("of: score, by: points, cuts: {good: 20, bad: 0}", "of: orders, to: percentile")),
    )
    problems = folder.refusals(
        changed(GOOD, ("of: score, by: points, cuts: {good: 20, bad: 0}", "of: fit, to: percentile"))
    )
    assert [problem.split(": ")[1] for problem in problems] == ["segments.shop"]


def test_segments_written_in_python_have_no_paths(folder: Folder) -> None:
    config = {"name": "a", "id": "id", "groups": {"fit": {"rules": []}}, "tiers": [{"name": "all"}]}
    with pytest.raises(ConfigError, match="a path is read from a config's file only"):
        load_model({**config, "segments": [{"name": "all", "config": "other.yml"}]})


def test_no_segments_are_none(folder: Folder) -> None:
    segments = GOOD[GOOD.index("segments:\n") : GOOD.index("groups:\n  fit:")]
    without = changed(GOOD, (segments, ""), ("[percent, score]", "[score]"))
    empty = changed(without, ("groups:\n", "segments: []\ngroups:\n"))
    assert folder.load(empty).digest == folder.load(without).digest


# What it means -------------------------------------------------------------------------------------------


def test_a_segments_config_is_found_from_the_folder_of_the_config_that_names_it(folder: Folder) -> None:
    folder.write("deep/other.yml", changed(OTHER, ("cap: 30", "cap: 25")))
    folder.write("deep/base.yml", GOOD)
    own = folder.write("own.yml", "extends: deep/base.yml\nname: own\n")
    assert [model.bounds()[1] for model in load_model(own).models] == [2000, 2500, 10000]


def test_a_config_that_is_extended_gives_its_segments_and_own_ones_go_over_them(folder: Folder) -> None:
    folder.write("base.yml", GOOD)
    own = folder.write(
        "own.yml",
        "extends: base.yml\nsegments: [{name: partner, override: {groups: {fit: {cap: 18}}}}]\n",
    )
    model = load_model(own)
    assert [segment.name for segment in model.segments] == ["partner", "shop", "rest"]
    assert [each.bounds()[1] for each in model.models] == [1800, 3000, 10000]


def test_an_extending_config_may_give_a_segment_other_groups_and_leave_one_out(folder: Folder) -> None:
    folder.write("base.yml", GOOD)
    segments = "[{name: shop, remove: true}, {name: partner, override: {score: {cap: 7}}}]"
    model = load_model(folder.write("own.yml", f"extends: base.yml\nsegments: {segments}\n"))
    assert [segment.name for segment in model.segments] == ["partner", "rest"]
    assert [each.bounds()[1] for each in model.models] == [700, 10000]


def test_configs_of_segments_may_share_a_base_with_the_run(folder: Folder) -> None:
    folder.write("base.yml", OTHER)
    folder.write("other.yml", "extends: base.yml\nname: shop\ngroups: {orders: {cap: 25}}\n")
    segments = "[{name: shop, when: {source: Shop}, config: other.yml}, {name: rest}]"
    model = load_model(folder.write("own.yml", f"extends: base.yml\nid: number\nsegments: {segments}\n"))
    assert [each.bounds()[1] for each in model.models] == [2500, 3000]
    own = folder.path / "own.yml"
    tree = load_tree(str(own), own.read_bytes())
    assert [base.file for base in tree.bases] == ["other.yml", "base.yml", "base.yml"]


def test_set_changes_a_segment_and_is_named_where_it_is_wrong(folder: Folder) -> None:
    setting = "segments.partner.override.groups.fit.cap=30"
    assert [model.bounds()[1] for model in folder.load(GOOD, setting).models] == [3000, 3000, 10000]
    (problem,) = folder.refusals(GOOD, setting.replace("30", "lots"))
    assert problem.startswith("--set segments.partner.override.groups.fit.cap=lots: segments.partner")


def test_set_at_the_top_changes_the_segments_that_share_it(folder: Folder) -> None:
    models = folder.load(GOOD, "groups.fit.rules.size.each=0.1").models
    assert [model.groups["fit"].sums()[1] for model in models if "fit" in model.groups] == [6500, 6500]
    models = folder.load(GOOD, "groups.fit.rules.size.cap=2").models
    assert [model.bounds()[1] for model in models] == [700, 3000, 5700]


def test_the_resolved_config_loads_to_the_same_model(folder: Folder) -> None:
    model = folder.load()
    resolved = resolve_config(folder.path / "model.yml", ())
    assert load_content("elsewhere.yml", resolved.encode()).digest == model.digest


def test_the_digest_is_of_what_the_segments_mean(folder: Folder) -> None:
    same = folder.digest()
    assert folder.digest(("    when: {source: Shop}", "    # a comment\n    when: {source:   Shop}")) == same
    assert folder.digest(("fit: {cap: 20}", "fit: {cap: 20.00}")) == same
    other = "# a comment\n" + changed(OTHER, ("each: 5, cap: 30", "cap: 30, each: 5"))
    assert folder.digest(other=other) == same
    others = [
        folder.digest(("fit: {cap: 20}", "fit: {cap: 21}")),
        folder.digest(("{source: Shop}", "{source: Web}")),
        folder.digest(("name: partner", "name: partners")),
        folder.digest(("each: 1, cap: 60", "each: 2, cap: 60")),
        folder.digest(other=changed(OTHER, ("each: 5", "each: 6"))),
        folder.digest(other=changed(OTHER, ("min_score: 20", "min_score: 21"))),
    ]
    assert len({same, *others}) == len(others) + 1


def test_without_rank_by_leads_go_by_percent_and_score(folder: Folder) -> None:
    written = folder.load()
    left_out = folder.load(changed(GOOD, ("rank_by: [percent, score]\n", "")))
    assert written.rank_by == left_out.rank_by == ("percent", "score")


@pytest.mark.parametrize(
    ("by", "doubted"),
    [("score", True), ("fit", True), ("tier, score", True), ("percent", False), ("tier, percent", False)],
)
def test_a_ranking_that_mixes_points_of_different_models_is_doubted(
    folder: Folder, by: str, doubted: bool
) -> None:
    folder.write("model.yml", changed(GOOD, ("[percent, score]", f"[{by}]")))
    findings = check_config(folder.path / "model.yml", (), AS_OF).findings
    assert [finding.problem.line for finding in findings if finding.code == "segments-mixed"] == [
        30
    ] * doubted


def test_a_doubt_about_a_segment_names_it_and_one_about_the_config_stands_once(folder: Folder) -> None:
    text = changed(
        GOOD, ("        fit: {cap: 20}", "        fit: {cap: 80}"), ("    cap: 50\n", "    cap: 70\n")
    )
    # Leads of two segments are scored by the config as it stands: what is doubtful in it is told of one.
    folder.write("model.yml", changed(text, (REST, "  - {name: web, when: {source: Web}}\n  - name: rest\n")))
    findings = check_config(folder.path / "model.yml", (), AS_OF).findings
    told = [(finding.code, finding.problem.line, finding.problem.key) for finding in findings]
    assert told == [
        ("idle-bound", 12, "segments.partner.override.groups.fit.cap"),
        ("idle-bound", 21, "segments.web.groups.fit.cap"),
    ]
