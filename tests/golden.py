"""golden: what each config makes of its sample, in few lines.

``python -m tests.golden [NAME...]`` writes them anew, to be reviewed with ``git diff``: for the first leads
of the sample one line each, then one line about all of them. A file a run writes besides the leads' own
(accounts, a nurture list) has a golden file of its own.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
import sys
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

from leadscore.model.load import load_model
from tests.conftest import ROOT
from tests.running import Ended, rows_of, run

CONFIGS, HOME = ROOT / "configs", ROOT / "tests" / "configs"
SHOWN = 50
NOT_GOLDEN = {"set_aside.csv", "events_set_aside.csv", "unreadable.csv", "moved.csv"}
Row = dict[str, str]


def configs() -> list[Path]:
    return sorted(path for path in CONFIGS.glob("*.yml") if "leadscore score sample_data/" in comments(path))


def comments(config: Path) -> str:
    """What the config says to people, one line for each of theirs."""
    lines = config.read_text(encoding="utf-8").splitlines()
    return "\n".join(line.partition("#")[2].strip() for line in lines if line.startswith("#"))


def try_it(config: Path) -> list[str | Path]:
    """The words of the command in the config's comments, without ``-o out``; files of the project in full."""
    command = re.search(r"leadscore (score sample_data/.*(\n-.*)*)", comments(config))
    assert command, f"{config.name} does not say how to try it"
    words = shlex.split(command[1])
    place = words.index("-o")
    return [ROOT / word if (ROOT / word).exists() else word for word in words[:place] + words[place + 2 :]]


def sample_of(config: Path) -> Path:
    return Path(try_it(config)[1])


def events_of(config: Path) -> list[str | Path]:
    """``--events`` and the activity log, where the config needs one."""
    words = try_it(config)
    return words[words.index("--events") :][:2] if "--events" in words else []


def id_column(config: Path) -> str:
    model = load_model(config)
    return [*model.fields[model.id].columns, model.id][0]


def score_sample(config: Path, out: Path) -> Ended:
    return run(*try_it(config), "-o", out)


def make_goldens(config: Path) -> dict[str, str]:
    """File name -> content, for the config's sample."""
    sample, key = rows_of(sample_of(config).read_bytes()), id_column(config)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        ended = score_sample(config, out)
        assert ended.code == 0, ended.stderr
        files = {path.name: rows_of(path.read_bytes()) for path in out.glob("*.csv")}
    leads = leads_of(files, key)
    added = added_columns(list(leads.values()), list(sample[0]))
    chosen = [{key: lead[key], **leads[lead[key]]} for lead in sample[:SHOWN]]
    goldens = {f"{config.stem}.csv": write([key, *added], [*chosen, about_all(leads, key)])}
    for name, rows in files.items():
        if rows and name not in {"ranked.csv", *NOT_GOLDEN, *(lead["file"] for lead in leads.values())}:
            own = [*([key] if key in rows[0] else []), *added_columns(rows, list(sample[0]))]
            goldens[f"{config.stem}.{name}"] = write(own, rows[:SHOWN])
    return goldens


def leads_of(files: dict[str, list[Row]], key: str) -> dict[str, Row]:
    """Id -> the lead's row: of the ranking, or of the file it was sorted out into, then with its name.

    Where some leads stand in one more file, as in a nurture list, its name is under `also`, with its columns.
    """
    found: dict[str, Row] = {}
    for name in sorted(files, key=lambda name: (name != "ranked.csv", name != "disqualified.csv", name)):
        for row in files[name] if name not in NOT_GOLDEN else ():
            if key in row:
                again = {**row, "also": name, **found[row[key]]} if row[key] in found else None
                found[row[key]] = again or {**row, "file": "" if name == "ranked.csv" else name}
    if any("also" in lead for lead in found.values()):
        found = {id_: {**lead, "also": lead.get("also", "")} for id_, lead in found.items()}
    return found


def added_columns(rows: list[Row], own: list[str]) -> list[str]:
    """The columns leadscore adds, in their order."""
    return [name for name in dict.fromkeys(name for row in rows for name in row) if name not in own]


def about_all(leads: dict[str, Row], key: str) -> Row:
    """How many leads are ranked, what their scores add up to, and how many of them each tier has."""
    ranked = [lead for lead in leads.values() if not lead["file"]]
    tiers = Counter(lead["tier"] for lead in ranked)
    return {
        key: f"all {len(leads)}",
        "rank": str(len(ranked)),
        "score": str(sum(Decimal(lead["score"]) for lead in ranked)),
        "tier": ", ".join(f"{tier} {count}" for tier, count in sorted(tiers.items())),
    }


def write(columns: list[str], rows: list[Row]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_goldens(names: list[str]) -> None:
    """Write the golden files of the named configs anew, of all of them if none is named."""
    chosen = [config for config in configs() if config.stem in names or not names]
    if unknown := set(names) - {config.stem for config in chosen}:
        sys.exit(f"no config to be tried on sample_data/: {', '.join(sorted(unknown))}")
    for config in chosen:
        made = make_goldens(config)
        for path in HOME.glob(f"{config.stem}.*csv"):
            path.unlink()
        for name, content in made.items():
            (HOME / name).write_text(content, encoding="utf-8", newline="")


if __name__ == "__main__":
    write_goldens(sys.argv[1:])
