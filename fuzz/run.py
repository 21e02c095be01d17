"""Fuzz one parser with atheris, starting from the seeds.

    python fuzz/run.py TARGET [--seconds 60] [--corpus DIR]

TARGET is one of those in targets.py. Inputs that reach new code are kept in the corpus, a
temporary folder unless one is named; an input that breaks a promise is written beside it.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kb", "markdown_it", "yaml", "mdurl"]):
    from targets import TARGETS

SEEDS = Path(__file__).parent / "seeds"


def main() -> None:
    """Fuzz until the time is up, or something breaks."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path)
    given = parser.parse_args()
    corpus = given.corpus or Path(tempfile.mkdtemp(prefix=f"kb-{given.target}-"))
    corpus.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={given.seconds}",
        "-max_len=4096",
        "-timeout=20",
        "-rss_limit_mb=1024",
        f"-artifact_prefix={corpus}/broken-",
        "-print_final_stats=1",
    ]
    atheris.Setup(
        [sys.argv[0], *options, str(corpus), str(SEEDS / given.target)], TARGETS[given.target]
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
