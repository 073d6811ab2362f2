"""duckdb_sql: model.yml and events.yml as one would write them in SQL.

    python -m tests.benchmarks.peers.duckdb_sql EXPORT OUT [--events LOG]

Cells are read as text, since the files that are written must hold what the CRM wrote: a budget of
66600.50 and an id of 0000007919 are gone once they are numbers.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

SQL = Path(__file__).parent / "sql"
TIERS = ("SQL", "MQL", "Nurture", "Cold")
WRITING = {".csv": "FORMAT csv, HEADER", ".parquet": "FORMAT parquet"}


def main() -> None:
    """The whole job: read, score, rank, write the ranked file and one per tier."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("export", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--events", type=Path)
    given = arguments.parse_args()
    with duckdb.connect() as database:
        database.execute("SET threads = 2")
        database.execute(f"SET temp_directory = '{given.out}/spilled'")
        if given.events is None:
            _run(database, "leads", export=_reader(given.export))
        else:
            _run(database, "events", export=_reader(given.export), log=_log_reader(given.events))
        _write(database, given.out, given.export.suffix)


def _run(database: duckdb.DuckDBPyConnection, name: str, **files: str) -> None:
    statement = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    for word, reader in files.items():
        statement = statement.replace(f"{{{word}}}", reader)
    database.execute(statement)


def _reader(path: Path) -> str:
    if path.suffix == ".parquet":
        return f"read_parquet('{path}')"
    return f"read_csv('{path}', all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')"


def _log_reader(path: Path) -> str:
    types = "{'lead_id': 'VARCHAR', 'event': 'VARCHAR', 'time': 'DATE', 'value': 'DOUBLE'}"
    if path.suffix == ".parquet":
        return f"read_parquet('{path}')"
    return f"read_csv('{path}', header = true, delim = ',', columns = {types})"


def _write(database: duckdb.DuckDBPyConnection, out: Path, suffix: str) -> None:
    (out / "tiers").mkdir(parents=True, exist_ok=True)
    how = WRITING[suffix]
    database.execute(f"COPY ranked TO '{out}/ranked{suffix}' ({how})")
    for tier in TIERS:
        query = f"SELECT * FROM ranked WHERE tier = '{tier}'"
        database.execute(f"COPY ({query}) TO '{out}/tiers/{tier}{suffix}' ({how})")


if __name__ == "__main__":
    main()
