"""Chromium, driven through Node: found, or every test here is skipped with the reason."""

import functools
import http.server
import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from kb.config import load_config
from kb.site.build import build_site

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TOOLS = Path(os.environ.get("KB_NODE_TOOLS") or HERE / "node_modules" / "..").resolve()
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""


def pytest_configure(config):
    """Name the mark that CI uses to leave these tests out."""
    config.addinivalue_line("markers", "browser: needs Node and Chromium")


def pytest_collection_modifyitems(items):
    """Mark what needs a browser, and skip it where there is none: before a site is built for it."""
    why = missing()
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if why:
                item.add_marker(pytest.mark.skip(reason=why))


def missing():
    """Say what is not here, None if all is."""
    if shutil.which("node") is None:
        return "node is not installed"
    if not CHROMIUM:
        return "chromium is not installed"
    if not (TOOLS / "node_modules" / "playwright-core").is_dir():
        return "playwright-core is not installed: run tests/browser/install DIR, KB_NODE_TOOLS=DIR"
    return None


class Driver:
    """Node with browser.mjs: one Chromium for all plans of a worker, begun with the first."""

    def __init__(self):
        self.process = None

    def run(self, script, plan):
        """Carry out a plan with a script of this folder, and give its answer."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                ["node", HERE / "browser.mjs"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
        plan = {"script": script, "tools": str(TOOLS), "chromium": CHROMIUM, **plan}
        limit = threading.Timer(600, self.process.kill)
        limit.start()
        print(json.dumps(plan), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        limit.cancel()
        assert line, f"{script} ended without an answer"
        found = json.loads(line)
        assert "error" not in found, found["error"]
        return found["answer"]

    def close(self):
        """Let browser and Node end."""
        if self.process is not None:
            self.process.communicate(timeout=60)


@pytest.fixture(scope="session")
def run_node():
    """Run a script of this folder: a plan in, an answer out. Pages of one plan know nothing of
    those of another: each has cookies, storage and a cache of its own.
    """
    driver = Driver()
    yield driver.run
    driver.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site of the sample knowledge base, which no test changes."""
    folder = tmp_path_factory.mktemp("sample")
    config = load_config(content=ROOT / "content", index=folder / "index", environ={}, cwd=folder)
    build_site(config, out=folder / "site")
    return folder / "site"


@pytest.fixture(scope="session")
def address(site, serve_below):
    """Its address, below a path."""
    return serve_below(site)


@pytest.fixture
def browse(run_node):
    """Run a plan of check.mjs in Chromium."""
    return functools.partial(run_node, "check.mjs")


@pytest.fixture
def attack(run_node):
    """Open pages of hostile texts with attacks.mjs: what ran, asked or left the site."""
    return functools.partial(run_node, "attacks.mjs")


@pytest.fixture
def see(run_node):
    """Make visits with search.mjs; hold that no script failed and that nothing left the site."""

    def make(*visits):
        seen = run_node("search.mjs", {"visits": list(visits)})
        for visit in seen:
            assert visit["errors"] == [], visit
            assert visit["dialogs"] == [], visit
            assert visit["foreign"] == [], visit
            lines = [line for line in visit["console"] if "unhandled" in line or "Refused" in line]
            assert lines == [], visit
        return seen

    return make


@pytest.fixture
def see_all(run_node):
    """Make visits with search.mjs that may leave the site."""
    return lambda *visits: run_node("search.mjs", {"visits": list(visits)})


@pytest.fixture
def validate(run_node):
    """Validate HTML files: what is wrong with them."""
    return lambda files: run_node("validate.mjs", {"files": [str(file) for file in files]})


def handler_of(folder, below, policy):
    """What serves a folder below a path, with its page for missing addresses."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path):
            if not path.startswith(below):
                return str(folder / "no-such-file")
            return super().translate_path("/" + path[len(below) :])

        def list_directory(self, path):
            self.send_error(404)

        def send_error(self, code, *args, **more):
            page = folder / "404.html"
            if code != 404 or not self.path.startswith(below) or not page.is_file():
                super().send_error(code, *args, **more)
                return
            self.send_response(code)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.read_bytes())

        def end_headers(self):
            if policy:
                self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, *args):
            pass

    return functools.partial(Handler, directory=str(folder))


@pytest.fixture(scope="session")
def serve_below():
    """Serve folders as any static host does, each below a path of its own, perhaps with a content
    security policy beside that of the pages; give the address.
    """
    servers = []

    def start(folder, below="/help/center/", policy=""):
        handler = handler_of(folder, below, policy)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}{below}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
