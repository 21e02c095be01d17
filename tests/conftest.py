"""Hypothesis profiles: CI tries the same examples every time, a developer new ones; a tally of
hostile cases; a list of what was skipped, which CI runs once it has what was missing.
"""

import os
from pathlib import Path

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

TALLY = "hostile cases"


def pytest_addoption(parser):
    parser.addoption(
        "--list-skipped", metavar="FILE", help="write the skipped tests' names to FILE"
    )


def pytest_terminal_summary(terminalreporter, config):
    """List what was skipped, and print how many hostile cases were tried and survived, by kind."""
    if listed := config.getoption("--list-skipped"):
        skipped = {r.nodeid.partition("[")[0] for r in terminalreporter.stats.get("skipped", ())}
        Path(listed).write_text("".join(f"{name}\n" for name in sorted(skipped)), encoding="utf-8")
    rows = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == TALLY and report.when == "teardown":
                    for kind, (tried, survived) in value.items():
                        before = rows.get(kind, (0, 0))
                        rows[kind] = (before[0] + tried, before[1] + survived)
    if rows:
        terminalreporter.section("hostile cases")
        terminalreporter.write_line(f"{'kind':<56}{'tried':>8}{'survived':>10}{'lost':>6}")
        for kind, (tried, survived) in sorted(rows.items()):
            terminalreporter.write_line(f"{kind:<56}{tried:>8}{survived:>10}{tried - survived:>6}")
