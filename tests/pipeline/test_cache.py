"""test_cache: what was read once is not parsed again, and whatever becomes of it, the result is the same."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from leadscore.pipeline import cache as cache_module, endings, kept
from leadscore.pipeline.cache import Cache, default_folder
from leadscore.pipeline.read import open_export
from tests.running import Place, match, model_of

CONFIG = model_of(match("note: {known: true}", 5), tiers="[{name: Cold}]")
LEADS = 'lead_id,note,more\n1,a,x\n2,"b\nb",y\n3,c\n4,=d,"z ""z"""\n' + "5,a,x\n" * 0
ALL = ["lead_id", "note", "more"]


@pytest.fixture(autouse=True)
def small_and_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "FEWEST_BYTES", 0)
    monkeypatch.setattr(cache_module, "SETTLED", -1e9)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text(LEADS)
    return path


def read(path: Path, cache: Cache, columns: list[str], coded: bool = True, size: int = 1 << 20) -> list[Any]:
    """All that a reader says of a file."""
    export: Any = open_export(path, ALL, cache=cache, batch_bytes=size)
    batches = [
        (batch.start, batch.lines.tolist(), batch.leads.astype("str").to_dict("list"))
        for batch in export.batches(columns, coded)
    ]
    count = sum(len(lines) for _, lines, _ in batches)
    lines = export.take_lines([*range(count)][::-1], guard=True)
    rows = export.take_rows([*range(count)][::-1]).to_pydict()
    return [batches, export.set_aside, export.notes, export.digest, lines[0].to_pylist(), lines[1], rows]


def files_of(cache: Cache) -> list[str]:
    assert cache.folder is not None
    return sorted(path.suffix for path in cache.folder.iterdir())


class LookedError(Exception):
    """Somebody parsed the file."""


@pytest.fixture
def no_parsing(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    def refuse(*arguments: object) -> None:
        raise LookedError

    with monkeypatch.context() as context:
        context.setattr(endings, "scan_spans", refuse)
        yield context


@pytest.mark.parametrize("coded", [True, False])
def test_what_was_read_is_not_parsed_again(
    leads: Path, cache: Cache, coded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = read(leads, cache, ALL, coded)
    assert files_of(cache) == [".arrow", ".json"]

    def refuse(*arguments: object) -> None:
        raise LookedError

    monkeypatch.setattr(endings, "scan_spans", refuse)
    assert read(leads, cache, ALL, not coded) == first
    assert read(leads, cache, ALL[:1]) != first
    with pytest.raises(LookedError):
        read(leads, Cache(None), ALL)


CELLS = ["a", '"b"', '"c,d"', '"e\nf"', '"g""h"', "", "=x", 'x"', '"y']


@given(
    st.lists(st.lists(st.sampled_from(CELLS), min_size=2, max_size=4), max_size=12),
    st.sampled_from([1, 40, 1000]),
)
def test_a_damaged_file_is_read_again_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], size: int
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    path = folder / "leads.csv"
    path.write_text("lead_id,note,more\n" + "".join(",".join(row) + "\n" for row in rows))
    before, cache = read(path, Cache(None), ALL, True, size), Cache(folder / "cache")
    assert read(path, cache, ALL, True, size) == before
    assert read(path, cache, ALL, True, size) == before
    assert files_of(cache) == [".arrow", ".json"]


def test_a_changed_file_is_read(leads: Path, cache: Cache) -> None:
    read(leads, cache, ALL)
    was = leads.stat()
    leads.write_text(LEADS.replace("a,x", "a,w"))
    os.utime(leads, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert read(leads, cache, ALL) == read(leads, Cache(None), ALL)


def test_a_file_that_was_changed_just_now_is_not_kept(
    leads: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "SETTLED", 60.0)
    read(leads, cache, ALL)
    assert cache.folder is not None
    assert not cache.folder.exists()


def test_one_column_more_is_read_and_kept(leads: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    read(leads, cache, ALL[:2])
    assert read(leads, cache, ALL[2:]) == read(leads, Cache(None), ALL[2:])
    assert files_of(cache) == [".arrow", ".json"]

    def refuse(*arguments: object) -> None:
        raise LookedError

    monkeypatch.setattr(endings, "scan_spans", refuse)
    assert len(read(leads, cache, ALL)[0]) == 1  # all three are there now


@pytest.mark.parametrize("suffix", [".arrow", ".json"])
@pytest.mark.parametrize("harm", ["cut", "flip", "gone", "empty"])
def test_what_was_kept_is_not_trusted(leads: Path, cache: Cache, suffix: str, harm: str) -> None:
    first = read(leads, cache, ALL)
    assert cache.folder is not None
    (path,) = cache.folder.glob(f"*{suffix}")
    content = path.read_bytes()
    middle = len(content) // 2
    harmed = {"cut": content[:-9], "empty": b"", "flip": content[:middle] + b"~" + content[middle + 1 :]}
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(harmed[harm])
    assert read(leads, cache, ALL) == first


def test_nobody_else_can_read_it(leads: Path, cache: Cache) -> None:
    read(leads, cache, ALL)
    assert cache.folder is not None
    modes = {stat.S_IMODE(path.stat().st_mode) for path in cache.folder.iterdir()}
    assert (stat.S_IMODE(cache.folder.stat().st_mode), modes) == (0o700, {0o600})


@pytest.mark.parametrize("how", ["open to others", "a link", "a file"])
def test_a_folder_that_is_not_ours_alone_is_not_used(
    leads: Path, cache: Cache, tmp_path: Path, how: str
) -> None:
    assert cache.folder is not None
    if how == "open to others":
        cache.folder.mkdir(mode=0o755)
    elif how == "a link":
        (tmp_path / "planted").mkdir(mode=0o700)
        cache.folder.symlink_to(tmp_path / "planted")
    else:
        cache.folder.write_text("")
    read(leads, cache, ALL)
    assert list(tmp_path.rglob("*.arrow")) == []


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, cache: Cache) -> None:
    paths = [tmp_path / f"leads{number}.csv" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_text(LEADS)
        read(path, cache, ALL)
        assert cache.folder is not None
        for old in cache.folder.glob("*.arrow"):
            os.utime(old, (old.stat().st_atime, old.stat().st_mtime - 100))
        if number == 1:
            read(paths[0], cache, ALL)  # used again, so the second one is the oldest
            size = max(old.stat().st_size for old in cache.folder.glob("*.arrow"))
            cache.most = 2 * size + size // 2
    assert files_of(cache) == [".arrow", ".arrow", ".json", ".json"]
    exports: list[Any] = [open_export(path, ALL, cache=cache) for path in paths]
    assert [export.recall.kept is not None for export in exports] == [True, False, True]


def test_without_room_the_result_is_the_same(
    leads: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept, "_packed", full)
    assert read(leads, cache, ALL) == read(leads, Cache(None), ALL)
    assert files_of(cache) == []


def test_a_reading_that_was_not_finished_is_not_kept(leads: Path, cache: Cache) -> None:
    export = open_export(leads, ALL, cache=cache, batch_bytes=8)
    batches = export.batches(ALL)
    next(batches)
    batches.close()  # type: ignore[attr-defined]
    assert files_of(cache) == []


def test_the_command_keeps_what_it_reads_unless_told_not_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    place = Place(tmp_path)
    leads = place.write("leads.csv", LEADS)
    assert place.score(leads, CONFIG, "--no-cache").code == 5
    assert not (tmp_path / "home").exists()
    before = place.files()
    for _ in range(2):
        assert place.score(leads, CONFIG).code == 5
        assert len(list((tmp_path / "home" / "leadscore").glob("*.arrow"))) == 1
        assert place.files() == before


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_CACHE_HOME": "/c"}, Path("/c/leadscore")),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/h"}, Path("/h/.cache/leadscore")),
        ({"HOME": "/h"}, Path("/h/.cache/leadscore")),
        ({}, None),
    ],
)
def test_where_the_cache_is(
    environment: dict[str, str], folder: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert default_folder() == folder
