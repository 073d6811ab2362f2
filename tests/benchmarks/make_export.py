"""make_export: a large made-up export with the columns of sample_data/leads.csv and five more.

    python tests/benchmarks/make_export.py 1000000 leads_1m.csv      (or leads_1m.parquet)
    python tests/benchmarks/make_export.py 1000000 leads_1m.csv --quoting needed
    python tests/benchmarks/make_export.py 1000000 next_1m.parquet --first 1000000

CSV has every cell in quotes, as some CRMs write it, or those that need it, as most do. Each column is drawn
on its own from the sample's cells; ids, addresses and phone numbers are made unique, so that texts repeat
about as much as in a real export. The same numbers give the same file. Files whose leads are numbered from
``first`` on have no lead in common where these numbers do not meet.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

SAMPLE = Path(__file__).parents[2] / "sample_data" / "leads.csv"
BATCH = 100_000


def make_export(count: int, path: Path, quoting: str = "all", seed: int = 20260630, first: int = 0) -> None:
    """Write ``count`` leads x 30 columns as CSV, or as Parquet where the name ends so."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    # Cells with a line break are rare in exports; the sample has more than its share of them.
    cells = {name: [row[place].replace("\n", " ") for row in rows] for place, name in enumerate(header)}
    random = np.random.default_rng(seed + first)
    batches = (
        _make_batch(first + made, min(BATCH, count - made), cells, random) for made in range(0, count, BATCH)
    )
    if quoting == "needed" and path.suffix != ".parquet":
        _write_quoted_where_needed(batches, path)
    else:
        _write(batches, path)


def _write(batches: Iterator[pa.Table], path: Path) -> None:
    writer = None
    for table in batches:
        if writer is None:
            kind = pq.ParquetWriter if path.suffix == ".parquet" else pa_csv.CSVWriter
            writer = kind(str(path), table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _write_quoted_where_needed(batches: Iterator[pa.Table], path: Path) -> None:
    # pyarrow puts all texts in quotes or none.
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for place, table in enumerate(batches):
            if place == 0:
                writer.writerow(table.column_names)
            writer.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _make_batch(first: int, count: int, cells: dict[str, list[str]], random: np.random.Generator) -> pa.Table:
    numbers = np.arange(first, first + count)
    columns = {
        name: pa.array(values).take(pa.array(random.integers(0, len(values), count)))
        for name, values in cells.items()
    }
    columns["lead_id"] = pa.array([f"{number * 7919 % 10**9:010d}" for number in numbers.tolist()])
    domains = [value.rpartition("@")[2] or "nowhere.example" for value in cells["email"]]
    drawn = random.integers(0, len(domains), count).tolist()
    columns["email"] = pa.array(
        [f"person.{n}@{domains[d]}" for n, d in zip(numbers.tolist(), drawn, strict=True)]
    )
    columns["phone"] = pa.array([f"+1 555 {number:07d}" for number in numbers.tolist()])
    for place in range(30 - len(cells)):
        columns[f"custom_{place}"] = pa.array(
            [f"value {n}" for n in random.integers(0, 5_000, count).tolist()]
        )
    return pa.table(columns)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("count", type=int)
    arguments.add_argument("path", type=Path)
    arguments.add_argument("--quoting", choices=["all", "needed"], default="all")
    arguments.add_argument("--first", type=int, default=0, help="the number of the first lead")
    make_export(**vars(arguments.parse_args()))
