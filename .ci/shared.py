#!/usr/bin/env python3
"""What Python and the browser's scripts share, written for the scripts: constants and sentences.

    .ci/shared.py           writes kb/site/assets/search/shared.js, which is committed
    .ci/shared.py --print   writes it to standard output

Each is defined once, in the module of kb that is named; a test compares the file.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "kb/site/assets/search/shared.js"

# Module -> names; `NAME=OTHER` is called OTHER in the scripts.
SHARED = {
    "kb.text.characters": "APOSTROPHES DASHES IGNORED DROPPED FOLDED ZEROS",
    "kb.text.variants": "MEASURES JOINING",
    "kb.text.stop_words": "FEW_WORDS",
    "kb.text.analysis": "MAX_WORD_LENGTH LONGEST_ABBREVIATION SHORTEST_NUMBER LONGEST_NUMBER "
    "GROUPS SPACES HUMP CAMEL OWN",
    "kb.text.snippets": "WIDTH=SNIPPET_WIDTH",
    "kb.text.nearest": "ALIKE NEIGHBOUR BEGINNING WORSE COUNT=NAMES_OFFERED NAMED=NAMES_LISTED "
    "LONGEST=LONGEST_NAME SHORTEST=SHORTEST_BEGINNING NO_SUCH MEANT MEANT_OR LISTED NONE_LISTED",
    "kb.search.query": "MAX_CHARACTERS MAX_WORDS MIN_OUTSIDE QUOTES CUT_CHARACTERS CUT_WORDS "
    "NO_TIER",
    "kb.search.expansion": "FIRST_HALF SECOND_HALF PARTICLE COMPLETION_STEPS MAX_COMPLETIONS "
    "MAX_KEY_WORDS",
    "kb.search.spelling": "MIN_LENGTH LONG MIN_PART SWAPS MISSING UNDOUBLED EXTRA DOUBLED CONFUSED "
    "CONFUSED_LETTERS OTHER FIRST LIKELY PER_LEVEL NO_WORD SAME_STEM BESIDE COMPARED SURE "
    "SURE_PER_LETTER LONGEST_SURE PROBABLE OFFERED ATTACHED MARGIN RARE COMMONER HELD_RARELY "
    "OFTENER ENDINGS COMMON PART_OF_COMPOUND",
    "kb.search.ranking": "EVERYDAY_STEPS FEW_SECTIONS SHORT_QUERY LONG_QUERY IDF_STEPS "
    "SATURATION_STEPS HEAD_STEPS LEVELS LEVELS_PER_E LOWEST_LEVEL "
    "RESCORED CHUNK SCORE_DIGITS MOST_LEAD CONFIDENCE_BASE CONFIDENCE_SLOPE",
    "kb.search.meaning": "LEAST_COSINE_OF_WORDS MEANING SCORE_STEPS COSINE_STEPS REACH NEAR UNSURE "
    "PROBED",
    "kb.semantic.nibbles": "VALUES=VECTOR_VALUES",
    "kb.search.protocols": "RANGE_STARTS",
    "kb.search.searcher": "UNQUOTED UNKNOWN_MEANING",
    "kb.search.twins": "MOST_SHOWN=TWINS_SHOWN",
    "kb.support.intent": "LONGEST=LONGEST_QUESTION",
    "kb.support.escalation": "LONGEST_STORY MOST_FIELDS NO_ANSWER",
    "kb.knowledge_base": "TOPICS_SHOWN",
    "kb.site.export.documents": "MASS_TURN",
    "kb.site.export.encoding": "DIGITS BASE NAME_LENGTH SUFFIX",
    "kb.site.export.meaning": "TOGETHER",
    "kb.site.export.terms": "MARKS LINK_MARK CODE_FACTOR",
    "kb.site.export.words": "TURN",
    "kb.site.export.manifest": "FORMAT",
}


def write_shared() -> str:
    """The module of constants and sentences."""
    lines = ["// Written by .ci/shared.py from the modules that are named: change those."]
    for module, names in SHARED.items():
        lines += ["", f"// {module.replace('.', '/')}.py"]
        for name, _, other in (each.partition("=") for each in names.split()):
            lines.append(_constant(other or name, getattr(import_module(module), name)))
    tiers = [tier.value for tier in import_module("kb.model").Tier]
    return "\n".join([*lines, "", "// kb/model.py", _constant("TIERS", tiers), ""])


def _constant(name: str, value: Any) -> str:
    return f"export const {name} = {json.dumps(value)};"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    if sys.argv[1:] == ["--print"]:
        sys.stdout.write(write_shared())
    else:
        OUT.write_text(write_shared(), encoding="utf-8")
