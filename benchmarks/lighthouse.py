"""Lighthouse (mobile, simulated throttling) on pages of sites that kb builds.

    KB_CORPORA=DIR python benchmarks/lighthouse.py [--runs 3] [SET ...]

Home, an article, and the longest article of the sample, and of sets in KB_CORPORA (`github_docs`
without any); a line a page with the scores of each run, and below it what costs points. The sites
are sent with gzip. It needs Node, npm (Lighthouse is installed by name and version) and Chromium.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from corpora import available, corpora_folder
from peers.npm import install

from kb.config import load_config
from kb.site.build import build_site

ROOT = Path(__file__).parents[1]
ARTICLES = {
    "sample": "orders/late-or-lost-package.html",
    "github_docs": "authentication--connecting-to-github-with-ssh--"
    "adding-a-new-ssh-key-to-your-github-account.html",
}
PACKED = ("text/", "application/javascript", "image/svg+xml")


class _Packed(http.server.SimpleHTTPRequestHandler):
    """Files with gzip, as the recipes for hosts in docs/site.md send them."""

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        data, kind = path.read_bytes(), self.guess_type(path)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if kind.startswith(PACKED):
            data = gzip.compress(data, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


def serve(folder):
    """The address of a folder that is served while this runs."""
    handler = functools.partial(_Packed, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/"


def build(name, scratch):
    """The site of the sample or a set."""
    content = ROOT / "content" if name == "sample" else corpora_folder() / name / "articles"
    config = replace(load_config(content=content, environ={}, cwd=scratch), index=scratch / "index")
    build_site(config, out=scratch / "site")
    return scratch / "site"


def pages(name, site):
    """What is looked at, by what it is called."""
    articles = [
        path for path in site.rglob("*.html") if path.name not in {"index.html", "404.html"}
    ]
    longest = max(articles, key=lambda path: path.stat().st_size)
    found = {"home": "", "article": ARTICLES.get(name, ""), "longest article": longest}
    return {
        title: page.relative_to(site).as_posix() if isinstance(page, Path) else page
        for title, page in found.items()
        if page or title == "home"
    }


def look(address, scratch):
    """What Lighthouse reports of one page."""
    report = scratch / "report.json"
    command = [
        install(("lighthouse",)) / ".bin/lighthouse", address, "--quiet", "--output=json",
        f"--output-path={report}", "--chrome-flags=--headless --no-sandbox",
    ]  # fmt: skip
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    environment = {**os.environ, "CHROME_PATH": chromium}
    subprocess.run(command, check=True, env=environment, capture_output=True)
    return json.loads(report.read_text())


def scores(report):
    """Of 100: performance, accessibility, best practices, search engines."""
    return [round(100 * (part["score"] or 0)) for part in report["categories"].values()]


def missed(report):
    """What costs points."""
    names = {ref["id"] for part in report["categories"].values() for ref in part["auditRefs"]
             if ref["weight"]}  # fmt: skip
    audits = (report["audits"][name] for name in sorted(names))
    return [
        f"{audit['id']} {audit.get('displayValue', '')}".strip().replace("\xa0", " ")
        for audit in audits
        if audit["score"] is not None and audit["score"] < 1
    ]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("sets", nargs="*", default=["github_docs"])
    options.add_argument("--runs", type=int, default=3)
    asked = options.parse_args()
    for name in ["sample", *available(asked.sets)]:
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder)
            site = build(name, scratch)
            root = serve(site)
            for title, page in pages(name, site).items():
                reports = [look(root + page, scratch) for _ in range(asked.runs)]
                shown = "; ".join(", ".join(map(str, scores(report))) for report in reports)
                print(f"{name}, {title}: {shown}", flush=True)
                for line in dict.fromkeys(line for report in reports for line in missed(report)):
                    print(f"    {line}", flush=True)


if __name__ == "__main__":
    main()
