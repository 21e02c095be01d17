"""A knowledge base to build sites from, and what tests ask of the site."""

import struct
import zlib

from kb.config import load_config
from kb.site.build import build_site
from kb.site.report import Options

SETTINGS = """
name = "Parcel & Post"
[site]
base_url = "https://help.example.com/center"
footer = "Not run by anybody."
description = "What is wrong with your parcel?"
"""

ARTICLES = {
    "topic.yaml": "title: Everything\n",
    "orders/topic.yaml": "title: Orders & deliveries\nsummary: Late and lost.\norder: 1\n",
    "orders/late.md": """---
title: Your parcel is late
summary: Look at the tracking, then ask in chat.
issue: [parcel never arrived, where is my parcel]
do:
  - label: Track it
    where: Account > Orders > Track
    url: https://post.example.com/track
  - label: Ask in chat
    where: Contact
    url: ../contact/chat.md
have_ready: [The order number, The date]
escalate: [chat]
tags: [delivery, parcel]
related: [orders/damaged]
aliases: [old/late, orders/very-late]
featured: 1
order: 1
reviewed: 2026-03-04
---
1. Look at [the tracking](damaged.md#what-now).

## How long does it take?

See ![a map](../images/map.png "Map") and [the form](../files/form.pdf).

## When is it lost?

| Days | What |
|:-----|-----:|
| 3    | wait |

```python
print("late")
```

### A third level

Go to [outside](https://example.org/?a=1&b=2), [chat](../contact/chat.md) or [topic](../orders/).
""",
    "orders/damaged.md": """# A parcel is damaged

Take a picture. The delivery was rough.

## What now

Write to us. [Old name](../old/late.md).

## What now

Twice.
""",
    "contact/chat.md": """---
title: Chat with us
tier: contact
channel:
  name: chat
  best_for: Most problems
  wait: A minute
  where: Account > Chat
  hours: 9 to 5
have_ready: [The order number]
---
Open the chat.
""",
    "secret/agents.md": "---\ntitle: Zebrafish refunds\naudience: agent\n---\nZebrafish only.\n",
    "orders/draft.md": (
        "---\ntitle: Walrus draft\nstatus: draft\naliases: [orders/walrus-old]\n---\n"
        "Walrus words. [Late](late.md)\n"
    ),
    "orders/gone.md": "---\ntitle: Quagga archive\nstatus: archived\n---\nQuagga words.\n",
}


def png(width, height):
    """The smallest PNG of this size."""

    def chunk(kind, data):
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    rows = b"".join(b"\0" + b"\xff" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def write(folder, files):
    """Write texts and bytes under a folder."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        raw = data.encode() if isinstance(data, str) else data
        (folder / path).write_bytes(raw)


class Base:
    """A knowledge base in a folder, and its site."""

    def __init__(self, folder, settings=SETTINGS):
        self.folder = folder
        self.content = folder / "content"
        self.site = folder / "site"
        folder.mkdir(exist_ok=True)
        (folder / "kb.toml").write_text(settings)

    def write(self, files):
        """Write files under content/."""
        write(self.content, files)

    def write_theme(self, name, text):
        """Write a file of the theme."""
        write(self.folder / "theme", {name: text})

    def settings(self, text):
        """Write the settings anew."""
        (self.folder / "kb.toml").write_text(text)

    def config(self):
        """Read the settings as they are now."""
        return load_config(config=self.folder / "kb.toml", environ={}, cwd=self.folder)

    def build(self, out=None, progress=None, **options):
        """Build the site; `options` are those of Options."""
        return build_site(self.config(), out=out, options=Options(**options), progress=progress)

    def read(self, path):
        """Read a file of the site as text."""
        return (self.site / path).read_text(encoding="utf-8")

    def files(self):
        """Read every file of the site."""
        return {
            path.relative_to(self.site).as_posix(): path.read_bytes()
            for path in sorted(self.site.rglob("*"))
            if path.is_file()
        }

    def outside(self):
        """Read all files of the site but the manifest."""
        return {path: data for path, data in self.files().items() if not path.startswith(".")}
