"""test_readme: the README names all there is, and what it shows is what comes out."""

from __future__ import annotations

import csv
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadscore.cli import app
from leadscore.commands.score import score
from leadscore.decays import DECAYS
from leadscore.errors import LeadscoreError
from leadscore.measures import FORMS, Heat, Scale, Value
from leadscore.measures.value import Chance
from leadscore.model.accounts import COMBINATIONS, Accounts
from leadscore.model.arms import Arms
from leadscore.model.check import ARM, CHANCE
from leadscore.model.input import Input
from leadscore.model.join import Join
from leadscore.model.load import load_content
from leadscore.model.nurture import NURTURE_COLUMNS, EnoughPoints, Idle, Nurture
from leadscore.model.resolve import LEAD_COLUMNS
from leadscore.model.schema import Checks, FieldConfig, Model, Output, Tier
from leadscore.model.screen import SCREEN_COLUMNS, VERDICTS, Screen, Sign, Suspect
from leadscore.model.write_back import WriteBackNames
from leadscore.operators import OPERATORS
from leadscore.pipeline.check import INCOMPLETE
from leadscore.pipeline.lists import PARTS
from leadscore.rules import KINDS, Rule
from tests.running import model_of
from tests.workbooks import workbook

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTIONS = {part.splitlines()[0]: part for part in re.split(r"^#+ ", README, flags=re.MULTILINE)[1:]}


def _keys(part: type) -> list[str]:
    return [field.alias or name for name, field in part.model_fields.items()]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("Criteria", list(OPERATORS)),
        ("Rules", [*KINDS, *_keys(Rule)]),
        ("Decay", list(DECAYS)),
        ("Fields", _keys(FieldConfig)),
        ("Scales, heat, value", [*_keys(Scale), *FORMS, *_keys(Heat), *_keys(Value), *_keys(Chance)]),
        ("The chance to win", [CHANCE, "predict", "intercept", "slope"]),
        ("Pilot and control", [*_keys(Arms), ARM, "by", "control", "few", "since"]),
        ("The matrix", _keys(Tier)[2:]),
        ("The rest of the file", _keys(Input)),
        (
            "The rest of the file",
            [*_keys(Checks), *_keys(Output), "score", "grade", "rank_by", "outcome", "disqualify"],
        ),
        (
            "The screen: lamb or spam",
            [*_keys(Screen), *_keys(Suspect), *_keys(Sign), *VERDICTS, *SCREEN_COLUMNS],
        ),
        (
            "The nurture list",
            [*_keys(Nurture), *_keys(EnoughPoints), *_keys(Idle), *NURTURE_COLUMNS],
        ),
        ("Accounts", [*_keys(Accounts), *COMBINATIONS, "leads_score", "account_points"]),
        ("Enrichment", [*_keys(Join), "joined_set_aside"]),
        ("Back into the CRM", _keys(WriteBackNames)),
        ("Commands", [command.callback.__name__ for command in app.registered_commands if command.callback]),
        (
            "Exit codes",
            [str(kind.exit_code) for kind in LeadscoreError.__subclasses__()]
            + [str(INCOMPLETE), "129", "143"],
        ),
    ],
)
def test_the_readme_names_every_word_a_user_may_write(section: str, words: list[str]) -> None:
    text = SECTIONS[section]
    assert [word for word in words if not re.search(rf"\b{re.escape(word)}\b", text)] == []


def test_the_readme_names_every_key_of_the_config() -> None:
    assert [key for key in _keys(Model) if f"{key}:" not in README and f"`{key}`" not in README] == []


def test_the_readme_names_every_column_and_file_of_a_result(tmp_path: Path) -> None:
    text = SECTIONS["What comes out"]
    assert [column for column in LEAD_COLUMNS if column.split("_")[0] not in text] == []
    assert [column for column in (*SCREEN_COLUMNS, *NURTURE_COLUMNS) if column not in text] == []
    assert [name for name in (*PARTS, "nurture") if f"`{name}.csv`" not in text] == []


def test_the_command_the_readme_shows_prints_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = SECTIONS["Try it"].split("```text\n")[1].split("```")[0]
    line = next(
        line for line in README.splitlines() if "leadscore score sample_data" in line and "venv" in line
    )
    words = shlex.split(line.split("/bin/leadscore ")[1])
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    out = tmp_path / "out"
    assert score([Path(words[1])], Path(words[3]), out, as_of=words[7]) == 0
    printed = [text.rstrip() for text in capsys.readouterr().err.splitlines()]
    assert shown.rstrip().splitlines() == printed[: len(shown.rstrip().splitlines())]
    files = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    text = SECTIONS["What comes out"]
    assert [name for name in sorted(files) if name not in text and not name.startswith("tiers/")] == []


_FILES = {
    "leads.csv": "sample_data/leads.csv",
    "hubspot.csv": "sample_data/crm/hubspot.csv",
    "zoho.csv": "sample_data/crm/zoho.csv",
}
_BEFORE = (
    "leadscore score leads.csv -c configs/b2b_saas.yml -o 'runs/{as_of}' --as-of 2026-06-28 -q",
    "leadscore score hubspot.csv -c configs/b2b_saas.yml -o hubspot/2026-06-29 --as-of 2026-06-29"
    " --write-back",
)
NIGHTLY = README.split("### With cron")[1].split("```sh\n")[1].split("```")[0]
GOOD, DAMAGED = "lead_id,visits\n1,60\n", "lead_id,visits\n1,60\n2\n"


@pytest.mark.parametrize(
    ("leads", "config", "code", "told"),
    [
        (GOOD, model_of("kind: count, field: visits, each: 1"), 0, ""),
        (DAMAGED, model_of("kind: count, field: visits, each: 1"), 5, "-s leads: published, some rows"),
        (
            "lead_id\n1\n",
            model_of("kind: count, field: visits, each: 1"),
            4,
            "-s leads: the export is refused",
        ),
        (GOOD, "name: x\n", 3, "-s leads: the config is refused"),
    ],
)
def test_the_nightly_job_of_the_readme_does_what_it_says(
    tmp_path: Path, leads: str, config: str, code: int, told: str
) -> None:
    folder, programs = tmp_path / "leads", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    (folder / "leads.csv").write_text(leads)
    (folder / "model.yml").write_text(config)
    (programs / "leadscore").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m leadscore "$@"\n')
    (programs / "mail").write_text(f'#!/bin/sh\n(echo "$@"; cat) >"{tmp_path}/mail.txt"\n')
    for program in programs.iterdir():
        program.chmod(0o700)
    (tmp_path / "nightly.sh").write_text(NIGHTLY)
    for _ in range(2):
        (tmp_path / "mail.txt").write_text("")
        environment = {"PATH": f"{programs}:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
        done = subprocess.run(
            ["sh", tmp_path / "nightly.sh", folder], capture_output=True, text=True, env=environment
        )
        assert (done.returncode, done.stdout, done.stderr) == (code, "", "")
        assert (tmp_path / "mail.txt").read_text().startswith(told)
        assert (folder / "runs" / "latest").exists() == (code in {0, 5})


def test_the_nightly_job_has_an_answer_to_every_exit_code() -> None:
    codes = {str(kind.exit_code) for kind in LeadscoreError.__subclasses__()} | {"0", str(INCOMPLETE)}
    answered = set(re.findall(r"^  ([0-9|]+)\)", NIGHTLY, flags=re.MULTILINE))
    assert codes - {"2"} <= {code for each in answered for code in each.split("|")}
    rows = set(re.findall(r"^\| ([0-9]+)", SECTIONS["Exit codes"], flags=re.MULTILINE))
    assert codes <= rows


def _commands() -> Iterator[str]:
    """Every line of leadscore in the README's shell blocks; what installs or tests it aside."""
    for block in re.findall(r"^```sh\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL):
        if not block.startswith("#!"):  # the nightly script has a test of its own
            lines = [line.split("&& ")[-1] for line in block.splitlines()]
            yield from (line for line in lines if re.search(r"(^|/|\{ )leadscore ", line))


NOT_OURS_TO_SHIP = "x_education"


def test_every_command_of_the_readme_runs(tmp_path: Path) -> None:
    """In a folder as the README's reader would have it, one after the other."""
    for folder in ("sample_data", "configs"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    for name, source in _FILES.items():
        (tmp_path / name).write_bytes((ROOT / source).read_bytes())
    rows = list(csv.reader((tmp_path / "leads.csv").read_text("utf-8").splitlines()))
    (tmp_path / "leads.xlsx").write_bytes(workbook({"Leads": rows}))
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "leadscore").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m leadscore "$@"\n')
    (programs / "leadscore").chmod(0o700)
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}

    def call(line: str) -> tuple[int, str]:
        done = subprocess.run(
            ["sh", "-c", line], capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
        )
        return done.returncode, f"{line}\n{done.stdout[-500:]}{done.stderr[-500:]}"

    for line in _BEFORE:
        assert call(line)[0] == 0
    lines = list(_commands())
    assert len(lines) > 15
    for line in lines:
        if NOT_OURS_TO_SHIP not in line:
            code, told = call(line.replace(".venv/bin/", ""))
            assert code in ({0, 3} if "--fail-on" in line else {0}), told


def test_the_config_the_readme_shows_is_a_model() -> None:
    text = SECTIONS["The config"].split("```yaml\n")[1].split("```")[0]
    assert [tier.name for tier in load_content("README.md", text.encode()).tiers] == ["SQL", "MQL", "Cold"]


def test_the_python_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    code = SECTIONS["In Python"].split("```python\n")[1].split("```")[0]
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert len(names["scores"]) == 500  # type: ignore[arg-type]
