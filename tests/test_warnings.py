"""No warning about a dependency reaches a user: not where Python keeps no bytecode, nor where
warnings are errors.
"""

import os
import shutil
import subprocess
import sys
import textwrap
from importlib import metadata
from pathlib import Path

import pytest
from support.processes import write

import kb

FILES = {
    "content/late.md": "---\nissue: [parcel is late]\n---\n# Late parcels\n\nWhere is the parcel?\n",
    "content/marks.md": "# Marks\n\n```js\nlet a = 1\n```\n\n<b>bold</b> and a note[^1]\n\n[^1]: Here.\n",
    "content/large.md": "# Large\n\n" + "many words of it\n\n" * 9_000,  # read in a child process
    "content/chat.md": "---\ntier: contact\nchannel: {name: Chat, where: the app}\n---\n# Chat\n",
    "kb.toml": '[content]\nexclude = ["drafts/"]\n[site]\nbase_url = "https://help.example/"\n',
}
COMMANDS = [
    ["index", "--force"],
    ["search", "late parcels"],
    ["show", "late"],
    ["topics"],
    ["contact", "parcel"],
    ["build"],
    ["export", "search", "--out", "exported", "--url", "/{id}"],
    ["--help"],
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A knowledge base that needs every library, one of its articles too large to be read in the
    same process.
    """
    made = tmp_path_factory.mktemp("warnings")
    write(made, FILES)
    assert run(made, "-m", "kb", "index") == (0, "")
    return made


@pytest.fixture(scope="module")
def no_bytecode(tmp_path_factory):
    """Options with which Python finds no bytecode of any library and writes none."""
    empty = tmp_path_factory.mktemp("no-bytecode")
    yield ["-P", "-B", "-X", f"pycache_prefix={empty}"]
    assert not list(empty.iterdir())


def run(folder, *args, **environ):
    """Run Python in a folder; gives its exit code and what it wrote to stderr."""
    keep = {k: v for k, v in os.environ.items() if k not in {"PYTHONWARNINGS", "KB_DEBUG"}}
    done = subprocess.run(
        [sys.executable, *args],
        cwd=folder,
        env={**keep, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_show_no_warning(folder, no_bytecode, command):
    """Of any library, when each is compiled for the first time."""
    assert run(folder, *no_bytecode, "-W", "always", "-m", "kb", *command) == (0, "")


@pytest.mark.parametrize(
    ("options", "environ"),
    [
        (["-W", "error"], {}),
        ([], {"PYTHONWARNINGS": "error"}),
        (["-W", "error::SyntaxWarning"], {"PYTHONWARNINGS": "always"}),
    ],
)
def test_no_filter_changes_that(folder, no_bytecode, options, environ):
    """Neither one that shows warnings nor one that makes errors of them."""
    for command in (["index", "--force"], ["search", "late parcels"]):
        assert run(folder, *no_bytecode, *options, "-m", "kb", *command, **environ) == (0, "")


def test_measures_show_no_warning(folder, no_bytecode):
    """Nor do the libraries of extras, where they are installed."""
    pytest.importorskip("ir_measures")
    code, err = run(folder, *no_bytecode, "-W", "always", "-m", "kb", "eval")
    assert (code, err) == (0, "")


def test_an_installation_that_is_read_only(folder, tmp_path):
    """As `pip install --no-compile` leaves it in a place where nothing can be written: every
    command compiles all that it needs.
    """
    place = tmp_path / "installed"
    for name in runtime("helpkb"):
        for file in metadata.distribution(name).files:
            if file.parts[0] != ".." and file.suffix != ".pyc":
                target = place / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), target)
    shutil.copytree(
        Path(kb.__file__).parent, place / "kb", ignore=shutil.ignore_patterns("__pycache__")
    )
    folders = [place, *(path for path in place.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    try:
        for filters in ("always", "error"):
            for command in (
                ["search", "late parcels"],
                ["build", "--out", str(tmp_path / filters)],
            ):
                options = ["-S", "-P", "-W", filters, "-m", "kb"]
                environ = {"PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
                assert run(folder, *options, *command, **environ) == (0, "")
        assert not list(place.rglob("__pycache__"))
    finally:
        for path in folders:
            path.chmod(0o755)


def runtime(name):
    """The packages that a package needs, and those that they need, but for extras."""
    found = set()
    for line in metadata.requires(name) or ():
        wanted, _, marker = line.partition(";")
        if "extra" not in marker:
            package = "".join(c if c.isalnum() or c in "-_." else " " for c in wanted).split()[0]
            if marker and not installed(package):
                continue
            found |= {package, *runtime(package)}
    return found


def installed(name):
    """Whether a package is there: a marker may say that this system needs it not."""
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def test_programs_that_make_errors_of_warnings_can_use_kb(folder, no_bytecode):
    """Whose filters kb leaves as they are: warnings about its own code are theirs."""
    script = """
        import warnings
        from kb import KnowledgeBase
        from kb.config import load_config
        from kb.site.build import build_site
        base = KnowledgeBase.open("content", index="other")
        assert base.search("late parcels").hits
        base.index(force=True)
        assert base.search("late parcels").hits
        build_site(load_config())
        for module in ("kb.model", "elsewhere", "whooshing"):
            try:
                warnings.warn_explicit("own", DeprecationWarning, "x.py", 1, module)
            except DeprecationWarning:
                pass
            else:
                raise AssertionError(module)
    """
    options = [*no_bytecode, "-W", "error", "-c", textwrap.dedent(script)]
    assert run(folder, *options) == (0, "")


def test_who_develops_kb_can_see_warnings(folder):
    """As pytest does, or with KB_DEBUG."""
    script = "import sys, warnings\nfrom kb.cli import main\nmain()\nwarnings.warn('seen', DeprecationWarning)"
    options = ["-W", "always", "-c", script, "--version"]
    assert "seen" in run(folder, *options, KB_DEBUG="1")[1]
    assert run(folder, *options) == (0, "")
