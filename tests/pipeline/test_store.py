"""test_store: what is in an object store is read as a file is, and what it refuses is told in a sentence."""

from __future__ import annotations

import gzip
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, strategies as st

from leadscore.errors import InputError, Problem, PublishError
from leadscore.pipeline import store as store_module
from leadscore.pipeline.data_files import list_files
from leadscore.pipeline.publish import refuse_foreign
from leadscore.pipeline.read import open_export
from leadscore.pipeline.source import open_source
from leadscore.pipeline.store import fetch, open_remote
from leadscore.pipeline.store_path import address_of, is_address, url_of
from leadscore.pipeline.target import find_target, last_manifest
from tests.stores import SECRET, Store, open_store, put

LEADS = b"lead_id,name,visits\n1,Ann,60\n2,Bob,5\n3,,7\n"
SERVER = "endpoint_override=http://127.0.0.1:9000"


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with open_store() as opened:
        yield opened


def test_an_address_survives_being_a_path() -> None:
    cases = {
        "s3://b/k.csv": ("s3://b/k.csv", "k.csv"),
        "S3://b/k/": ("s3://b/k", "k"),
        f"s3://b/a/k.csv?region=eu-1&{SERVER}": (f"s3://b/a/k.csv?{SERVER}&region=eu-1", "k.csv"),
        "gs://anonymous@b/k": ("gs://anonymous@b/k", "k"),
        "abfs://box@account.example/a/k": ("abfs://box@account.example/a/k", "k"),
        "hdfs://node:8020/a/k": ("hdfs://node:8020/a/k", "k"),
        "hdfs://ann@node:8020/a/k": ("hdfs://ann@node:8020/a/k", "k"),
        "s3://b/day=2026-06-30/a%20b": ("s3://b/day=2026-06-30/a%20b", "a%20b"),
    }
    for written, (url, name) in cases.items():
        path = address_of(Path(written))
        assert (url_of(Path(written)), url_of(path), path.name) == (url, url, name)
        assert is_address(path)
        assert address_of(path) == path
        assert not is_address(Path(written))


def test_a_name_below_an_address_comes_before_its_options() -> None:
    path = address_of(Path(f"s3://b/runs?{SERVER}")) / "run" / "ranked.csv"
    assert url_of(path) == f"s3://b/runs/run/ranked.csv?{SERVER}"
    assert url_of(path.parent) == f"s3://b/runs/run?{SERVER}"
    assert url_of(Path(str(path))) == url_of(path)


@pytest.mark.parametrize(
    "path", ["leads.csv", "/a/b.csv", "a/s3://b", "", ".", "c:/leads.csv", "s3/b", "x?y=z"]
)
def test_a_path_of_this_machine_stays_as_it_is(path: str) -> None:
    assert url_of(Path(path)) == ""
    assert address_of(Path(path)) == Path(path)


names = st.text(st.characters(exclude_characters="?/\0", exclude_categories=["Cs"]), min_size=1).filter(
    lambda name: name not in (".", "..")
)


@given(st.lists(names, min_size=1, max_size=4))
def test_any_key_survives_being_a_path(parts: list[str]) -> None:
    url = "s3://bucket/" + "/".join(parts)
    assert url_of(Path(url)) == url
    assert url_of(address_of(Path(url))) == url


@pytest.mark.parametrize(
    "url", ["http://x.test/a.csv", "https://x.test/a", "ftp://x/a", "file:///a", "s3a://b/k"]
)
def test_other_schemes_are_refused_in_a_sentence(url: str) -> None:
    for read in (address_of, open_source, list_files):
        with pytest.raises(InputError, match="is no address of a store that is known") as refusal:
            read(Path(url))
        assert len(str(refusal.value).splitlines()) == 1


def test_a_folder_of_this_machine_may_be_called_as_a_scheme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine:").mkdir()
    Path("mine:/leads.csv").write_bytes(LEADS)
    assert open_source(Path("mine:/leads.csv")).read() == LEADS


@pytest.mark.parametrize(
    "url",
    [
        f"s3://KEY:{SECRET}@b/k",
        f"s3://KEY:a/{SECRET}@b/k",
        f"s3://{SECRET}@b/k",
        f"abfs://:{SECRET}@account.example/k",
        f"hdfs://ann:{SECRET}@node:8020/k",
        f"s3://b/k?secret_key={SECRET}",
        f"s3://b/k?region=x&session_token={SECRET}",
        f"s3://?region={SECRET}",
    ],
)
def test_credentials_have_no_place_in_an_address_and_are_not_repeated(url: str) -> None:
    with pytest.raises(InputError) as refusal:
        address_of(Path(url))
    assert SECRET not in str(refusal.value)
    assert SECRET not in str(refusal.value.problems)


def test_a_message_names_an_address_without_user_and_options() -> None:
    cases = {
        f"s3:/b/a/k.csv?region={SECRET}": "s3://b/a/k.csv",
        f"s3:?region={SECRET}/b/a/k.csv": "s3://b/a/k.csv",
        f"gs://{SECRET}@b/k": "gs://b/k",
        f"https://ann:{SECRET}@x.test/k?token={SECRET}": "https://x.test/k",
        "hdfs://node:8020/ann@home": "hdfs://node:8020/ann@home",
        "leads?.csv": "leads?.csv",
        "a@b.csv": "a@b.csv",
    }
    assert {file: str(Problem(file)) for file in cases} == cases


def parquet(content: bytes) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(pd.read_csv(io.BytesIO(content), dtype="str")), file)
    return file.getvalue()


FORMS = {
    "leads.csv": LEADS,
    "leads.csv.gz": gzip.compress(LEADS),
    "utf16.csv": LEADS.decode().encode("utf-16"),
    "leads.parquet": parquet(LEADS),
    "a name, with odd letters é%20+=&.csv": LEADS,
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("once", [True, False])
def test_an_object_is_read_as_a_file_of_the_same_bytes_is(
    store: Store, tmp_path: Path, name: str, once: bool
) -> None:
    (tmp_path / name).write_bytes(FORMS[name])
    remote = address_of(store.path(f"{store.bucket()}/exports/{name}"))
    put(remote, FORMS[name])
    read = {}
    for path in (tmp_path / name, remote):
        export = open_export(path, {"lead_id"}, once=once)
        leads = pd.concat([batch.leads for batch in export.batches(export.columns)])
        read[path] = (export.digest, export.size, export.dialect, leads.to_dict("list"))
    assert read[remote] == read[tmp_path / name]


@pytest.mark.parametrize("size", [0, 1, (8 << 20) - 1, 8 << 20, (8 << 20) + 1])
def test_every_byte_of_an_object_comes(store: Store, size: int) -> None:
    path = address_of(store.path(f"{store.bucket()}/bytes"))
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    put(path, content)
    assert open_remote(path).read() == content


def test_the_files_of_a_prefix_and_of_a_folder_are_its_data_by_name(store: Store, tmp_path: Path) -> None:
    data = ["b.csv", "a/z.csv.gz", "a/part-00001.parquet", "B.CSV", "day=2026-06-30/leads.xlsx"]
    others = ["_SUCCESS", ".part.csv.crc", "a/_committed_1", "_temporary/0/part.csv", ".hidden/x.csv"]
    remote = store.path(f"{store.bucket()}/exports")
    for name in data + others:
        put(address_of(remote) / name, b"x")
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    for folder in (remote, tmp_path):
        assert list_files(folder) == [address_of(folder) / name for name in sorted(data)]
        assert list_files(address_of(folder) / "b.csv") == [address_of(folder) / "b.csv"]


def test_what_is_below_a_prefix_is_not_what_begins_like_it(store: Store) -> None:
    bucket = store.bucket()
    for name in ("day/a.csv", "day2/b.csv", "day.csv"):
        put(store.path(f"{bucket}/{name}"), b"x")
    assert [path.name for path in list_files(store.path(f"{bucket}/day"))] == ["a.csv"]
    assert [path.name for path in list_files(store.path(bucket))] == ["day.csv", "a.csv", "b.csv"]


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (["_SUCCESS"], "a folder without data files"),
        (["a.csv", "read me.md", "metadata/v1.json"], "no data file by its name"),
        (["a.parquet", "_delta_log/0.json"], "a Delta table"),
    ],
)
def test_a_folder_of_which_only_a_part_could_be_read_is_refused(
    store: Store, tmp_path: Path, names: list[str], what: str
) -> None:
    remote = store.path(f"{store.bucket()}/exports")
    for name in names:
        put(address_of(remote) / name, b"x")
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    for folder in (remote, tmp_path):
        with pytest.raises(InputError, match=what):
            list_files(folder)


def test_every_file_that_is_no_data_is_named(tmp_path: Path) -> None:
    for name in ("a.csv", "b.md", "c.json"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(InputError) as refusal:
        list_files(tmp_path)
    assert [Path(problem.file).name for problem in refusal.value.problems] == ["b.md", "c.json"]


def test_an_empty_folder_is_refused_and_a_file_is_itself_whatever_its_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder without data files"):
        list_files(tmp_path)
    (tmp_path / "_export").write_bytes(b"x")
    assert list_files(tmp_path / "_export") == [tmp_path / "_export"]


def test_what_is_not_there_is_told(store: Store) -> None:
    bucket = store.bucket()
    put(store.path(f"{bucket}/folder/a.csv"), b"x")
    for place, what in {
        f"{bucket}/none.csv": "there is nothing of this name",
        "no-such-bucket/leads.csv": "there is nothing of this name|there is no such bucket",
    }.items():
        path = store.path(place)
        for read in (lambda path: open_source(address_of(path)), list_files):
            with pytest.raises(InputError, match=what) as refusal:
                read(path)
            assert str(refusal.value).startswith(f"s3://{place}: cannot be read: ")
    with pytest.raises(InputError, match="a folder, not a file"):
        open_source(address_of(store.path(f"{bucket}/folder")))


def test_an_object_that_changes_while_it_is_read_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_STEP", 4)
    path = address_of(store.path(f"{store.bucket()}/leads.csv"))
    for later in (b"aaaabbbbcccX", b"aaaa", b"aaaabbbbccccdddd"):
        put(path, b"aaaabbbbcccc")
        parts = fetch(path)
        assert next(parts) == b"aaaa"
        put(path, later)
        with pytest.raises(InputError, match=r"changed while it was read|cannot be read"):
            list(parts)


def test_a_full_disk_is_told_as_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    path = address_of(store.path(f"{store.bucket()}/leads.csv"))
    put(path, LEADS)

    class Full(io.BytesIO):
        def write(self, content: object) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", Full)
    with pytest.raises(InputError, match="cannot be fetched: No space left on device; let TMPDIR"):
        open_source(path)


@contextmanager
def answering(status: int) -> Iterator[int]:
    """The port of a server that answers all with one status."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815

        def log_message(self, *about: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "what"),
    [(403, "access is denied; check the address and the cred"), (400, "the store refuses")],
)
def test_what_a_server_refuses_is_told_without_its_words_and_ours(
    store: Store, status: int, what: str
) -> None:
    with answering(status) as port:
        path = Path(f"s3://bucket/leads.csv?endpoint_override=http://127.0.0.1:{port}&region=us-east-1")
        for read in (lambda path: open_source(address_of(path)), list_files):
            with pytest.raises(InputError, match=what) as refusal:
                read(path)
            _is_one_plain_sentence(str(refusal.value), port)


def test_a_server_that_is_gone_is_told(store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path = Path(f"s3://bucket/leads.csv?endpoint_override=http://127.0.0.1:{port}&region=us-east-1")
    for read in (lambda path: open_source(address_of(path)), list_files):
        with pytest.raises(InputError, match="the server does not answer; check the address") as refusal:
            read(path)
        _is_one_plain_sentence(str(refusal.value), port)
    with pytest.raises(PublishError, match="the server does not answer"):
        last_manifest(address_of(path))


def _is_one_plain_sentence(text: str, port: int) -> None:
    assert text.startswith("s3://bucket/leads.csv: cannot be read: ")
    assert len(text.splitlines()) == 1
    for word in (str(port), "127.0.0.1", "region", SECRET, "CANARYKEY", "AWS Error", "curl"):
        assert word not in text


def test_only_an_address_that_was_let_in_is_asked_for() -> None:
    with pytest.raises(InputError, match=r"it is in an object store; .*--engine spark"):
        open_source(Path("s3://bucket/leads.csv"))
    with pytest.raises(PublishError, match=r"is in an object store; .*--engine spark"):
        refuse_foreign(find_target(Path("s3://bucket/out"), date(2026, 6, 30)).folder)


def test_a_target_in_a_store_has_the_day_in_it_and_no_link() -> None:
    target = find_target(Path("s3://bucket/runs/{as_of}?region=eu-1"), date(2026, 6, 30))
    assert url_of(target.folder) == "s3://bucket/runs/2026-06-30?region=eu-1"
    assert (target.link, list(target.runs())) == (None, [])
    for out, what in {
        "s3://a:b@bucket/runs": "holds credentials",
        "http://x.test/out": "is no address",
    }.items():
        with pytest.raises(PublishError, match=what):
            find_target(Path(out), date(2026, 6, 30))
