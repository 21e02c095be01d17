"""Compiled templates, kept where Python keeps the bytecode of kb's own modules.

To compile them takes longer than to write the pages that one edit changes. What is kept is code,
so it is never read from an index or beside a theme: whoever can write into kb's own folder, or
where Python is told to keep bytecode, can change kb itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import BytecodeCache, compiler
from jinja2.bccache import Bucket

from kb.files import read_sealed, write_sealed

if TYPE_CHECKING:
    from jinja2 import Environment


class CompiledTemplates(BytecodeCache):
    """Keeps the templates of one folder of kb's own, and none of a theme."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        made_by = Path(compiler.__file__).stat()
        self._compiler = made_by.st_size, made_by.st_mtime_ns

    def get_bucket(
        self, environment: Environment, name: str, filename: str | None, source: str
    ) -> Bucket:
        """What a template compiles to, if that is kept; else what it can be kept in."""
        options = environment.autoescape, environment.trim_blocks, environment.lstrip_blocks
        depends_on = repr((self._compiler, options, source))
        digest = hashlib.sha256(depends_on.encode(errors="surrogatepass")).hexdigest()
        bucket = Bucket(environment, filename or name, digest)
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket, if what it is for is kept."""
        place = self._place(bucket.key)
        data = None if place is None else read_sealed(place)
        if data is not None:
            bucket.bytecode_from_string(data)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in a bucket, where that can be."""
        place = self._place(bucket.key)
        if place is None or sys.dont_write_bytecode:
            return
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            write_sealed(place, (bucket.bytecode_to_string(),))

    def _place(self, file: str) -> Path | None:
        """Where the code of a template is kept; None where it is not."""
        if Path(file).parent != self._folder:
            return None
        try:
            return Path(importlib.util.cache_from_source(file))
        except NotImplementedError:  # a Python that keeps no bytecode
            return None
