"""test_cluster: the cluster that tests start answers, and leaves nothing behind."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.cluster import Cluster, local_cluster, processes_of


class _FailedError(Exception):
    """What goes wrong in the block of a cluster."""


def test_a_cluster_is_gone_afterwards_whatever_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    started: list[Cluster] = []
    with pytest.raises(_FailedError):
        _start_and_fail(started)
    assert [processes_of(worker) for worker in started[0].workers] == [[]]
    assert list(tmp_path.iterdir()) == []


def _start_and_fail(started: list[Cluster]) -> None:
    with local_cluster(1, "512m") as cluster:
        started.append(cluster)
        assert cluster.master.startswith("spark://127.0.0.1:")
        assert processes_of(cluster.workers[0]) == list(cluster.workers)
        assert cluster.executors() == cluster.python_workers() == [[]]
        raise _FailedError
