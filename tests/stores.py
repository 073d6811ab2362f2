"""stores: a real object store on this machine, which the tests reach over HTTP as users reach theirs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from leadscore.pipeline.store import file_system, list_objects
from leadscore.pipeline.store_path import address_of

SECRET = "CANARYSECRET"  # of these tests alone
SETTINGS = {
    "AWS_ACCESS_KEY_ID": "CANARYKEY",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_EC2_METADATA_DISABLED": "true",
}
_NUMBERS = count(1)


class Store:
    """A server, and what users call it. What is in it outlives the server."""

    def __init__(self) -> None:
        self.server: Any = None
        self.port = 0
        self.start()

    def start(self) -> None:
        """On the same port each time."""
        moto = pytest.importorskip("moto.server", reason="the tests of object stores need moto[s3,server]")
        self.server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self.server.start()
        self.port = self.server.get_host_and_port()[1]

    def stop(self) -> None:
        """Nobody answers any more."""
        if self.server is not None:
            self.server.stop()
            self.server = None

    def bucket(self) -> str:
        """The name of a new bucket."""
        from pyarrow import fs

        name = f"bucket{next(_NUMBERS)}"
        system = fs.S3FileSystem(
            endpoint_override=f"127.0.0.1:{self.port}",
            scheme="http",
            region="us-east-1",
            allow_bucket_creation=True,
        )
        system.create_dir(name)
        return name

    def path(self, place: str) -> Path:
        """As a user gives it on the command line."""
        return Path(f"s3://{place}?endpoint_override=http://127.0.0.1:{self.port}&region=us-east-1")


@contextmanager
def open_store() -> Iterator[Store]:
    """A store until the block ends, and the credentials for it."""
    with mock.patch.dict(os.environ, SETTINGS):
        store = Store()
        try:
            yield store
        finally:
            store.stop()


def put(path: Path, content: bytes) -> None:
    """An object, by other means than leadscore's."""
    system, key = file_system(address_of(path))
    with system.open_output_stream(key, compression=None) as stream:
        stream.write(content)


def objects_in(path: Path) -> dict[str, bytes]:
    """All objects below a path, by name."""
    folder = address_of(path)
    found = {}
    for name, info in list_objects(folder).items():
        if info.is_file:
            system, key = file_system(folder / name)
            with system.open_input_stream(key, compression=None) as stream:
                found[name] = stream.read()
    return found


def fetch_all(path: Path, folder: Path) -> Path:
    """All objects below an address, as files of this machine."""
    system, key = file_system(path)
    for name, info in list_objects(path).items():
        if info.is_file:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with system.open_input_stream(f"{key}/{name}", compression=None) as stream:
                (folder / name).write_bytes(stream.read())
    return folder
