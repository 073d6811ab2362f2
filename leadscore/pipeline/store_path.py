"""store_path: the address of something in an object store as a path, which can be joined and taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

from leadscore.errors import InputError, Problem

# What may stand behind the ? of an address, by its scheme. Nothing that is a secret is among them.
SCHEMES = {
    "s3": ("endpoint_override", "force_virtual_addressing", "region", "scheme"),
    "gs": ("endpoint_override", "project_id", "retry_limit_seconds", "scheme"),
    "abfs": ("blob_storage_authority", "client_id", "dfs_storage_authority", "enable_tls", "tenant_id"),
    "abfss": ("blob_storage_authority", "client_id", "dfs_storage_authority", "enable_tls", "tenant_id"),
    "hdfs": ("replication", "user"),
}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(\?.*)?")
_PORT = re.compile(r"(?:[^:@]*@)?[^:@]*:\d{1,5}")


@dataclass(frozen=True)
class Address:
    """Where something is in a store."""

    scheme: str
    options: tuple[tuple[str, str], ...]
    place: str
    """The bucket, container or host, and the key in it."""

    @property
    def path(self) -> Path:
        """As a path whose first part is the scheme with the options: its end is the object's name."""
        return Path(f"{self.scheme}:?{urlencode(self.options, quote_via=quote, safe='')}/{self.place}")

    @property
    def url(self) -> str:
        """As users write it."""
        options = urlencode(self.options, quote_via=quote, safe="/:")
        return f"{self.scheme}://{self.place}" + (f"?{options}" if options else "")


def url_of(path: Path) -> str:
    """The address a path stands for, with its options; '' for a path of this machine."""
    found = parse(path)
    return found.url if found else ""


def is_address(path: Path) -> bool:
    """Whether it is a path that ``address_of`` made: only by these is anything asked of a store."""
    return parse(path) is not None and "?" in path.parts[0]


def address_of(path: Path) -> Path:
    """The path of an address, however it was written; any other path unchanged. Nothing is asked of a store.

    Raises InputError for an address with credentials, with options nobody knows or without a bucket, and for
    those of other schemes, such as http.
    """
    refuse_scheme(path)
    found = parse(path)
    if found is None:
        return path
    host = found.place.partition("/")[0]
    if (":" in host and not _PORT.fullmatch(host)) or ("@" in host and found.scheme == "s3"):
        what, hint = "holds credentials", "leave them out: they are taken from the environment"
        raise InputError(Problem(str(path), what=what, hint=hint))
    known = SCHEMES[found.scheme]
    if any(name not in known for name, _ in found.options):
        hint = f"{found.scheme}:// knows {', '.join(known)}"
        raise InputError(Problem(str(path), what="has an option that is none", hint=hint))
    if not host:
        raise InputError(
            Problem(str(path), what="names no bucket", hint=f"write {found.scheme}://BUCKET/KEY")
        )
    return found.path


def parse(path: Path) -> Address | None:
    """What a path says of a store; None for one of this machine.

    A path knows no double slashes, so that those of the address, and of a server in its options, are gone.
    """
    head, _, place = str(path).partition("/")
    found = _SCHEME.fullmatch(head)
    if not found or found[1].lower() not in SCHEMES:
        return None
    if found[2] is None:
        place, _, options = place.partition("?")
    else:
        options = found[2][1:]
    pairs = parse_qsl(options, keep_blank_values=True)
    whole = ((name, re.sub("^(https?):/+", r"\1://", value)) for name, value in pairs)
    return Address(found[1].lower(), tuple(sorted(whole)), place.strip("/"))


def refuse_address(path: Path) -> None:
    """Raise InputError for an address as a user writes it, which only a run on an engine takes."""
    refuse_scheme(path)
    if parse(path) is not None:
        hint = "copy it to this machine, or score with --engine spark"
        raise InputError(Problem(str(path), what="cannot be read: it is in an object store", hint=hint))


def refuse_scheme(path: Path) -> None:
    """Raise InputError for an address of no store that is known. It is not looked for."""
    found = _SCHEME.fullmatch(path.parts[0]) if len(path.parts) > 1 else None
    if found and found[1].lower() not in SCHEMES and not Path(path.parts[0]).exists():
        what = f"{found[1].lower()}:// is no address of a store that is known"
        hint = f"give a path of this machine, or an address of {', '.join(SCHEMES)}"
        raise InputError(Problem(str(path), what=what, hint=hint))
