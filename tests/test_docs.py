"""The documentation says what the code does."""

import importlib.util
import inspect
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import fields
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.config import MarkdownConfig, Ranking
from kb.text.analysis import Analyzer

ROOT = Path(__file__).parent.parent
RANKING = ROOT / "docs" / "ranking.md"


def _constants_table():
    rows = ["| constant | default | range | is |", "|---|---|---|---|"]
    for constant in Ranking.constants():
        low, high = constant.metadata["range"]
        mark = "*" if constant.metadata["indexed"] else ""
        meaning = constant.metadata["meaning"]
        rows.append(
            f"| `{constant.name}`{mark} | {constant.default:g} | {low:g} to {high:g} | {meaning} |"
        )
    return "\n".join(rows)


def test_every_constant_of_the_ranking_is_documented():
    """The table is written by KB_GOLDEN=overwrite and compared otherwise."""
    text = RANKING.read_text("utf-8")
    start, end = (
        text.index("<!-- constants -->\n") + len("<!-- constants -->\n"),
        text.index("\n<!-- end -->"),
    )
    if os.environ.get("KB_GOLDEN") == "overwrite":
        RANKING.write_text(text[:start] + _constants_table() + text[end:], "utf-8")
        return
    assert text[start:end] == _constants_table()


def test_the_examples_of_analysis_are_what_it_does():
    """Each row's texts give the words beside them."""
    analyzer = Analyzer()
    section = RANKING.read_text("utf-8").partition("| text | words |")[2].partition("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines()[2:]]
    assert len(rows) == 11
    for texts, words in rows:
        found = [
            token.surface
            for text in re.findall("`([^`]*)`", texts)
            for token in analyzer.tokens(text)
        ]
        promised = re.findall("`([^`]*)`", words) or [
            text.lower() for text in re.findall("`([^`]*)`", texts)
        ]
        assert found == promised


def test_the_examples_for_programs_run(tmp_path, monkeypatch):
    """One after the other, over the sample; what they print is what kb has."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("KB_")]:
        monkeypatch.delenv(name)
    printed, names = [], {"print": lambda *words: printed.append(words)}
    examples = re.findall("```python\n(.*?)```", (ROOT / "docs/api.md").read_text(), re.DOTALL)
    for example in examples:
        exec(compile(example, "docs/api.md", "exec"), names)
    assert len(examples) == 8
    assert printed[0][0] == "orders/late-or-lost-package"
    assert printed[-1][1] == "no article 'orders/trakcing'"
    assert all(answer.hits for answer in names["answers"])
    assert names["again"] == names["answer"]


def test_every_method_of_a_knowledge_base_is_documented():
    """By name, with its options."""
    page = (ROOT / "docs/api.md").read_text()
    for name, method in vars(KnowledgeBase).items():
        if not name.startswith("_") and inspect.isfunction(method):
            assert f"`{name}" in page, name


def test_links_between_the_pages_lead_somewhere():
    """Every relative link of the README and of docs/ names a file that is there."""
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        prose = re.sub("```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(
            r"\]\((?!https?:|mailto:|#)([^)#\s]+)", re.sub("`[^`]*`", "", prose)
        ):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_top_of_a_clone_is_what_contributing_says():
    """Every file and folder there is named, and nothing that is built is committed."""
    if shutil.which("git") is None:
        pytest.skip("there is no git here")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is no clone")
    files = listed.stdout.splitlines()
    page = (ROOT / "docs/contributing.md").read_text("utf-8")
    usual = {"README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", "pyproject.toml", ".gitignore"}
    for name in {file.partition("/")[0] for file in files} - usual:
        assert f"`{name}" in page, name
    assert [file for file in files if file.startswith("index/")] == ["index/.gitignore"]


def test_every_switch_of_markdown_is_on_the_page_of_marks():
    """By its name, beside what is written and what it becomes."""
    page = (ROOT / "docs/marks.md").read_text("utf-8")
    assert [f.name for f in fields(MarkdownConfig) if f"`{f.name}`" not in page] == []


def test_the_terminal_of_the_readme_shows_what_a_search_says(tmp_path):
    """In words; `benchmarks/pictures.py` draws it anew."""
    spec = importlib.util.spec_from_file_location("pictures", ROOT / "benchmarks/pictures.py")
    pictures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pictures)
    drawn = ET.fromstring(pictures.draw("kb search", pictures.search(tmp_path / "index")))
    shown = ET.parse(ROOT / "docs/pictures/terminal.svg").getroot()
    now, before = ("".join(one.itertext()) for one in (drawn, shown))
    for words in ("package never arrived", "Your package is late or lost", "Still need help?"):
        assert words in now
        assert words in before
    assert "Indexing" not in now + before
