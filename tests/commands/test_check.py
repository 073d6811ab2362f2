"""test_check: every doubt about a config is told before a run meets it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from leadscore.model.lint import FINDINGS
from tests.running import model_of, run

ROOT = Path(__file__).parents[2]
SAMPLE, B2B = str(ROOT / "sample_data" / "leads.csv"), str(ROOT / "configs" / "b2b_saas.yml")
EVENTS = str(ROOT / "sample_data" / "events.csv")
CONFIG = """\
name: doubtful
id: lead_id
groups:
  fit:
    rules:
      - {name: nobody, kind: match, when: {industry: Sofware}, points: 5}
      - {name: software, kind: match, when: {industry: Software}, points: 10}
tiers:
  - {name: Hot, min_score: 15}
  - {name: Cold}
"""


@pytest.fixture
def doubtful(tmp_path: Path) -> str:
    place = tmp_path / "doubtful.yml"
    place.write_text(CONFIG, encoding="utf-8")
    return str(place)


@pytest.mark.parametrize("command", ["score", "explain", "check"])
def test_a_tier_nobody_can_reach_is_refused_with_its_place_and_the_maximum(
    doubtful: str, command: str, tmp_path: Path
) -> None:
    # models.md E18
    Path(doubtful).write_text(CONFIG.replace("min_score: 15", "min_score: 15.01"), encoding="utf-8")
    words: dict[str, tuple[object, ...]] = {
        "score": (SAMPLE, "-c", doubtful, "-o", tmp_path / "out"),
        "explain": (SAMPLE, "-c", doubtful, "--id", "105271"),
        "check": (doubtful,),
    }
    ended = run(command, *words[command])
    assert (ended.code, ended.stdout) == (3, "")
    assert ended.stderr == (
        f"{doubtful}:9:17: tiers.Hot.min_score: no lead can be in it: the most a lead can score is 15; "
        "lower min_score, or raise the points\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_rule_that_matches_no_lead_of_the_export_is_named(doubtful: str) -> None:
    ended = run("check", doubtful, SAMPLE)
    assert ended.code == 0
    assert f"{doubtful}:6:9: groups.fit.rules.nobody: no lead gets points (0 of 500)" in ended.stdout
    assert "rules.software" not in ended.stdout


def test_a_column_the_export_lacks_is_named_with_the_nearest_there_is(doubtful: str) -> None:
    ended = run("check", doubtful, SAMPLE, "--set", "id=lead_idd")
    assert ended.code == 4
    assert "no column 'lead_idd'" in ended.stderr
    assert "'lead_id'" in ended.stderr


def test_every_fault_is_told_at_once(doubtful: str) -> None:
    ended = run("check", doubtful, "--set", "tiers.Hot.min_scor=5", "--set", "score={combine: average}")
    assert ended.code == 3
    assert len(ended.stderr.splitlines()) == 2


def test_the_config_of_the_readme_is_beyond_doubt() -> None:
    ended = run("check", B2B, SAMPLE, "--as-of", "2026-06-30")
    assert (ended.code, "no doubts" in ended.stdout) == (0, True)


def test_of_a_real_export_only_the_columns_that_know_the_outcome_are_doubted(x_education: Path) -> None:
    config = ROOT / "configs" / "x_education.yml"
    ended = run("check", config, x_education, "--json")
    doubts = json.loads(ended.stdout)["doubts"]
    assert {doubt["code"] for doubt in doubts} == {"leak-suspect"}
    assert [doubt["what"].split("'")[1] for doubt in doubts] == ["Lead Quality", "Tags"]
    assert "leak-suspect" in config.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", FINDINGS)
def test_every_doubt_explains_itself(code: str) -> None:
    ended = run("check", "--explain", code)
    assert ended.code == 0
    assert ended.stdout.startswith(f"{code}: ")


def test_machines_get_the_same_doubts(doubtful: str) -> None:
    found = json.loads(run("check", doubtful, "--json").stdout)
    assert (found["minimum"], found["maximum"]) == (0, 15)
    assert found["doubts"] == []
    (doubt,) = json.loads(run("check", doubtful, "--set", "groups.fit.cap=16", "--json").stdout)["doubts"]
    assert (doubt["code"], doubt["key"]) == ("idle-bound", "groups.fit.cap")


def test_without_a_config_it_says_what_to_name() -> None:
    assert run("check").code == 2


def test_a_plain_doubt_is_one_line_with_its_place_and_its_code(doubtful: str) -> None:
    ended = run("check", doubtful, SAMPLE, "--format", "plain", "--set", "groups.fit.cap=16")
    bound, never, empty = ended.stdout.splitlines()
    assert bound.startswith("--set groups.fit.cap=16: groups.fit.cap: is never reached: ")
    assert (
        never
        == f"{doubtful}:6:9: groups.fit.rules.nobody: no lead gets points (0 of 500) [rule-never-matches]"
    )
    assert (
        empty == f"{doubtful}:9:5: tiers.Hot: no lead of the export is in Hot (0 of 500) [tier-stays-empty]"
    )


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], 0),
        (["rule-never-matches"], 3),
        (["idle-bound"], 0),
        (["idle-bound", "rule-never-matches"], 3),
        (["any"], 3),
    ],
)
def test_a_doubt_ends_with_3_where_it_is_asked_for(doubtful: str, codes: list[str], expected: int) -> None:
    options = [word for code in codes for word in ("--fail-on", code)]
    ended = run("check", doubtful, SAMPLE, *options)
    assert (ended.code, ended.stderr) == (expected, "")
    assert "[rule-never-matches]" in ended.stdout
    assert run("check", B2B, SAMPLE, "--as-of", "2026-06-30", *options).code == 0


def test_a_doubt_there_is_not_cannot_be_asked_for(doubtful: str) -> None:
    ended = run("check", doubtful, "--fail-on", "idle-bounds")
    assert (ended.code, ended.stdout) == (2, "")
    assert ended.stderr == "--fail-on: there is no doubt of that name; did you mean idle-bound?\n"
    ended = run("check", doubtful, "--json", "--format", "sarif")
    assert (ended.code, ended.stdout.count('"exit_code": 2')) == (2, 1)


def check_sarif(text: str) -> list[dict[str, Any]]:
    """What the schema of SARIF 2.1.0 requires of what is written here; the results."""
    log = json.loads(text)
    assert (log["version"], log["$schema"].endswith("sarif-schema-2.1.0.json")) == ("2.1.0", True)
    (one,) = log["runs"]
    driver = one["tool"]["driver"]
    assert driver["name"] == "leadscore"
    codes = [rule["id"] for rule in driver["rules"]]
    assert len(codes) == len(set(codes))
    assert all(
        rule["shortDescription"]["text"] and rule["fullDescription"]["text"] for rule in driver["rules"]
    )
    for result in one["results"]:
        assert codes[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"error", "warning"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"]
        region = location["physicalLocation"].get("region", {"startLine": 1})
        assert min(region.values()) >= 1
        assert all(type(number) is int for number in region.values())
    return list(one["results"])


def test_sarif_has_every_doubt_at_its_line(doubtful: str) -> None:
    ended = run("check", doubtful, SAMPLE, "--format", "sarif", "--set", "groups.fit.cap=16")
    by_code = {result["ruleId"]: result for result in check_sarif(ended.stdout)}
    assert ended.code == 0
    never, bound = by_code["rule-never-matches"], by_code["idle-bound"]
    place = never["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": Path(doubtful).as_uri()},
        "region": {"startLine": 6, "startColumn": 9},
    }
    assert never["level"] == "warning"
    assert never["message"]["text"].startswith("groups.fit.rules.nobody: no lead gets points (0 of 500); ")
    # What comes from the command line has no line; the file it was meant for has.
    assert bound["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": Path(doubtful).as_uri()}}


def test_sarif_has_the_faults_of_what_is_refused(doubtful: str) -> None:
    Path(doubtful).write_text(CONFIG.replace("min_score: 15", "min_score: 99"), encoding="utf-8")
    ended = run("check", doubtful, "--format", "sarif")
    (fault,) = check_sarif(ended.stdout)
    assert (ended.code, fault["level"], fault["ruleId"]) == (3, "error", "refused")
    assert fault["locations"][0]["physicalLocation"]["region"]["startLine"] == 9
    assert "no lead can be in it" in ended.stderr
    lacking = run("check", B2B, EVENTS, "--format", "sarif")
    assert (lacking.code, {each["level"] for each in check_sarif(lacking.stdout)}) == (4, {"error"})


def visits(*cells: object, header: str = "visits") -> str:
    return "\n".join([f"lead_id,{header}", *(f"{place},{cell}" for place, cell in enumerate(cells)), ""])


def test_what_is_suddenly_otherwise_than_in_an_earlier_run_is_told(tmp_path: Path) -> None:
    leads, config, out = tmp_path / "leads.csv", tmp_path / "model.yml", tmp_path / "out"
    fields = "fields: {visits: {from: [visits, Visits]}}"
    config.write_text(model_of("kind: count, field: visits, each: 1", head=fields), encoding="utf-8")
    leads.write_text(visits(*range(100)), encoding="utf-8")
    assert run("score", leads, "-c", config, "-o", out, "--as-of", "2026-06-30").code == 0
    words = ("check", config, leads, "--previous", out, "--format", "plain")
    assert run(*words).stdout == ""
    leads.write_text(visits(*range(49), *[""] * 51, header="Visits"), encoding="utf-8")
    told = run(*words).stdout
    assert "is read from 'Visits', and was read from 'visits' by the previous run [column-changed]" in told
    assert "known of 49 % of the leads, and was of 100 % in the previous run [suddenly-unknown]" in told
    assert run(*words[:3], "--previous", tmp_path).code == 4
    (out / "summary.json").write_text("{}", encoding="utf-8")
    damaged = run(*words)
    assert (damaged.code, "is not as the run wrote it" in damaged.stderr) == (4, True)


def test_the_readme_says_of_every_doubt_what_its_function_says() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = re.split(r"\n##+ ", readme.split("\n### Check a config\n")[1])[0]
    listed = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", section, flags=re.MULTILINE))
    assert listed == {code: (find.__doc__ or "").partition("\n")[0] for code, find in FINDINGS.items()}
