"""properties_files: leads as a file has them, damaged lines among them, and the files a run makes of them."""

from __future__ import annotations

import csv
import io
import os
import shutil
from pathlib import Path
from random import Random
from typing import Literal
from unittest import mock

import pandas as pd

from leadscore.model.load import load_model
from leadscore.pipeline.job import Job
from leadscore.pipeline.run import score_export
from tests.running import files_in, rows_of
from tests.strategies import AS_OF, Config

NOTES = [
    "",
    "",
    "=1+1",
    "two\nlines",
    'a "quoted" word, and; more',
    "+44 20 7946 0958",
    "-x\ty",
    " @ ",
    "试 é",
]
LIVE = ["=CEO", "@ceo", "-Intern", "+1+1"]


def with_notes(leads: pd.DataFrame, random: Random) -> pd.DataFrame:
    """With texts to be quoted or disarmed, and without a date that a run refuses for its two readings."""
    leads = leads.astype(object).where(leads.notna(), "").replace("13/13/2026", "someday")
    titles = [random.choice([title, title, random.choice(LIVE)]) for title in leads["Job Title"]]
    return leads.assign(**{"Job Title": titles, "note": [random.choice(NOTES) for _ in titles]})


def written(leads: pd.DataFrame, delimiter: str = ",", quote_all: bool = False) -> str:
    text = io.StringIO(newline="")
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    rows = [list(leads.columns), *leads.to_numpy().tolist()]
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(rows)
    return text.getvalue()


def damaged(text: str, random: Random) -> tuple[str, int]:
    """The file with some lines that are no lead at its end, and how many they are."""
    broken = random.sample(["too,short\n", "," * 9 + "\n", '1,"a"b,c\n'], random.randint(0, 3))
    return text + "".join(broken), len(broken)


def publish(config: Config, export: Path, out: Path) -> dict[str, bytes]:
    """The files of a run. That they are on the disk is no question here, and takes most of the time."""
    shutil.rmtree(out, ignore_errors=True)
    with mock.patch.object(os, "fsync"):
        score_export(Job((export,), load_model(config), AS_OF, out))
    return files_in(out)


def tables(files: dict[str, bytes], delimiter: str = ",") -> dict[str, list[dict[str, str]]]:
    return {
        name.removesuffix(".csv"): rows_of(content, delimiter)
        for name, content in files.items()
        if name.endswith(".csv")
    }
