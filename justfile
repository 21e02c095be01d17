# Common tasks; `just` lists them. Each is one command that works by hand as well.

bin := ".venv/bin/"

_list:
    @just --list

# Make the virtual environment with all that development needs
setup:
    python3 -m venv .venv && {{bin}}pip install -q -e '.[test]'

# The fast tests: all but hostile cases and browsers, about two minutes
fast *ARGS:
    {{bin}}pytest -m "not browser" --ignore tests/hostile {{ARGS}}

# All tests that need no browser
test *ARGS:
    {{bin}}pytest -m "not browser" {{ARGS}}

# The tests in Chromium, with tools from npm in TOOLS
browser TOOLS="/tmp/kb-node":
    tests/browser/install {{TOOLS}} && KB_NODE_TOOLS={{TOOLS}} {{bin}}pytest -m browser tests/browser

# Lint, format and types
check:
    {{bin}}ruff check . && {{bin}}ruff format --check . && {{bin}}mypy

# Put the formatting right, and what lint can mend
fix:
    {{bin}}ruff check --fix . ; {{bin}}ruff format .

# Write golden files and the tables in docs/ anew, to be looked at with git diff
golden *ARGS:
    KB_GOLDEN=overwrite {{bin}}pytest -m "not browser" --ignore tests/hostile {{ARGS}}

# Put the search's scripts together again, after a change to them
scripts:
    {{bin}}python .ci/shared.py
    .ci/bundle

# Preview the sample knowledge base while it is written
serve:
    {{bin}}kb serve

# All that CI does: a fresh clone, every Python here, browsers, lowest versions (half an hour)
ci:
    bash .ci/run
