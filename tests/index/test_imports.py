"""Facts about importing Whoosh: what reads and writes help articles loads no HTTP and no TLS."""

import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
import whoosh

from kb.index import whoosh as door

NETWORK = ("urllib.request", "http.client", "email.parser", "ssl")


def told(script, *arguments):
    """What a script in a process of its own prints."""
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("command", [["index"], ["build"], ["search", "late package"]])
def test_commands_load_no_http_and_no_tls(tmp_path, command):
    """Whoosh itself would load it, for a function that nobody calls."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "late.md").write_text("# Late package\n\nWait a day.\n")
    script = f"""
        import os, sys
        from kb.cli import main
        os.chdir(sys.argv.pop(1))
        code = main()
        print(code, [name for name in {NETWORK} if name in sys.modules])
        print("whoosh.compat" in sys.modules)
    """
    *_, loaded, has_whoosh = told(script, str(tmp_path), *command).splitlines()
    assert (loaded, has_whoosh) == ("0 []", "True")


def test_a_search_imports_no_writer_of_whooshs(tmp_path):
    """That of its codec costs as much as all that reads."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "late.md").write_text("# Late package\n\nWait a day.\n")
    script = """
        import os, sys
        from kb.cli import main
        os.chdir(sys.argv.pop(1))
        main()
        print(*(name for name in sys.modules if name.startswith("whoosh.codec.")))
    """
    assert "whoosh.codec.whoosh3" in told(script, str(tmp_path), "index")
    *_, loaded = told(script, str(tmp_path), "search", "late").splitlines(keepends=True)
    assert "whoosh.codec" not in loaded


def test_the_function_is_there_for_who_calls_it(tmp_path, monkeypatch):
    """Whoosh is as it was."""
    for name in ("urllib.request", "whoosh.compat"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    door.import_compat()
    assert "urllib.request" not in sys.modules
    (tmp_path / "one.txt").write_text("one")
    copy = tmp_path / "two.txt"
    sys.modules["whoosh.compat"].urlretrieve((tmp_path / "one.txt").as_uri(), str(copy))
    assert copy.read_text() == "one"


@pytest.mark.parametrize(
    "before", ["import urllib.request", "import threading; threading.Timer(60, print).start()"]
)
def test_where_somebody_could_notice_nothing_is_replaced(before):
    """The process has the real module already, or another thread might ask for it meanwhile."""
    script = f"""
        import os, sys
        {before}
        import kb.index.whoosh.engine
        from whoosh import compat
        print(compat.urlretrieve.__module__, flush=True)
        os._exit(0)
    """
    assert told(script) == "urllib.request"


def test_nothing_else_of_whoosh_wants_the_network():
    """The one use of it is the import in `whoosh.compat`."""
    folder = Path(whoosh.__file__).parent
    using = {path.name for path in folder.rglob("*.py") if "urlretrieve" in path.read_text("utf-8")}
    assert using == {"compat.py"}
