"""polluter: how many polluted exports each reader takes without a word. ``python -m tests.polluter``"""

from __future__ import annotations

import re
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from leadscore.model.load import load_content
from tests.polluter_export import Style
from tests.polluter_faults import EXPORTS, Polluted, double_faults, single_faults
from tests.polluter_judge import judge, rows_of, score_file

Table = list[list[object]]
# What pandas takes for missing by itself; that it does so in clean files as well is not counted here.
MISSING = {"", "NA", "N/A", "nan", "NaN", "None", "null", "NULL", "n/a", "<NA>", "#N/A", "-nan", "NAN"}


def read_with_pandas(path: Path, style: Style) -> Table:
    """As people read a file, but for the delimiter, which is given."""
    frame = pd.read_csv(path, sep=style.delimiter)
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    return [list(frame.columns), *frame.astype(object).to_numpy().tolist()]


def read_with_pyarrow(path: Path, style: Style) -> Table:
    """As people read a file, but for the delimiter, which is given."""
    table = pyarrow.csv.read_csv(path, parse_options=pyarrow.csv.ParseOptions(delimiter=style.delimiter))
    columns = [column.to_pylist() for column in table.columns]
    return [list(table.column_names), *map(list, zip(*columns, strict=True))]


TOOLS: dict[str, Callable[[Path, Style], Table]] = {
    f"pandas {pd.__version__}": read_with_pandas,
    f"pyarrow {pa.__version__}": read_with_pyarrow,
}
REFUSALS = (ValueError, pa.ArrowException, UnicodeError)


def told_apart(value: object) -> object:
    """A value whatever type it was read as: 5, 5.0 and "005" are one, and so is all that is missing."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, date):
        return value.isoformat()[:10]
    text = str(value)
    return Decimal(text).normalize() if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else text


def judge_table(polluted: Polluted, table: Iterable[Iterable[object]]) -> str:
    """Right, where the table is what the file says by the letter, or what the clean one said; else silent."""
    width = len(rows_of(polluted)[0].cells) if rows_of(polluted) else 0
    for meant in (polluted, Polluted(polluted.clean)):
        rows = [list(map(_meant, row.cells)) for row in rows_of(meant)]
        whole = meant is not polluted or all(len(row) == width for row in rows)
        if rows and whole and rows == [list(map(_meant, row)) for row in table]:
            return "right"
    return "silent"


def _meant(value: object) -> object:
    return "" if value in MISSING else told_apart(value)


def count_verdicts(all_polluted: Iterable[Polluted]) -> dict[str, Counter[str]]:
    """Tool -> how often it refused, named lines or cells, was right, or wrong without a word."""
    models = {name: load_content(name, clean.style.config.encode()) for name, clean in EXPORTS.items()}
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("leadscore", *TOOLS)}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / "leads.csv"
        for polluted in all_polluted:
            style = polluted.clean.style
            path.write_bytes(polluted.data)
            verdict = judge(polluted, score_file(path, models[style.name]))
            counts["leadscore"]["silent" if verdict.wrong else verdict.kind] += 1
            for name, read in TOOLS.items():
                counts[name][_ask(read, path, polluted)] += 1
    return counts


def _ask(read: Callable[[Path, Style], Any], path: Path, polluted: Polluted) -> str:
    try:
        return judge_table(polluted, read(path, polluted.clean.style))
    except REFUSALS:
        return "refused"


def main(doubles: int) -> None:
    """Print the table for all single faults and for so many double ones."""
    singles = [Polluted(fault.clean, (fault,)) for fault in single_faults()]
    pairs = list(double_faults(doubles))
    for kind, all_polluted in (("single", singles), ("double", pairs)):
        title = f"{len(all_polluted)} {kind} faults"
        print(f"{title:24}{'refused':>10}{'named':>10}{'right':>10}{'silent':>10}")
        for name, counts in count_verdicts(all_polluted).items():
            print(f"{name:24}" + "".join(f"{counts[k]:10}" for k in ("refused", "named", "right", "silent")))
        print()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
