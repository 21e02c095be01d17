"""What hits show, stored document by document: JSON under a checksum, uncompressed.

Whoosh pickles what is stored with a document and compresses it. But kb stores one text with
some of the documents and nothing with others; compressing took longer than all else that is
done to store it, and a checksum tells damage as well as a decompressor does.
"""

from __future__ import annotations

import zlib
from typing import Any

from whoosh.codec.whoosh3 import W3Codec, W3PerDocReader, W3PerDocWriter
from whoosh.columns import VarBytesColumn

from kb.concurrency import cached_property
from kb.engine.checks import DamagedIndexError
from kb.engine.whoosh.storage import decoding

RECORD = "record"
"""The field that is stored."""

_STORED = "_stored"
_CRC_SIZE = 4


class RecordColumn(VarBytesColumn):
    """One record a document, or none: its CRC-32, then UTF-8 (lone surrogates are encoded, too)."""

    class Writer(VarBytesColumn.Writer):
        """Writes them, in order of document."""

        def add(self, docnum: int, stored: dict[str, str]) -> None:
            """Write a document's record."""
            data = stored[RECORD].encode("utf-8", "surrogatepass")
            super().add(docnum, zlib.crc32(data).to_bytes(_CRC_SIZE, "big") + data)

    class Reader(VarBytesColumn.Reader):
        """Reads them."""

        def __getitem__(self, docnum: int) -> dict[str, str]:
            """What was stored with a document. Raises DamagedIndexError for what is not that."""
            data = bytes(super().__getitem__(docnum))
            if not data:
                return {}
            crc, text = data[:_CRC_SIZE], data[_CRC_SIZE:]
            if zlib.crc32(text) != int.from_bytes(crc, "big"):
                raise DamagedIndexError("a record does not fit its checksum")
            return {RECORD: text.decode("utf-8", "surrogatepass")}


_COLUMN = RecordColumn()


class RecordWriter(W3PerDocWriter):
    """Writes a segment's documents."""

    def _create_column(self, fieldname: str, column: Any) -> None:
        super()._create_column(fieldname, _COLUMN if fieldname == _STORED else column)


class RecordReader(W3PerDocReader):
    """Reads a segment's documents: nothing is unpickled.

    The file is opened at once, since it may be removed later, and gone through when it is needed.
    """

    def __init__(self, storage: Any, segment: Any) -> None:
        super().__init__(storage, segment)
        self._file = storage.open_file(W3Codec.column_filename(segment, _STORED))

    def stored_fields(self, docnum: int) -> dict[str, str]:
        """What was stored with a document. Raises DamagedIndexError."""
        with decoding("the table of records"):
            found: dict[str, str] = self._records[docnum]
        return found

    def close(self) -> None:
        """Close the files."""
        super().close()
        self._file.close()

    @cached_property
    def _records(self) -> Any:
        return _COLUMN.reader(self._file, 0, self._file.size, self._doccount)
