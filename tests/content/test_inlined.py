"""Facts about pictures that stand in the text of an article."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sites import png

from kb.config import Config
from kb.content import read_content
from kb.content.inlined import FOLDER, UNKNOWN, article_of, name_pictures, read_pictures
from kb.site.build import build_site


def written(data, kind="png"):
    """A picture as an address holds it."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


SMALL, LARGE = png(2, 1), png(30, 20)


@pytest.mark.parametrize(
    "text",
    [
        "![a]({})", "![a](<{}>)", "![a][1]\n\n[1]: <{}>", "![a][1]\n\n[1]: {}", '<img src="{}">',
        "<img alt=a src={} width=3>", "> * ![a]({} 'title')",
    ],
)  # fmt: skip
def test_a_picture_has_a_name_in_place_of_its_address(text):
    """By what is in it, below a folder that is called as its article; the lines stay."""
    named = name_pictures(f"One\n{text.format(written(SMALL))}\n", "a/b c.md")
    assert named.count("\n") == text.count("\n") + 2
    (name,) = read_pictures(text.format(written(SMALL)))
    assert named == f"One\n{text.format(f'b%20c.md{FOLDER}/{name}')}\n"
    assert article_of(f"a/b c.md{FOLDER}/{name}") == "a/b c.md"


@pytest.mark.parametrize(
    "text",
    [
        "```\n![a]({})\n```", "~~~~\n![a]({})\n~~~\n![a]({})\n~~~~", "`data:image/png`", "{}",
        "* ```\n  ![a]({})\n  ```", "See data:image/png;base64 in a sentence.",
    ],
)  # fmt: skip
def test_code_and_sentences_stay(text):
    """What only speaks of such an address is text."""
    text = text.replace("{}", written(SMALL))
    assert name_pictures(text, "a.md") == text
    assert read_pictures(text) == {}


@pytest.mark.parametrize(
    "address",
    [
        "data:image/svg+xml;base64,PHN2Zy8+", "data:image/png;base64,A", "data:image/png,abc",
        "data:image/png;base64,", "data:image/svg+xml,%3Csvg%3E", "data:image/tiff;base64,AAAA",
    ],
)  # fmt: skip
def test_what_is_no_picture_of_points_is_unknown(address):
    """A drawing could hold a script."""
    assert name_pictures(f"![a]({address})", "a.md") == f"![a](a.md{FOLDER}/{UNKNOWN})"


@given(st.text(alphabet="`~\n ]([:<>data:image/png;base64,ABCD==\"'"), st.text(alphabet="ab/.é "))
def test_any_text_keeps_its_lines(text, path):
    """No text is an error."""
    assert name_pictures(text, f"{path}.md").count("\n") == text.count("\n")


def test_names_of_files_are_no_pictures_in_texts():
    """Only what has the folder and a name of that kind."""
    for path in ["a.png", f"a.md{FOLDER}/a.png", f"{FOLDER}/x", f"a.md{FOLDER}/{UNKNOWN}", ""]:
        assert article_of(path) == ""


def write(folder, **pages):
    for name, text in pages.items():
        (folder / "content").mkdir(exist_ok=True)
        (folder / "content" / f"{name}.md").write_text(text, "utf-8")
    return Config(content=folder / "content", index=folder / "index")


def test_pictures_are_files_of_the_site(tmp_path):
    """With their sizes, and nothing of them is text; they stay where another article changes."""
    text = f"# A\n\nSee ![one][1] and ![two]({written(LARGE)}).\n\n[1]: <{written(SMALL)}>\n"
    config = write(tmp_path, a=text, b="# B\n")
    (article,) = (a for a in read_content(config.content).articles if a.id == "a")
    assert article.sections[0].text == "See one and two."
    build_site(config, out=tmp_path / "site")
    pictures = {p.read_bytes() for p in (tmp_path / "site/files").rglob("*.png")}
    assert pictures == {SMALL, LARGE}
    page = (tmp_path / "site/a.html").read_text("utf-8")
    assert 'alt="two" width="30" height="20"' in page
    assert "base64" not in page + (tmp_path / "site/a.md").read_text("utf-8")
    write(tmp_path, b="# B\n\nMore.\n")
    build_site(config, out=tmp_path / "site")
    assert {p.read_bytes() for p in (tmp_path / "site/files").rglob("*.png")} == pictures
    write(tmp_path, a=f"# A\n\n![one]({written(SMALL)})\n")
    build_site(config, out=tmp_path / "site")
    assert [p.read_bytes() for p in (tmp_path / "site/files").rglob("*.png")] == [SMALL]


def test_what_cant_be_shown_is_a_problem_with_its_line(tmp_path):
    """A drawing, and what is no picture whatever its address says; no other article's picture."""
    (name,) = read_pictures(f"![a]({written(SMALL)})")
    own = f"# A\n\n![a](data:image/svg+xml;base64,PHN2Zy8+)\n\n![b]({written(b'<html>' * 9)})\n"
    hidden = f"---\ndraft: true\n---\n# H\n\n![a]({written(SMALL)})\n"
    config = write(tmp_path, a=f"{own}\n![c](h.md{FOLDER}/{name})\n", h=hidden)
    problems = [p for p in build_site(config, out=tmp_path / "site").problems if p.path == "a.md"]
    assert [(p.line, p.message.partition(" ")[2].partition(" ")[2]) for p in problems] == [
        (3, f"a.md{FOLDER}/{UNKNOWN} is written into the text, and none that can be shown"),
        (5, problems[1].message.partition(" ")[2].partition(" ")[2]),
        (7, f"h.md{FOLDER}/{name} leads to nothing in the content folder"),
    ]
    assert "is not an image, whatever its name says" in problems[1].message
    assert not [*(tmp_path / "site").rglob("*.png")]
