"""Commands where folders are not as they should be: removed, or full of links to themselves."""

from pathlib import Path

import pytest

GONE = "the current folder does not exist any more"


@pytest.fixture
def gone(folder, monkeypatch):
    """Stand in a folder that is then removed."""
    here = folder / "gone"
    here.mkdir()
    monkeypatch.chdir(here)
    here.rmdir()
    return folder


@pytest.mark.parametrize(
    "args",
    [
        ["index"], ["search", "late"], ["search", "late", "--json"], ["show", "orders/late"], ["show", "{folder}/content/orders/late.md"],
        ["topics"], ["contact"], ["contact", "late"], ["build", "--out", "{folder}/out"], ["completion", "bash"], ["init", "{folder}/new"],
        ["export", "search", "--out", "{folder}/search", "--url", "/{{id}}/"], ["--help"], ["search", "--help"], ["--version"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_removed_current_folder_does_not_matter_where_paths_are_full(kb, gone, args):
    """Every command answers: nothing that it needs is missing."""
    result = kb("--content", gone / "content", *(arg.format(folder=gone) for arg in args))
    assert (result.code, GONE in result.err) == (0, False)
    assert result.out


@pytest.mark.parametrize(
    "args",
    [
        ["index"], ["search", "late"], ["show", "orders/late"], ["topics"], ["contact"], ["build"], ["serve"],
        ["--content", "content", "search", "late"], ["--index", "index", "search", "late"], ["--config", "kb.toml", "search", "late"],
        ["--content", "{folder}/content", "build"], ["--content", "{folder}/content", "build", "--out", "site"],
        ["--content", "{folder}/content", "export", "search", "--out", "search", "--url", "/{{id}}/"],
        ["--content", "{folder}/content", "init", "new"], ["--content", "{folder}/content", "init", "--theme", "footer.html"],
        ["eval", "judged"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_removed_current_folder_is_named(kb, gone, args):
    """One line says what does not exist."""
    result = kb(*(arg.format(folder=gone) for arg in args))
    assert result.code == 3
    assert GONE in result.err
    assert "bug" not in result.err
    assert len(result.err.splitlines()) == 2


def test_a_folder_above_that_may_not_be_looked_into_holds_no_settings(kb, folder, monkeypatch):
    """Paths that were given in full are good without it."""
    is_file = Path.is_file

    def look(path):
        if path.name in ("kb.toml", "pyproject.toml"):
            raise PermissionError(13, "Permission denied", str(path))
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", look)
    assert kb("--content", folder / "content", "search", "late").code == 0
    result = kb("--config", "kb.toml", "search", "late")
    assert result.code == 3
    assert "kb.toml: can't be read: Permission denied" in result.err


def test_links_in_a_circle_are_said_once_and_passed_over(kb, folder):
    """To the content folder, to one above, to themselves and to each other; the rest is indexed."""
    content = folder / "content"
    for path, target in {
        "self": ".", "again.md": "../content", "up": "..", "orders/top": "/", "orders/back": "../orders",
        "one.md": "two.md", "two.md": "one.md", "none.md": "nothing", "good.md": "orders/late.md", "out": Path(__file__).parent,
    }.items():  # fmt: skip
        (content / path).symlink_to(target)
    result = kb("index")
    lines = result.err.splitlines()
    assert result.code == 3
    assert sorted(lines) == [
        "kb: error: none.md: a link to nothing: not read",
        "kb: error: one.md: a link that leads in a circle: not read",
        "kb: error: orders/top: a link to a folder that holds the content folder: not followed",
        "kb: error: out: a link that leads outside the content folder: not read",
        "kb: error: two.md: a link that leads in a circle: not read",
        "kb: error: up: a link to a folder that holds the content folder: not followed",
        "warning: again.md: a link to the content folder itself: not followed",
        "warning: orders/back: a link to a folder: not followed",
        "warning: self: a link to the content folder itself: not followed",
    ]
    assert "3 articles" in result.out
    assert kb("build").err.count("warning: self: ") == 1


def test_a_link_for_the_content_folder_is_one(kb, folder):
    """What is in it is within it, however it is called."""
    (folder / "linked").symlink_to("content", target_is_directory=True)
    (folder / "content" / "self").symlink_to("../linked", target_is_directory=True)
    result = kb("--content", "linked", "index")
    assert result.code == 0
    assert "self: a link to the content folder itself: not followed" in result.err
