"""test_engine_cluster: a cluster that loses a worker in the middle, and a result in an object store."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from leadscore.pipeline.job import Run
from leadscore.pipeline.run import score_export
from leadscore.pipeline.store import read_small
from leadscore.pipeline.store_path import address_of
from tests.cluster import local_cluster
from tests.engine_world import World, ended, in_one_sentence, is_whole, job_in, stages, started, wait_for
from tests.engines import differences
from tests.running import files_in
from tests.stores import SETTINGS, fetch_all, open_store, put


@pytest.mark.slow
@pytest.mark.parametrize("writing", [True, False], ids=["while it writes", "while it scores"])
@pytest.mark.parametrize("whole", [False, True], ids=["its engine", "all of it"])
def test_a_cluster_that_loses_a_worker_gives_the_whole_result_or_keeps_the_old_one(
    fresh: World, writing: bool, whole: bool
) -> None:
    old = files_in(fresh.out)
    with local_cluster(2, "1g") as cluster, started(fresh, "--master", cluster.master) as process:
        if writing:
            wait_for(lambda: stages(fresh), process)
        else:
            wait_for(lambda: any(cluster.python_workers()), process)
        lost = [cluster.workers[0], *cluster.executors()[0]] if whole else cluster.executors()[0]
        for number in lost:
            os.kill(number, signal.SIGKILL)
        end = ended(process)
    if end.code:
        in_one_sentence(end, 6)
    assert is_whole(fresh, old) == ("old" if end.code else "new")
    assert fresh.hidden() == []


@pytest.mark.slow
def test_a_result_in_an_object_store_is_that_of_this_machine(fresh: World, tmp_path: Path) -> None:
    with open_store() as store:
        bucket = store.bucket()
        exports = sorted(fresh.folder.glob("leads*.csv"))
        for export in exports:
            put(store.path(f"{bucket}/crm/{export.name}"), export.read_bytes())
        out = store.path(f"{bucket}/out")
        words = fresh.command()
        first = words.index("-c")
        command = ["score", str(store.path(f"{bucket}/crm")), *words[first:]]
        command[command.index("-o") + 1] = str(out)
        for _ in range(2):  # the second replaces the first
            with started(fresh, command=command, **SETTINGS) as process:
                end = ended(process)
            assert (end.code, end.said) == (0, "")
        manifest = json.loads(read_small(address_of(out) / "manifest.json") or b"")
        folder = fetch_all(address_of(out) / manifest["folder"], tmp_path / "fetched")
        here = score_export(job_in(fresh, fresh.folder / "local"))
        manifest["config"] = here.manifest["config"]
        summary = json.loads((folder / "summary.json").read_text())
        own = {key: manifest.pop(key) for key in ("folder", "before")}
        assert own["before"] != own["folder"]
        assert differences(here, Run(folder, summary, manifest, 0)) == []


@pytest.mark.slow
def test_a_store_that_goes_away_keeps_the_old_result(fresh: World) -> None:
    with open_store() as store:
        out = store.path(f"{store.bucket()}/out")
        command = fresh.command()
        command[command.index("-o") + 1] = str(out)
        with started(fresh, command=command, **SETTINGS) as process:
            assert ended(process).code == 0
        before = read_small(address_of(out) / "manifest.json")
        with started(fresh, command=command, **SETTINGS) as process:
            threading.Thread(target=_stop_later, args=(store, out, before), daemon=True).start()
            said = in_one_sentence(ended(process), 6)
        assert "127.0.0.1" not in said
        store.start()
        assert read_small(address_of(out) / "manifest.json") == before


def _stop_later(store: object, out: Path, before: bytes | None) -> None:
    """Stop the server as soon as something new is begun there."""
    from leadscore.pipeline.store import list_objects

    old = set(list_objects(address_of(out), deep=False))
    for _ in range(1_000):
        if set(list_objects(address_of(out), deep=False)) - old:
            break
        time.sleep(0.05)
    store.stop()  # type: ignore[attr-defined]
