"""Files that lie on the disk for a moment, without a name there: they go even if the process is killed (R13)."""

import io
from tempfile import TemporaryFile
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter


class NamelessUpload(FileUploadHandler):
    """A large upload, while its form is read. Django's own handler gives it a name."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        about = (self.file_name, self.content_type, 0, self.charset, self.content_type_extra)
        self.file = UploadedFile(TemporaryFile(), *about)  # noqa: SIM115 - closed with the request

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.seek(0)
        self.file.size = file_size
        return self.file


def saved(book: Workbook) -> bytes:
    """The workbook as a file. openpyxl's own `save` writes each sheet into a file with a name first."""
    content = io.BytesIO()
    book.properties.language = "en-GB"
    _InMemory(book, ZipFile(content, "w", ZIP_DEFLATED)).save()
    return content.getvalue()


class _InMemory(ExcelWriter):
    def write_worksheet(self, ws: Any) -> None:
        """As openpyxl's, but for where the sheet is written."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer = WorksheetWriter(ws, out=io.BytesIO())
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], writer.read())
        self.manifest.append(ws)
