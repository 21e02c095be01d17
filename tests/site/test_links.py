"""Links, pictures and anchors, as they stand in folders of other tools, on the pages of a site."""


def test_a_page_keeps_its_former_anchors(empty):
    """Bookmarks of before kb followed GitHub lead to the heading; links name what it is called now."""
    empty.write(
        {"a.md": "# A\n\n## Plans & Billing\n\nText.\n", "b.md": "[x](a.md#plans-billing)\n"}
    )
    empty.build()
    page = empty.read("a.html")
    assert (
        '<h2 id="plans--billing"><span id="plans-billing"></span>Plans &amp; Billing</h2>' in page
    )
    assert 'href="a.html#plans--billing"' in empty.read("b.html")
