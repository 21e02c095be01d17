"""The search of the browser, run in Node beside the terminal's."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from support.exports import export_files, write_export

from kb.assist.as_json import answer_as_json
from kb.config import Config
from kb.knowledge_base import KnowledgeBase

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def export():
    """The files of a knowledge base's export, by name."""
    return export_files


@pytest.fixture(scope="session")
def node():
    """Run a plan of engine.mjs."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")

    def run(**plan):
        done = subprocess.run(
            ["node", str(HERE / "engine.mjs")],
            input=json.dumps(plan),
            capture_output=True,
            encoding="utf-8",
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    return run


@pytest.fixture
def open_base(tmp_path):
    """Open a folder of articles with an index of its own; further settings as given."""

    def open_(content, **settings):
        config = replace(Config(), content=Path(content), index=tmp_path / "index", **settings)
        return KnowledgeBase(config)

    return open_


@pytest.fixture
def both(node, tmp_path):
    """The answers of the terminal and of the browser to the same questions, as JSON."""

    def ask(base, questions, language=None):
        data = tmp_path / f"data-{language}"
        write_export(base, data, language)
        theirs = node(data=f"{data}/", questions=questions)
        ours = [
            answer_as_json(base.search(query, language=language, **options))
            for query, options in questions
        ]
        return json.loads(json.dumps(ours)), theirs

    return ask
