"""read_xlsx: a sheet of a workbook -> batches of leads as text, read as a Parquet export is."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from leadscore.errors import InputError, Problem, UsageError
from leadscore.model.input import Input
from leadscore.part import nearest
from leadscore.pipeline.export import Batch, Dialect
from leadscore.pipeline.file_digest import Digest
from leadscore.pipeline.read_parquet import ParquetExport
from leadscore.pipeline.sheet_table import SheetTable
from leadscore.pipeline.source import FileBytes, refused
from leadscore.pipeline.workbook import is_workbook as is_workbook, refuse_bombs

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_PANIC = "PanicException"
"""What a fault of the reader itself raises; it is no Exception, and has no name to import."""


class XlsxExport(ParquetExport):
    """A sheet of a workbook: every cell is text, a line is a row of the sheet."""

    def __init__(
        self,
        path: Path,
        source: FileBytes,
        wanted: Collection[str],
        declared: Input,
        digest: Digest,
        batch_bytes: int,
    ) -> None:
        errors = refuse_bombs(source, path)
        with _judged(path):
            name, sheet, left_out = _choose_sheet(_open_book(source), path, declared.sheet)
            leads = SheetTable(sheet, path, wanted, declared)
            data = _as_parquet(leads)
        super().__init__(path, data, digest=digest.hex, size=len(source), batch_bytes=batch_bytes)
        self.dialect = Dialect("xlsx", delimiter="", line_end="", header_line=leads.header_line)
        self.repeated, self._lines = leads.repeated, np.array(leads.lines, np.int64)
        self.notes = [*leads.notes, *([f"sheet {name!r} was read; {left_out}"] if left_out else [])]
        if errors:
            self.notes.append(f"cells that hold an error such as #N/A, read as empty: {errors:,}")

    def batches(self, columns: Sequence[str], coded: bool = False) -> Iterator[Batch]:
        """The leads in the sheet's order; see ParquetExport."""
        return map(self._placed, super().batches(columns, coded))

    def _placed(self, batch: Batch) -> Batch:
        return replace(batch, lines=self._lines[batch.start : batch.start + len(batch.leads)])


def _as_parquet(leads: SheetTable) -> bytes:
    """The table as a Parquet file in memory, without columns that have neither a name nor a cell."""
    import pyarrow.parquet as pq

    table = pa.concat_tables(leads.tables())
    nameless = [at for at, name in enumerate(leads.names) if not name.strip()]
    empty = {at for at in nameless if not any(part.to_numpy(False).any() for part in table.column(at).chunks)}
    kept = table.select([at for at in range(table.num_columns) if at not in empty])
    leads.notes += [f"{leads.columns[at]} has no header" for at in nameless if at not in empty]
    for name, cells in zip(leads.columns, leads.long.tolist(), strict=True):
        if cells:
            what = f"numbers of more than 15 digits, of which a spreadsheet keeps 15: {cells:,}"
            leads.notes.append(f"column {name!r}: {what}")
    file = io.BytesIO()
    pq.write_table(kept, file, compression="lz4", write_statistics=False)
    return file.getvalue()


def _choose_sheet(book: CalamineWorkbook, path: Path, asked: str | None) -> tuple[str, CalamineSheet, str]:
    """The sheet of that name, or the first that is shown and holds anything; what is left out, in words."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    names = [sheet.name for sheet in sheets]
    hidden = {sheet.name for sheet in sheets if sheet.visible != SheetVisibleEnum.Visible}
    if asked is not None and asked not in names:
        meant = nearest(asked, names)
        hint = f"did you mean {meant!r}?" if meant else f"there are: {', '.join(map(repr, names[:10]))}"
        raise InputError(Problem(str(path), key="input.sheet", what="there is no such sheet", hint=hint))
    order = [asked] if asked is not None else [*(name for name in names if name not in hidden), *names]
    for name in order:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None:
            others = len(names) - 1
            left_out = f"{others:,} other{'s' if others > 1 else ''} left out; input.sheet names one"
            return name, sheet, left_out if others and asked is None else ""
    raise refused(path, "no sheet holds anything", hint="export it again")


def _open_book(source: FileBytes) -> CalamineWorkbook:
    try:
        from python_calamine import load_workbook
    except ImportError:
        hint = "pip install 'leadscore[xlsx]'"
        raise UsageError(Problem("a workbook", what="needs the extra xlsx", hint=hint)) from None
    return load_workbook(io.BytesIO(source.read()))


@contextmanager
def _judged(path: Path) -> Iterator[None]:
    """Whatever the reader raises means a corrupt file; its messages may quote cells."""
    try:
        yield
    except (InputError, UsageError, MemoryError):
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != _PANIC:
            raise
        raise refused(path, "the workbook is corrupt or cut off", hint="export it again") from None
