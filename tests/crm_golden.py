"""crm_golden: what one config makes of each CRM's sample, in few lines.

``python -m tests.crm_golden [NAME...]`` writes them anew, to be reviewed with ``git diff``: which preset read
which field from which column, then a line per lead.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tests.conftest import ROOT
from tests.running import DAY, rows_of, run

SAMPLES, HOME = ROOT / "sample_data" / "crm", ROOT / "tests" / "crm"
NO_LEADS = {"google_analytics", "clearbit"}  # they are joined to leads
BY_NAME = {"generic_keap", "generic_persian"}
"""Samples that no preset claims: the config must name one."""


def samples() -> dict[str, list[Path]]:
    """Name -> the files that are given together."""
    found = {path.stem: [path] for path in SAMPLES.glob("*.csv") if path.stem not in NO_LEADS}
    return dict(sorted({**found, "mailchimp": sorted((SAMPLES / "mailchimp").glob("*.csv"))}.items()))


def make_golden(name: str) -> str:
    """The golden text of a sample."""
    config = HOME / ("deals.yml" if name.endswith("_deals") else "leads.yml")
    options = ["--set", "preset=generic"] if name in BY_NAME else []
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        ended = run("score", *samples()[name], "-c", config, "-o", out, "--as-of", DAY, *options)
        assert ended.code in (0, 5), ended.stderr
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        lines = [f"exit {ended.code}, leads {summary['leads']}", *summary["notes"]]
        lines += [f"{cell['column']}: {cell['reason']}: {cell['cells']}" for cell in summary["unreadable"]]
        lines += [f"{reason}: {count}" for reason, count in summary["set_aside"].items()]
        for file, read in fields_of(manifest).items():
            lines += [f"{file}{field} <- {column}" for field, column in read.items()]
        for part in ("ranked", "disqualified"):
            lines += [
                line_of(part, row) for row in rows_of((out / f"{part}.csv").read_bytes(), separator(out))
            ]
    return "\n".join(lines) + "\n"


def fields_of(manifest: dict[str, object]) -> dict[str, dict[str, str]]:
    """File -> field -> column; the file's name is left out where there is one alone."""
    inputs = manifest["inputs"]
    assert isinstance(inputs, list)
    read = [each for each in inputs if "fields" in each]
    return {f"{each['file']}: " if len(read) > 1 else "": each["fields"] for each in read}


def separator(out: Path) -> str:
    first = (out / "ranked.csv").read_bytes().splitlines()[0]
    return max(",;\t|", key=lambda mark: first.count(mark.encode()))


def line_of(part: str, row: dict[str, str]) -> str:
    cells = [
        row.get(column, "") for column in ("rank", "score", "tier", "disqualified_by", "reasons", "coverage")
    ]
    own = list(row)[list(row).index("coverage") + 1 :][:4]
    return " | ".join([part, *cells, *(row[column].replace("\n", " ") for column in own)])


if __name__ == "__main__":
    for sample in sys.argv[1:] or samples():
        (HOME / f"{sample}.txt").write_text(make_golden(sample), encoding="utf-8")
