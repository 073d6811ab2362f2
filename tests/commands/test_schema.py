"""test_schema: what editors, shells and hooks are given."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest
import yaml

from leadscore.model.lint import FINDINGS
from leadscore.model.preset import preset_names
from tests.conftest import ROOT
from tests.running import run

SHIPPED = ROOT / "leadscore" / "config.schema.json"
GOOD, OTHER = ROOT / "configs" / "b2b_saas.yml", ROOT / "configs" / "account_engagement.yml"


def test_the_schema_is_printed_and_is_the_file_that_ships() -> None:
    ended = run("schema")
    assert (ended.code, ended.stderr) == (0, "")
    assert ended.stdout == SHIPPED.read_text(encoding="utf-8")
    assert json.loads(ended.stdout)["type"] == "object"


def test_the_reference_is_printed() -> None:
    assert run("schema", "--markdown").stdout == (ROOT / "configs/REFERENCE.md").read_text(encoding="utf-8")


def test_the_path_is_that_of_the_file_that_ships() -> None:
    assert run("schema", "--path").stdout == f"{SHIPPED}\n"


def test_the_header_names_the_same_file_in_one_line() -> None:
    line = run("schema", "--header").stdout
    address = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)\n", line)
    assert address is not None
    assert unquote(urlparse(address[1]).path) == str(SHIPPED)


def test_two_things_at_once_are_refused() -> None:
    ended = run("schema", "--path", "--header")
    assert (ended.code, ended.stdout) == (2, "")
    assert "ask for one" in ended.stderr


COMPLETED = """
import sys
import leadscore.cli
try:
    leadscore.cli.main()
finally:
    loaded = {"pandas", "pyarrow", "numpy"} & set(sys.modules)
    print(sorted(loaded), file=sys.stderr)
"""


def complete(shell: str, *words: str) -> tuple[str, str]:
    """What a shell is told where the last word is not yet complete, and what was loaded for that."""
    given = " ".join(("leadscore", *words))
    environment = {**os.environ, "_LEADSCORE_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": given}
    environment |= {"COMP_WORDS": given, "COMP_CWORD": str(len(words))}
    environment |= {"_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    done = subprocess.run(
        [sys.executable, "-c", COMPLETED], cwd=ROOT, capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0
    return done.stdout, done.stderr.strip()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_and_nothing_heavy_is_loaded_for_it(shell: str) -> None:
    told, loaded = complete(shell, "ver")
    assert ("verify" in told, loaded) == (True, "[]")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("check", "--explain", "leak"), "leak-suspect"),
        (("check", "model.yml", "--fail-on", "an"), "any"),
        (("presets", "hub"), "hubspot_deals"),
        (("score", "leads.csv", "--format", "par"), "parquet"),
    ],
)
def test_a_shell_completes_what_leadscore_knows_without_pandas(
    shell: str, words: tuple[str, ...], expected: str
) -> None:
    told, loaded = complete(shell, *words)
    assert (expected in told, "pandas" in loaded) == (True, False)


def test_a_shell_is_offered_every_preset_and_every_doubt() -> None:
    names = complete("bash", "presets", "''")[0].split()
    assert names == preset_names()
    assert complete("bash", "check", "--explain", "''")[0].split() == list(FINDINGS)
    assert complete("bash", "check", "--fail-on", "''")[0].split() == [*FINDINGS, "any"]


@pytest.mark.parametrize(("shell", "files"), [("bash", "\n"), ("zsh", "_files\n")])
def test_a_shell_is_left_to_complete_files_by_itself(shell: str, files: str) -> None:
    assert complete(shell, "score", "leads.csv", "--config", "conf")[0] == files
    assert complete(shell, "score", "lea")[0] == files


HOOK: dict[str, Any] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))[0]


def hook(*words: object) -> tuple[int, str]:
    """The hook as pre-commit runs it: its entry, then its args and the files that are to be committed."""
    program, *entry = HOOK["entry"].split()
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert program in scripts
    ended = run(*entry, *words)
    return ended.code, ended.said


def test_the_hook_takes_configs_and_no_hidden_files() -> None:
    taken = ["model.yml", "models/b2b.yaml", ".pre-commit-config.yaml", ".github/ci.yml", "leads.csv", "yml"]
    kept = [name for name in taken if re.search(HOOK["files"], name)]
    assert [name for name in kept if not re.search(HOOK["exclude"], name)] == ["model.yml", "models/b2b.yaml"]


def test_the_hook_the_readme_shows_is_this_one() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = yaml.safe_load(readme.split("### Editors")[1].split("```yaml\n")[1].split("```")[0])
    ((hook_shown,),) = [repo["hooks"] for repo in shown["repos"]]
    assert hook_shown["id"] == HOOK["id"]
    taken = ["models/b2b.yml", "models/old/b2b.yaml", "docker-compose.yml", ".github/models/ci.yml"]
    assert [name for name in taken if re.search(hook_shown["files"], name)] == taken[:2]
    assert hook(*hook_shown["args"], GOOD) == (0, "")


def test_the_hook_passes_several_configs_that_are_sound() -> None:
    assert hook(GOOD, ROOT / "configs" / "b2c.yml") == (0, "")


def test_the_hook_tells_the_faults_of_every_config(tmp_path: Path) -> None:
    bad, worse = tmp_path / "bad.yml", tmp_path / "worse.yml"
    bad.write_text(GOOD.read_text(encoding="utf-8").replace("cap: 50", "capp: 50", 1), encoding="utf-8")
    worse.write_text("a: [", encoding="utf-8")
    code, said = hook(bad, GOOD, worse)
    assert code == 3
    assert f"{bad}:39:5: groups.fit.capp: is not a known key; did you mean cap?" in said
    assert f"{worse}:2:1: is not valid YAML" in said


def test_the_hook_stops_at_doubts_only_where_it_is_told_to() -> None:
    code, said = hook(GOOD, OTHER)
    assert (code, said.count("[rule-without-points]")) == (0, 2)
    assert hook("--fail-on", "any", GOOD, OTHER) == (3, said)
    assert hook("--fail-on", "leak-suspect", GOOD, OTHER) == (0, said)


@pytest.mark.parametrize("words", [("--json",), ("--format", "sarif"), ("--previous", "runs/latest")])
def test_several_configs_are_told_in_lines_and_without_an_export(words: tuple[str, ...]) -> None:
    ended = run("check", "--configs", GOOD, *words)
    assert (ended.code, "--configs" in ended.said) == (2, True)
