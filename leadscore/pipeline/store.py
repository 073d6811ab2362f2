"""store: objects in S3, Google Cloud Storage, Azure and HDFS, read as files are, refused in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from leadscore.errors import InputError, LeadscoreError, Problem, PublishError
from leadscore.pipeline.source import FileBytes, put_down, refused
from leadscore.pipeline.store_path import Address, parse

CONNECT_SECONDS, ANSWER_SECONDS, ATTEMPTS = 4, 6, 3
"""How long a server may take to be there and to answer, each time it is asked."""
_STEP = 8 << 20  # bytes asked of a store together
_CHECK = "check the address and the credentials in the environment"
_CAUSES = {
    "NETWORK_CONNECTION": ("the server does not answer", "check the address, and that the server is up"),
    "REQUEST_TIMEOUT": ("the server does not answer", "check the address, and that the server is up"),
    "NO_SUCH_BUCKET": ("there is no such bucket", "check the address"),
    "NO_SUCH_KEY": ("there is nothing of this name", "check the address"),
    "ACCESS_DENIED": ("access is denied", _CHECK),
    "INVALID_ACCESS_KEY_ID": ("access is denied", _CHECK),
    "INVALID_CLIENT_TOKEN_ID": ("access is denied", _CHECK),
    "SIGNATURE_DOES_NOT_MATCH": ("access is denied", _CHECK),
    "REQUEST_TIME_TOO_SKEWED": ("the clock of this machine is not right", "set the clock"),
    "SLOW_DOWN": ("the store has too much to do", "try again later"),
}
"""What AWS calls an error -> what it means, and what to do."""


def file_system(path: Path) -> tuple[Any, str]:
    """The file system of a store, and what the path is called in it.

    Raises OSError or pyarrow's errors; see ``told_by_store``.
    """
    found = parse(path)
    assert found is not None, "a path of this machine has no store"
    host, _, key = found.place.partition("/")
    system, base = _connect(found.scheme, found.options, host)
    return system, f"{base.rstrip('/')}/{key}".rstrip("/") or "/"


@lru_cache
def _connect(scheme: str, options: tuple[tuple[str, str], ...], host: str) -> tuple[Any, str]:
    from pyarrow import fs

    asked = dict(options)
    if scheme == "s3":
        return _connect_s3(asked, host), host
    if scheme == "gs":
        asked = {"retry_limit_seconds": str(CONNECT_SECONDS * ATTEMPTS), **asked}
    found: tuple[Any, str] = fs.FileSystem.from_uri(Address(scheme, tuple(asked.items()), f"{host}/").url)
    return found


def _connect_s3(asked: dict[str, str], bucket: str) -> Any:
    """Writing waits for the store, so that no more than a part of an object is in memory."""
    import os

    from pyarrow import fs

    server = asked.get("endpoint_override", "")
    region = asked.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    elsewhere = server or os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT_URL_S3")
    scheme = re.match("(https?)://", server)
    return fs.S3FileSystem(
        region=region or ("us-east-1" if elsewhere else fs.resolve_s3_region(bucket)),
        scheme=asked.get("scheme") or (scheme[1] if scheme else "https"),
        endpoint_override=re.sub("^https?://", "", server) or None,
        force_virtual_addressing=asked.get("force_virtual_addressing", "").lower() in ("1", "true"),
        connect_timeout=CONNECT_SECONDS,
        request_timeout=ANSWER_SECONDS,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
        background_writes=False,
        allow_delayed_open=True,
    )


@contextmanager
def told_by_store(kind: type[LeadscoreError], path: Path, what: str) -> Iterator[None]:
    """What a store refuses, as an error that says of which address.

    Of a store's own words, which may hold anything, none is repeated.
    """
    import pyarrow as pa

    try:
        yield
    except (OSError, ImportError, pa.ArrowException) as error:
        why, hint = _cause(error)
        raise kind(Problem(str(path), what=f"{what}: {why}", hint=hint)) from None


def _cause(error: Exception) -> tuple[str, str]:
    named = re.search("AWS Error ([A-Z_]+)", str(error))
    if named and named[1] in _CAUSES:
        return _CAUSES[named[1]]
    if "load lib" in str(error):
        return "libhdfs cannot be loaded", "let JAVA_HOME, HADOOP_HOME and CLASSPATH name Java and Hadoop"
    if isinstance(error, FileNotFoundError):
        return _CAUSES["NO_SUCH_KEY"]
    if isinstance(error, PermissionError):
        return _CAUSES["ACCESS_DENIED"]
    return f"the store refuses ({type(error).__name__})", f"{_CHECK}, and that the server is up"


def open_remote(path: Path) -> FileBytes:
    """An object, fetched to a file without a name.

    Raises InputError where it cannot be had, or is not the same at the end as at the beginning.
    """
    return put_down(fetch(path), path, "fetched")


def fetch(path: Path) -> Iterator[bytes]:
    """The bytes of an object, a few at a time; after the last of them it is looked at again."""
    with told_by_store(InputError, path, "cannot be read"):
        system, key = file_system(path)
        before, size = _identity(system, key, path), 0
        with system.open_input_stream(key, compression=None) as stream:
            while part := stream.read(_STEP):
                size += len(part)
                yield part
        if size != before[0] or _identity(system, key, path) != before:
            raise refused(path, "changed while it was read", hint="wait until the export is finished")


def _identity(system: Any, key: str, path: Path) -> tuple[int, int | None, str]:
    """Its size in bytes, when it was made and, where the store has one, the mark of its content."""
    from pyarrow import fs

    found = system.get_file_info(key)
    if found.type == fs.FileType.NotFound:
        raise refused(path, "cannot be read: there is nothing of this name", hint="check the address")
    if found.type != fs.FileType.File:
        raise refused(path, "a folder, not a file")
    return found.size, found.mtime_ns, etag_of(system, key)


def etag_of(system: Any, key: str) -> str:
    """The mark that the store gives an object's content; '' where it gives none."""
    with system.open_input_stream(key, compression=None) as stream:
        about = {_text(name).lower(): _text(value) for name, value in (stream.metadata() or {}).items()}
    return about.get("etag", "").strip('"')


def read_small(path: Path) -> bytes | None:
    """All of a small object; None where there is none. Raises PublishError where the store does not say."""
    with told_by_store(PublishError, path, "cannot be read"):
        system, key = file_system(path)
        try:
            with system.open_input_stream(key, compression=None) as stream:
                content: bytes = stream.read()
        except FileNotFoundError:
            return None
        return content


def list_objects(path: Path, deep: bool = True) -> dict[str, Any]:
    """What is below a path, by its name from there on: pyarrow's FileInfo; nothing where nothing is.

    Raises what ``told_by_store`` tells.
    """
    from pyarrow import fs

    system, key = file_system(path)
    found = system.get_file_info(fs.FileSelector(key, allow_not_found=True, recursive=deep))
    below = f"{key.rstrip('/')}/"
    by_name = {info.path.removeprefix(below): info for info in found}
    return {name: by_name[name] for name in sorted(by_name)}


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
