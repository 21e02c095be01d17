"""Facts about names of channels that lead nowhere."""

from dataclasses import replace

import pytest

from kb.config import load_config
from kb.content import read_content
from kb.support.escalation import unknown_channels

CHAT = "---\ntitle: Chat\nchannel: {name: live chat}\n---\n"
DESK = "---\ntitle: Desk\naudience: agent\nchannel: {name: desk}\n---\n"
DRAFT = "---\ntitle: Fax\nstatus: draft\nchannel: {name: fax}\n---\n"


@pytest.fixture
def warned(tmp_path):
    """The warnings of a folder with three contact articles, an article and settings."""

    def check(article, settings="", others=(CHAT, DESK, DRAFT)):
        content = tmp_path / "content" / "contact"
        content.mkdir(parents=True)
        for name, text in zip(("chat", "desk", "fax"), others, strict=False):
            (content / f"{name}.md").write_text(text)
        (tmp_path / "content" / "late.md").write_text(article)
        (tmp_path / "kb.toml").write_text(settings)
        config = replace(load_config(cwd=tmp_path, environ={}))
        return [
            str(problem)
            for problem in unknown_channels(read_content(config.content).articles, config)
        ]

    return check


@pytest.mark.parametrize(
    ("steps", "line", "hint"),
    [
        ("escalate: [Live Chat, contact/chat, CHAT]", None, None),
        ("escalate: [live chta]", 3, "did you mean live chat?"),
        ("escalate:\n  - chat\n  - telegraph: urgent", 5, "the channels are live chat"),
        ("escalate:\n  - desk", 4, "the channels are live chat"),
        ("audience: agent\nescalate: desk", None, None),
        ("escalate: fax", 3, "the channels are live chat"),
    ],
)
def test_an_escalation_to_no_channel_is_warned_of(steps, line, hint, warned):
    """With its line and the nearest channel that the article's readers see."""
    found = warned(f"---\ntitle: Late\n{steps}\n---\n")
    assert len(found) == (0 if line is None else 1)
    for text in found:
        assert text.startswith(f"late.md:{line}: `escalate` names ")
        assert text.endswith(hint)


def test_the_order_of_channels_is_checked_too(warned, tmp_path, monkeypatch):
    """A name in the settings is told with their line."""
    monkeypatch.chdir(tmp_path)
    found = warned("# Late\n", 'name = "x"\n[contact]\norder = ["chat", "fone"]\n')
    assert found == [
        (
            "kb.toml:3: contact.order names 'fone', and no contact article has a channel of that "
            "name: the channels are live chat, desk"
        )
    ]


def test_without_channels_there_is_nothing_to_warn_of(warned):
    """Steps are then shown as they are."""
    assert warned("---\nescalate: [chat]\n---\n# Late\n", others=()) == []
