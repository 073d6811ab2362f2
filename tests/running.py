"""running: files in, the real command, files and an exit code out."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow.parquet as pq

from leadscore import cli
from leadscore.commands.streams import STOPPED, STOPS
from tests.conftest import ROOT

DAY = "2026-06-30"
SAMPLE, SAMPLE_CONFIG = ROOT / "sample_data" / "leads.csv", ROOT / "configs" / "b2b_saas.yml"


@dataclass(frozen=True)
class Ended:
    """How a run ended and what it said."""

    code: int
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        return self.stdout + self.stderr


def run(*arguments: object, **environment: str) -> Ended:
    """The command in this process. A traceback or exit 1 is never right, so no test need ask for it."""
    stdout, stderr = io.StringIO(), io.StringIO()
    handlers = {number: signal.getsignal(number) for number in STOPS}
    with (
        mock.patch.object(sys, "argv", ["leadscore", *map(str, arguments)]),
        mock.patch.dict(os.environ, environment),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stderr),
    ):
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code
        finally:
            STOPPED.clear()
            for number, handler in handlers.items():
                signal.signal(number, handler)
    assert isinstance(code, int)
    return _sound(Ended(code, stdout.getvalue(), stderr.getvalue()))


def run_alone(*arguments: object, timeout: float = 30, **environment: str) -> Ended:
    """The command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "leadscore", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        env={**os.environ, **environment},
    )
    return _sound(Ended(done.returncode, done.stdout, done.stderr))


def _sound(ended: Ended) -> Ended:
    assert ended.code != 1, ended.stderr
    assert "Traceback" not in ended.said
    assert "a bug in leadscore" not in ended.said
    return ended


@dataclass(frozen=True)
class Place:
    """A folder with exports and configs, and what the command makes of them."""

    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def score(
        self, leads: str | bytes | Path, config: str | Path, *options: object, **environment: str
    ) -> Ended:
        """Score leads (the content of a CSV or Parquet file, or a path) by a config (YAML, or a path)."""
        export = leads if isinstance(leads, Path) else self.write("leads.csv", leads)
        model = config if isinstance(config, Path) else self.write("model.yml", config)
        arguments = ("score", export, "-c", model, "-o", self.out, "--as-of", DAY, *options)
        return run(*arguments, **environment)

    def rows(self, name: str = "ranked.csv", delimiter: str = ",") -> list[dict[str, str]]:
        return rows_of((self.out / name).read_bytes(), delimiter)

    def scores(self, id_: str = "lead_id") -> dict[str, str]:
        """Id -> score in rank order; ids that stand twice would hide each other, so they are refused."""
        rows = self.rows()
        scores = {row[id_]: row["score"] for row in rows}
        assert len(scores) == len(rows)
        return scores

    def set_aside(self) -> list[tuple[int, str]]:
        return [(int(row["line"]), row["reason"]) for row in self.rows("set_aside.csv")]

    def unreadable(self) -> list[tuple[int, str, str]]:
        return [(int(row["line"]), row["column"], row["reason"]) for row in self.rows("unreadable.csv")]

    def summary(self) -> dict[str, Any]:
        return _read_json(self.out / "summary.json")

    def manifest(self) -> dict[str, Any]:
        return _read_json(self.out / "manifest.json")

    def files(self) -> dict[str, bytes]:
        """Everything that stands in the output, byte by byte."""
        return files_in(self.out)


def files_in(folder: Path) -> dict[str, bytes]:
    """Path inside the folder -> content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _read_json(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def rows_of(content: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    """A CSV file's rows, read by Python's own reader: an authority from outside the project."""
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=delimiter, strict=True))


def parquet_rows(path: Path) -> list[dict[str, Any]]:
    """A Parquet file's rows as Python values."""
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def model_of(
    *rules: str, head: str = "", score: str = "", tiers: str = "[{name: Hot, min_score: 10}, {name: Cold}]"
) -> str:
    """A config of one group. ``rules`` are flow mappings without a name; ``head`` is any other YAML."""
    listed = "".join(f"\n      - {{name: rule {place}, {rule}}}" for place, rule in enumerate(rules, start=1))
    groups = f"groups:\n  fit:\n    rules:{listed}\nscore: {{{score}}}"
    return f"name: test\nid: lead_id\n{head}\n{groups}\ntiers: {tiers}\n"


def match(when: str, points: object) -> str:
    """A match rule for ``model_of``."""
    return f"kind: match, when: {{{when}}}, points: {points}"


def csv_of(header: str, rows: Iterable[str]) -> str:
    """Lines with LF ends."""
    return "".join(f"{line}\n" for line in (header, *rows))


def strings(value: object) -> Iterator[str]:
    """Every text inside nested JSON, keys as well."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value
