"""test_crm_samples: one config runs on the export of any CRM; each sample has a golden result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.crm_golden import HOME, SAMPLES, make_golden, samples
from tests.running import DAY, run


@pytest.mark.parametrize("name", samples())
def test_a_sample_gives_its_golden_result(name: str) -> None:
    kept = (HOME / f"{name}.txt").read_text(encoding="utf-8")
    assert make_golden(name).splitlines() == kept.splitlines(), (
        f"if this is meant: python -m tests.crm_golden {name}"
    )


@pytest.mark.parametrize("name", ["hubspot", "salesforce_report", "salesforce_objects", "zoho"])
def test_the_readmes_config_scores_the_export_of_each_large_crm_without_a_change(
    name: str, tmp_path: Path
) -> None:
    export, config, out = SAMPLES / f"{name}.csv", ROOT / "configs" / "b2b_saas.yml", tmp_path / "out"
    ended = run("score", export, "-c", config, "-o", out, "--as-of", DAY)
    assert ended.code == 0, ended.stderr
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert (summary["unreadable"], summary["set_aside"]) == ([], {})
    assert summary["outcome"]["won"] > 0
    assert summary["leads"]["ranked"] > 30
