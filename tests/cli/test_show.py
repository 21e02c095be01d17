"""`kb show` reads an article as its page does: with its dialect, and with what it includes."""

from support.processes import run_kb, write


def test_an_article_is_shown_as_its_generator_means_it(tmp_path):
    """Includes, variables and tags of the generator are what they stand for; comments are gone."""
    write(
        tmp_path,
        {
            "_config.yml": "title: Help\nproduct: Zebra\n",
            "_includes/hours.md": "Open from 9 to 5.\n",
            "content/late.md": "# Late\n\n{{ site.product }} helps. {/*quokka*/}\n\n{% include hours.md %}\n",
        },
    )
    shown = run_kb(tmp_path, "--content", "content", "show", "late").out
    assert "Zebra helps." in shown
    assert "Open from 9 to 5." in shown
    assert not {"{%", "{{", "quokka"} & set(shown.split())
