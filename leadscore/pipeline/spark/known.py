"""known: what the driver has to know of a file that only the workers read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadscore.fields import FieldType
from leadscore.pipeline.export import Batch, Dialect, SetAside


@dataclass(frozen=True)
class Known:
    """A file of leads or events, without its content: an ``Export`` that is read elsewhere."""

    path: Path
    columns: tuple[str, ...]
    dialect: Dialect
    size: int
    kinds: Mapping[str, FieldType]
    repeated: frozenset[str]
    header: bytes | None
    """The header line of a CSV file."""
    schema: pa.Schema
    """Its columns in their types; text where it is CSV."""
    digest: str = ""
    """Empty until it has been read."""
    notes: list[str] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    damaged: int = 0

    @classmethod
    def of(cls, file: Any, digest: str = "") -> Known:
        """What is known of a file that was opened, or, with its digest, that was read."""
        return cls(
            file.path, file.columns, file.dialect, file.size, dict(file.kinds), file.repeated, file.header,
            file.schema, digest, list(file.notes), [], file.damaged,
        )  # fmt: skip

    def batches(self, columns: Sequence[str], coded: bool = False) -> Iterator[Batch]:
        """None: the workers have them."""
        raise AssertionError("the file is read where its task runs")
