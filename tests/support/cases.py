"""The hostile cases of others: where they are, and the mark of tests that need them."""

import json
import os
from pathlib import Path

import pytest

CASES = os.environ.get("KB_CASES")
needs_cases = pytest.mark.skipif(not CASES, reason="KB_CASES names no unpacked cases")


def read_json(name):
    """Read a list of cases; empty where there are none."""
    return json.loads(Path(CASES, name).read_text(encoding="utf-8")) if CASES else []


def read_lines(name):
    """Read the lines of a file of cases, as bytes; empty where there is none."""
    return Path(CASES, name).read_bytes().split(b"\n") if CASES else []
