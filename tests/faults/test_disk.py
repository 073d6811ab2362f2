"""test_disk: the disk is full at some point of a run: exit 6 and the old result, or the new one, whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT

DRIVER = Path(__file__).with_name("small_disk.py")
APART = ["unshare", "--user", "--map-root-user", "--mount"]
SMALLEST, LARGEST, COUNT = 64 << 10, 2 << 20, 20
"""Bytes. The old result takes the smallest disk nearly whole; the largest has room for the new one twice."""

SIZES = [round(SMALLEST * (LARGEST / SMALLEST) ** (step / (COUNT - 1))) for step in range(COUNT)]


@pytest.fixture(scope="module")
def mountable(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips where nobody but root may mount a disk."""
    command = ["mount", "-t", "tmpfs", "none", str(tmp_path_factory.mktemp("mounted"))]
    try:
        tried = subprocess.run([*APART, *command], capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("unshare is not installed: no small disk can be made")
    if tried.returncode:
        pytest.skip(f"no small disk can be made here: {tried.stderr.strip()[:100]}")


@pytest.mark.parametrize(
    "sizes", [SIZES[1::5], pytest.param(SIZES, marks=pytest.mark.slow)], ids=["some", "many"]
)
def test_a_disk_that_is_full_at_some_point(
    mountable: None, tmp_path: Path, sizes: list[int], record_property: Callable[[str, object], None]
) -> None:
    done = subprocess.run(
        [*APART, sys.executable, str(DRIVER), str(tmp_path), *map(str, sizes)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    ends = [json.loads(line) for line in done.stdout.splitlines()]
    codes, wrong = (
        Counter(code for code, _ in ends),
        [end for end in zip(sizes, ends, strict=True) if end[1][1]],
    )
    record_property("counted", f"{len(sizes)} sizes (exit {dict(codes)}), {len(wrong)} wrong")
    assert wrong == []
    assert set(codes) == {0, 6}
