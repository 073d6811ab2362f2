"""formats: the file formats that leads are written in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import pandas as pd

from leadscore.pipeline.files import Source
from leadscore.pipeline.staged import StagedFile
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

    @property
    def disarmed(self) -> int:
        """Cells that got a leading apostrophe, in all blocks made so far."""

    export: Source
    block_rows: int
    """Leads in a block."""

    def hold(self, rows: Rows, following: Rows | None = None) -> None:
        """The blocks that come now are of these leads: where the file must be read for them, it is read now.

        ``following``: the leads of the blocks after them, which may be read meanwhile.
        """

    def block(self, added: pd.DataFrame, rows: Rows | None) -> Any:
        """The leads at these positions of the export, with the added columns in front; alone without rows."""

    def start(self, file: StagedFile, added: Sequence[str], alone: bool = False) -> Writer:
        """Begin a file with these added columns, before the export's own or alone."""


FORMATS: dict[str, type[CsvFormat] | type[ParquetFormat]] = {"csv": CsvFormat, "parquet": ParquetFormat}
