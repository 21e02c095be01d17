"""The conformance report: what of a site can be judged by rule, as JSON and as HTML."""

import json
import sys

import pytest

from kb.errors import SiteError
from kb.site.conformance import conformance_as_json, judge, write_conformance

NOTHING = {"PATH": ""}


@pytest.fixture
def judged(base):
    """Build the knowledge base and judge its site, without axe unless `environ` has it."""

    def judge_(environ=NOTHING):
        report = base.build(every_problem=True)
        return judge(base.config(), base.site, base.folder / "theme", report.problems, environ)

    return judge_


def test_the_site_of_kb_itself_has_no_failures(judged):
    """Its colours are readable in both schemes, and the frame of every page is whole."""
    found = judged()
    assert found.failures == 0
    assert {pair.scheme for pair in found.contrast} == {"light", "dark"}
    assert min(pair.ratio for pair in found.contrast if pair.needed == 4.5) >= 4.5
    assert found.pages > 8


def test_faint_colours_fail(base, judged):
    """Those of the settings, and those of a style in the theme."""
    base.settings('[site.colors]\nsoft = "#c8c8c8"\n')
    faint = [(pair.what, pair.front) for pair in judged().contrast if not pair.passes]
    assert ("small text on the page", "#c8c8c8") in faint
    base.settings("")
    base.write_theme("site.css", "\n:root {\n  --ink: #999999;\n  --paper: #ffffff;\n}\n")
    found = judged()
    assert [(pair.what, pair.ratio) for pair in found.contrast if not pair.passes] == [
        ("text on the page", 2.85)
    ]
    assert found.failures == 1


def test_what_articles_lack_is_told_by_path_and_line(base, judged):
    """Pictures without a description, headings that skip a level, wherever they stand."""
    base.write(
        {
            "orders/gaps.md": "# Gaps\n\n![](../images/map.png)\n\n### Deep\n\nText.\n",
            "a.md": "---\ntitle: A\n---\n\n## B\n\n#### D\n\nText.\n",
        }
    )
    told = [(p.path, p.line, p.message.partition(" (")[0]) for p in judged().articles]
    assert told == [
        ("a.md", 7, "the heading 'D' skips a level"),
        ("orders/gaps.md", 3, told[1][2]),
        ("orders/gaps.md", 5, "the heading 'Deep' skips a level"),
    ]
    assert "map.png" in told[1][2]


@pytest.mark.parametrize(
    ("template", "text", "message"),
    [
        ("contact.html", "<h1>One</h1><h1>Two</h1>", "has 2 main headings (H1)"),
        ("contact.html", "<p>none</p>", "has 0 main headings (H1)"),
    ],
)
def test_frames_of_pages_that_a_theme_breaks_are_told(base, judged, template, text, message):
    """By the address of the page."""
    whole = '{% extends "page.html" %}{% block main %}' + text + "{% endblock %}"
    base.write_theme(template, whole)
    [finding] = judged().findings
    assert finding.address == "contact-us/index.html"
    assert finding.message.startswith(message)


def test_a_page_without_title_language_and_description_is_told(base, judged):
    """As a theme may have it whose frame is its own."""
    base.write_theme("page.html", "<html>{{ header }}{% block main %}{% endblock %}</html>")
    said = {f.message for f in judged().findings if f.address == "orders/late.html"}
    assert said == {
        "does not say its language",
        "has no title",
        "has no description",
        "does not fit narrow screens: no viewport",
        "has no main part",
    }


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"PATH": ""}, "node is not installed"),
        ({"PATH": "{bin}"}, "Chromium is not found: KB_CHROMIUM names it"),
        ({"PATH": "{bin}", "KB_CHROMIUM": "x"}, "playwright-core is not found"),
    ],
)
def test_without_its_tools_axe_is_left_out_with_the_reason(judged, tmp_path, environ, reason):
    """Which fails nothing."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/node").symlink_to(sys.executable)
    found = judged({name: value.format(bin=tmp_path / "bin") for name, value in environ.items()})
    assert found.axe.skipped.startswith(reason)
    assert found.failures == 0


def test_axe_that_fails_says_so(judged, tmp_path):
    """In a line, with what it said last."""
    (tmp_path / "bin").mkdir()
    node = tmp_path / "bin/node"
    node.write_text("#!/bin/sh\necho first >&2\necho broken >&2\nexit 1\n")
    node.chmod(0o755)
    for package in ("playwright-core", "axe-core"):
        (tmp_path / "node_modules" / package).mkdir(parents=True)
    environ = {"PATH": str(node.parent), "KB_CHROMIUM": "x", "KB_NODE_TOOLS": str(tmp_path)}
    assert judged(environ).axe.skipped == "axe failed: broken"


def test_what_axe_finds_in_texts_of_articles_is_their_authors(judged, tmp_path):
    """All else counts as a failure of the site."""
    (tmp_path / "bin").mkdir()
    node = tmp_path / "bin/node"
    row = {"page": 0, "scheme": "light", "rule": "r", "impact": None, "help": "h", "where": ["p"]}
    rows = [{**row, "written": True}, {**row, "written": False}]
    said = json.dumps({"axe": "4", "violations": rows})
    node.write_text(f"#!/bin/sh\ncat >/dev/null\necho '{said}'\n")
    node.chmod(0o755)
    for package in ("playwright-core", "axe-core"):
        (tmp_path / "node_modules" / package).mkdir(parents=True)
    path = f"{node.parent}:/usr/bin:/bin"
    found = judged({"PATH": path, "KB_CHROMIUM": "x", "KB_NODE_TOOLS": str(tmp_path)})
    assert (found.axe.skipped, found.failures, found.authored) == ("", 1, 1)
    assert found.axe.violations[0].address == "index.html"


def test_a_report_is_written_for_people_and_for_machines(base, judged, tmp_path):
    """Both say the same; what articles say is text there, whatever it looks like."""
    base.write({"orders/gaps.md": "# Gaps\n\n### <script>alert(1)</script> `<b>`\n\nText.\n"})
    found = judged()
    page, data = write_conformance(found, tmp_path / "report", "<i>Name</i>")
    said = json.loads(data.read_text("utf-8"))
    assert said == json.loads(json.dumps(conformance_as_json(found)))
    assert (said["failures"], said["authored"]) == (0, 1)
    assert said["axe"]["ran"] is False
    html = page.read_text("utf-8")
    assert "orders/gaps.md:3" in html
    assert "<script" not in html
    assert "<h1>Conformance of &lt;i&gt;Name&lt;/i&gt;</h1>" in html
    assert "http" not in html.replace("http-equiv", "")
    (tmp_path / "file").write_text("")
    with pytest.raises(SiteError, match="the report can't be written"):
        write_conformance(found, tmp_path / "file", "x")
