"""What the settings put around every page, and the colours that one accent makes."""

import os
import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sites import SETTINGS, png

from kb.config import Config, SiteConfig
from kb.content.history import commit_of
from kb.errors import ConfigError, SiteError
from kb.site.theme import accent_tones, contrast, mix

PAPERS = {"light": ("#fcfcfa", "#ffffff"), "dark": ("#14171a", "#1a1e22")}


def tones(accent):
    """The accent and the text on it, in both schemes; None where it is refused."""
    try:
        return accent_tones(Config(site=SiteConfig(accent=accent)))
    except ConfigError:
        return None


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_what_one_accent_makes_can_be_read_in_both_schemes(channels):
    """On the page, what is raised, its tints, and as the ground of a button; or it is refused."""
    found = tones("#{:02x}{:02x}{:02x}".format(*channels))
    for (paper, raised), scheme in zip(PAPERS.values(), found or (), strict=False):
        tone = scheme["accent"]
        grounds = [paper, raised, *(mix(tone, paper, share) for share in (0.07, 0.14))]
        assert min(contrast(tone, ground) for ground in grounds) >= 4.5
        assert contrast(scheme["accent_ink"], tone) >= 4.5


@pytest.mark.parametrize("accent", ["#0b5fad", "#8a1c4a", "#006b3f", "#b00020", "#5b2d90"])
def test_an_accent_that_can_be_read_stays_as_it_is_on_light_paper(accent):
    """Those of usual brands do."""
    assert tones(accent)[0]["accent"] == accent


@pytest.mark.parametrize("accent", ["#ff8c00", "#00a3e0", "#001f5b", "#000000", "#00b050"])
def test_an_accent_is_mended_where_that_is_enough(accent):
    """Bright ones become darker, dark ones lighter on dark paper."""
    assert tones(accent) is not None


@pytest.mark.parametrize("accent", ["#ffffff", "#ffeb3b", "#f5f5dc", "#c6ff00"])
def test_an_accent_that_can_not_be_read_is_refused(accent, base):
    """By the line of the setting, with what to do."""
    base.settings(f'{SETTINGS}accent = "{accent}"\n')
    with pytest.raises(ConfigError) as caught:
        base.build()
    assert "on light paper" in str(caught.value)
    assert caught.value.line == SETTINGS.count("\n") + 1
    assert "darker" in caught.value.hint


def test_an_accent_is_in_the_style_and_under_single_colours(base):
    """Both schemes have their tone; `colors` wins over it."""
    base.settings(f'{SETTINGS}accent = "#8a1c4a"\ncolors = {{ accent = "#123456" }}\n')
    base.build()
    [style] = [data.decode() for name, data in base.outside().items()
               if re.fullmatch(r"assets/site\.\w+\.css", name)]  # fmt: skip
    assert "--accent:#123456;--accent-ink:#ffffff;" in style
    assert f"--accent:{tones('#8a1c4a')[1]['accent']};" in style


FRAME = f"""{SETTINGS}
banner = "Parcels to the north are late."
banner_link = "orders/late.md"
header_links = {{ Shop = "https://shop.example.com/" }}
footer_links = {{ Privacy = "orders/damaged.md", Mail = "mailto:a@example.com", Gone = "no.md" }}
examples = ["one", "two", "three", "four", "five", "six"]
edit_url = "https://git.example.com/edit/main/content/{{path}}"
icon = "look/icon.png"
touch_icon = "look/touch.png"
image = "look/card.png"
"""


@pytest.fixture
def framed(base):
    """A base with all of it."""
    (base.folder / "look").mkdir()
    for name in ("icon", "touch", "card"):
        (base.folder / "look" / f"{name}.png").write_bytes(png(180, 180))
    base.settings(FRAME)
    return base


def test_announcement_links_and_pictures_are_on_every_page(framed):
    """Links within the site begin at its root, on pages of any depth; those that lead nowhere are
    left out and told by their line.
    """
    report = framed.build()
    for page, up in (("index.html", ""), ("orders/late.html", "../")):
        text = framed.read(page)
        for part in (
            f'<p><a href="{up}orders/late.html">Parcels to the north are late.</a></p>',
            '<a href="https://shop.example.com/" rel="noopener">Shop</a>',
            f'<a href="{up}orders/damaged.html">Privacy</a>',
            '<a href="mailto:a@example.com" rel="noopener">Mail</a>',
            f'<link rel="icon" href="{up}assets/icon.',
            f'<link rel="apple-touch-icon" href="{up}assets/touch-icon.',
            '<meta property="og:image" content="https://help.example.com/center/assets/image.',
            '<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#14171a">',
        ):
            assert part in text, part
        assert "Gone" not in text
    [told] = [problem for problem in report.problems if "footer_links" in problem.message]
    assert told.path.endswith("kb.toml")
    assert told.line == FRAME[: FRAME.index("footer_links")].count("\n") + 1


def test_examples_and_edit_address(framed):
    """Five questions at most; an article's path is in the address to edit it."""
    framed.build()
    home = framed.read("index.html")
    assert re.findall(r"\?q=(\w+)\"", home) == ["one", "two", "three", "four", "five"]
    page = framed.read("orders/late.html")
    assert 'href="https://git.example.com/edit/main/content/orders/late.md"' in page


@pytest.mark.parametrize(
    ("setting", "name"), [("touch_icon", "x.svg"), ("image", "x.svg"), ("icon", "gone.png")]
)
def test_pictures_of_another_kind_are_refused(base, setting, name):
    """With the setting."""
    (base.folder / "x.svg").write_text("<svg/>")
    base.settings(f'{SETTINGS}{setting} = "{name}"\n')
    with pytest.raises(SiteError) as caught:
        base.build()
    assert setting in caught.value.hint


@pytest.mark.parametrize("bad", ["javascript:x", "data:text/html,x", "x y"])
def test_links_that_run_something_are_refused(base, bad):
    """Before anything is built."""
    base.settings(f'{SETTINGS}footer_links = {{ X = "{bad}" }}\n')
    with pytest.raises(ConfigError, match="footer_links"):
        base.build()


def test_a_link_at_the_foot_goes_with_its_article(framed):
    """Where that is a draft now, pages that are otherwise the same are written anew."""
    framed.build()
    assert ">Privacy</a>" in framed.read("contact/chat.html")
    framed.write({"orders/damaged.md": "---\nstatus: draft\n---\n# Damaged\n"})
    framed.build()
    assert ">Privacy</a>" not in framed.read("contact/chat.html")


def test_topics_have_the_icon_that_they_name(base):
    """One that is not there leaves the card without, and is told."""
    base.write({"orders/topic.yaml": "title: Orders\nicon: truck\n",
                "contact/topic.yaml": "title: Contact\nicon: trucks\n"})  # fmt: skip
    report = base.build()
    home = base.read("index.html")
    assert home.count('<h3><svg class="icon"') == 1
    [told] = [problem for problem in report.problems if "trucks" in problem.message]
    assert (told.path, told.code) == ("contact/topic.yaml", "icon")
    assert "truck" in told.message


def git(folder, *arguments, day="2026-03-04"):
    """Run git on a day; the test is skipped without."""
    if shutil.which("git") is None:
        pytest.skip("there is no git here")
    when = f"{day}T12:00:00+0000"
    keys = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    who = dict.fromkeys(keys, "a@example.com")
    days = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True,
        env={**os.environ, **who, **days},
    )  # fmt: skip


def test_pages_say_when_git_saw_a_change(base):
    """The day of the last commit of each article, also after one that changed nothing else; not what
    is no commit yet, and not in a clone without its history.
    """
    git(base.folder, "init", "-q")
    git(base.folder, "add", "content")
    git(base.folder, "commit", "-qm", "one")
    base.write({"contact/\u00fcber neu.md": "# New\n"})
    base.build()
    late = base.read("orders/late.html")
    assert "<span>Reviewed 4 March 2026</span> <span>Last changed 4 March 2026</span>" in late
    assert "Last changed" not in base.read("contact/\u00fcber neu.html")
    git(base.folder, "add", "content", day="2026-05-06")
    git(base.folder, "commit", "-qm", "two", day="2026-05-06")
    base.build()
    assert "Last changed 6 May 2026" in base.read("contact/\u00fcber neu.html")
    assert base.read("orders/late.html") == late
    base.settings(f"{SETTINGS}last_changed = false\n")
    base.build()
    assert "Last changed" not in base.read("orders/late.html")
    git(base.folder, "clone", "-q", "--depth=1", base.folder.as_uri(), "other")
    assert commit_of(base.folder / "content")
    assert commit_of(base.folder / "other" / "content") == ""


def test_nothing_is_asked_by_default(base):
    """Whether an article helped, nor may pages ask anybody."""
    base.build()
    text = base.read("orders/late.html")
    assert "feedback" not in text
    assert "connect-src &#39;self&#39;;" in text


def test_answers_go_to_a_link_with_the_article(base):
    """Encoded, once for each answer or once in all; on articles alone."""
    base.settings(f'{SETTINGS}\nfeedback = "https://f.example.com/?a={{article}}&b={{answer}}"')
    base.build()
    text = base.read("orders/late.html")
    for answer in ("yes", "no"):
        assert f'href="https://f.example.com/?a=orders%2Flate&amp;b={answer}"' in text
    assert "feedback" not in base.read("index.html") + base.read("contact-us/index.html")
    assert "feedback." not in text  # no script
    base.settings(f'{SETTINGS}\nfeedback = "mailto:a@example.com?subject={{article}}"')
    base.build()
    page = base.read("orders/late.html")
    assert '<a class="answer" href="mailto:a@example.com?subject=orders%2Flate"' in page
    assert ">Tell us</a>" in page


def test_an_endpoint_opens_the_policy_to_its_origin_alone(base):
    """On pages and in the headers of hosts."""
    base.settings(f'{SETTINGS}\nfeedback_endpoint = "https://f.example.com:8443/in?x=y"')
    base.build()
    policy = "connect-src 'self' https://f.example.com:8443; base-uri"
    assert policy in base.read("_headers")
    text = base.read("orders/late.html")
    assert policy.replace("'", "&#39;") in text
    assert 'data-endpoint="https://f.example.com:8443/in?x=y" data-article="orders/late"' in text


def test_a_copy_from_the_disk_asks_nothing_of_a_host_it_does_not_have(base, tmp_path):
    """An endpoint that is a path is one there; a whole address stays, and so does a link."""
    out = tmp_path / "offline"
    for settings, kept in (
        ('feedback_endpoint = "/feedback"', ""),
        (
            'feedback_endpoint = "/feedback"\nfeedback = "mailto:a@example.com?subject={article}"',
            "Tell us",
        ),
        ('feedback_endpoint = "https://f.example.com/in"', "data-endpoint"),
    ):
        base.settings(f"{SETTINGS}\n{settings}")
        base.build(out=out, offline=True)
        text = (out / "orders" / "late.html").read_text("utf-8")
        assert ("KB-feedback" in text) == bool(kept)
        assert kept in text
        assert 'data-endpoint="/' not in text


def test_the_contact_page_leads_from_the_problem_to_the_article_and_the_channel(base):
    """In the order of topics, as text; where nobody says what is wrong, nothing is said to be best."""
    base.write(
        {
            "contact/phone.md": "---\ntier: contact\nissue: [call]\nchannel: {name: phone}\n---\n# Phone\n",
            "orders/lost.md": "---\nissue: [a, b, c, d]\nescalate: [phone]\n---\n# Lost\n",
            "loose.md": "---\nissue: [no topic]\n---\n# Loose\n",
        }
    )
    base.build()
    page = (
        base.read("contact-us/index.html")
        .partition('class="problems"')[2]
        .partition("</section>")[0]
    )
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert (
        "Orders &amp; deliveries Your parcel is late parcel never arrived where is my parcel "
        "This solves it: Your parcel is late If that does not help: Chat Lost a b c "
        "This solves it: Lost If that does not help: Phone"
    ) in text
    assert "More articles Loose no topic This solves it: Loose" in text
    assert "call" not in text
    assert '<li data-channels="[&#34;phone&#34;]">' in page
    assert "The first way suits this problem best.</p>" not in base.read("contact-us/index.html")
    base.write({"orders/lost.md": "---\nissue: [e]\nescalate: [chat]\n---\n# Lost\n"})
    base.build()
    page = base.read("contact-us/index.html")
    assert "<span>e</span>" in page
    assert "[&#34;phone&#34;]" not in page
    for path in ("orders/lost.md", "orders/late.md", "loose.md"):
        base.write({path: "# None\n"})
    base.build()
    assert 'class="problems"' not in base.read("contact-us/index.html")
