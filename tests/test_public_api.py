"""Facts about what kb offers, and how its modules hang together."""

import ast
import importlib
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import kb

ROOT = Path(kb.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))

DOORS = {
    "whoosh": "index/whoosh/",
    "opensearchpy": "index/opensearch/client.py",
    "markdown_it": "content/markdown/",
    "mdit_py_plugins": "content/markdown/",
    "nh3": "content/markdown/sanitize.py",
    "emoji": "content/markdown/emoji.py",
    "pygments": "content/markdown/fence.py",
    "yaml": "content/frontmatter/yaml_reader.py",
    "Stemmer": "text/analysis.py",
    "spellchecker": "text/lexicon.py",
    "click": "cli/",
    "jinja2": ("site/", "desk/reply.py"),
    "babel": "site/i18n.py",
    "markupsafe": "site/",
    "watchfiles": "site/",
    "filelock": "index/generations.py",
    "sqlite3": "store.py",
    "pathspec": "content/files.py",
    "platformdirs": "index/places.py",
    "wcwidth": "cli/text.py",
    "ir_measures": "evaluate/",
    "mcp": "assist/mcp.py",
    "mcp_types": "assist/mcp.py",
    "anyio": ("assist/api/", "assist/mcp.py"),
    "starlette": ("assist/api/", "assist/mcp.py"),
    "uvicorn": ("assist/api/", "assist/mcp.py"),
    "numpy": "semantic/encoder.py",
    "onnxruntime": "semantic/encoder.py",
    "tokenizers": "semantic/encoder.py",
    "tomllib": (
        "settings.py",
        "content/wording.py",
        "desk/reply.py",
        "site/i18n.py",
        "support/wording.py",
    ),
}
"""Where each big dependency comes in."""


def name_of(path):
    """The module's path within kb."""
    return path.relative_to(ROOT).as_posix()


def imports_of(path):
    """Every module that a file imports anywhere in it, for types only too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            if node.module == "kb":
                yield from (f"kb.{alias.name}" for alias in node.names)
            else:
                yield node.module


def read_layers():
    """The lines of the architecture in kb's docstring: names from left to right."""
    _, _, text = kb.__doc__.partition("Imports go down")
    lines = re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    layers = []
    for line in lines:
        names = []
        for word in re.split(r"\s{2,}", line):
            if not re.fullmatch(r"[a-z_]+/?", word):
                break
            names.append(word.rstrip("/"))
        layers.append(names)
    return layers


LAYERS = read_layers()
RANKS = {
    name: (depth, place)
    for depth, names in enumerate(LAYERS)
    for place, name in enumerate(names)
}  # fmt: skip


def top_of(module):
    """The module or package right below kb."""
    return module.split(".")[1]


@pytest.mark.parametrize("name", kb.__all__)
def test_public_names(name):
    """Each can be imported from kb and says what it is."""
    value = getattr(kb, name)
    assert value.__doc__
    assert name in {"__version__", value.__name__ if isinstance(value, type) else name}


def test_the_public_names_are_these():
    """A name more or less is a decision, not an accident."""
    assert sorted(kb.__all__) == ["Answer", "Hit", "KbError", "KnowledgeBase", "__version__"]
    for name, home in kb._HOMES.items():
        assert getattr(kb, name) is getattr(importlib.import_module(home), name)


def test_an_unknown_name_is_an_attribute_error():
    """As in any other module."""
    with pytest.raises(AttributeError, match="module 'kb' has no attribute 'nonsense'"):
        kb.nonsense  # noqa: B018


def test_types_are_announced():
    """Type checkers of others read kb's annotations."""
    assert (ROOT / "py.typed").is_file()


def test_the_version_is_that_of_the_package():
    """In one place."""
    try:
        installed = metadata.version("helpkb")
    except metadata.PackageNotFoundError:
        pytest.skip("kb is not installed")
    assert installed == kb.__version__


def test_the_architecture_names_every_module():
    """Each once, and none that is not there."""
    modules = {name_of(path).removesuffix(".py").split("/")[0] for path in SOURCES}
    modules -= {"__init__", "__main__"}
    named = [name for names in LAYERS for name in names]
    assert sorted(named) == sorted(modules)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_go_down(path):
    """Below, or to the right in the same line; packages import themselves freely."""
    own = name_of(path).removesuffix(".py").split("/")[0]
    if own in {"__init__", "__main__"}:
        return
    for module in imports_of(path):
        if module.startswith("kb."):
            other = top_of(module)
            assert other == own or RANKS[other] > RANKS[own], f"{own} imports {module}"


def test_no_module_is_part_of_a_circle():
    """Inside packages too, and for types only too: each can be read after those it knows."""
    names = {module_of(path): path for path in SOURCES}
    knows = {
        name: {known for full in modules_of(path) if (known := home_of(full, names)) != name}
        for name, path in names.items()
    }
    while leaves := {name for name, known in knows.items() if not known}:
        knows = {name: known - leaves for name, known in knows.items() if name not in leaves}
    assert sorted(knows) == []


def module_of(path):
    """The dotted name of a module."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules_of(path):
    """What a module imports of kb, by full names: `from kb.site import i18n` is `kb.site.i18n`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("kb."))
        elif isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "kb":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def home_of(full, names):
    """The module that a full name lies in."""
    return full if full in names else full.rpartition(".")[0]


def is_behind(path, door):
    """Whether a module is a library's door, or stands behind it."""
    return name_of(path).startswith(door)


@pytest.mark.parametrize("library", DOORS)
def test_each_library_has_one_door(library):
    """The rest of kb does not know its name."""
    users = [path for path in SOURCES if library in {m.split(".")[0] for m in imports_of(path)}]
    assert users
    assert [name_of(path) for path in users if not is_behind(path, DOORS[library])] == []


def test_no_other_library_is_used():
    """What is imported is in the standard library, or has a door."""
    known = {*sys.stdlib_module_names, *DOORS, "kb"}
    used = {module.split(".")[0] for path in SOURCES for module in imports_of(path)}
    assert used <= known


@pytest.mark.parametrize(
    "statement", ["import kb", "import kb.cli", "import kb.config, kb.content"]
)
def test_importing_kb_imports_no_library(statement):
    """Each comes with its first use: `kb --help` shall not wait for them."""
    heavy = sorted({*DOORS} - {"tomllib", "click"})
    script = f"{statement}\nimport sys\nprint(*(n for n in {heavy} if n in sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_kb_itself_imports_almost_nothing():
    """Not even its own modules."""
    script = "import kb, sys\nprint(*(n for n in sys.modules if n.startswith('kb')))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert sorted(run.stdout.split()) == ["kb", "kb.version"]


def test_no_group_is_repeated_possessively():
    """Python before 3.11.5 matches such patterns wrongly (gh-106052), and Debian has 3.11.2."""
    classes = re.compile(r"\[(?:\\.|[^\]\\])*\]")
    wrong = re.compile(r"(?<!\\)\)(?:[*+?]|\{\d*,?\d*\})\+")
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not wrong.search(classes.sub("x", node.value)), name_of(path)


MOST_LOADED = 50
"""Modules of kb that a search may load. A higher figure is a decision, not an accident."""


def test_a_search_passes_through_few_modules():
    """What only writers, shells, JSON or a mistake need is not loaded."""
    script = ROOT.parent / "benchmarks" / "passes.py"
    if not script.is_file():
        pytest.skip("kb is not tested in its repository")
    command = [sys.executable, script, "-v"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    search, _, _ = run.stdout.partition("build")
    loaded = set(re.findall(r"[\w/]+\.py", search))
    assert 0 < len(loaded) <= MOST_LOADED
    assert not loaded & {
        "assist/as_json.py", "cli/complete.py", "content/markdown/parser.py", "content/reader.py",
        "index/inverter.py", "index/weights.py", "site/build.py",
    }  # fmt: skip


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_module_says_what_it_is(path):
    """In its docstring."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
