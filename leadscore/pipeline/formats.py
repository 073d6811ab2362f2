"""formats: the file formats that leads are written in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import pandas as pd

from leadscore.pipeline.publish import StagedFile
from leadscore.pipeline.write_csv import CsvFormat
from leadscore.pipeline.write_parquet import ParquetFormat
from leadscore.points import Rows


class Writer(Protocol):
    """One file of leads being written, header first."""

    def write(self, block: Any) -> None:
        """Append a block; it may be empty."""

    def close(self) -> None:
        """Finish the file."""


class Format(Protocol):
    """How one file format takes leads. A new format is a module and an entry in FORMATS."""

    disarmed: int
    """Cells that got a leading apostrophe, in all blocks made so far."""

    def block(self, added: pd.DataFrame, rows: Rows | None) -> Any:
        """The leads at these positions of the export, with the added columns in front; alone without rows."""

    def start(self, file: StagedFile, added: Sequence[str], alone: bool = False) -> Writer:
        """Begin a file with these added columns, before the export's own or alone."""


FORMATS: dict[str, type[CsvFormat] | type[ParquetFormat]] = {"csv": CsvFormat, "parquet": ParquetFormat}
