"""Hypothesis profiles: CI tries the same examples every time, a developer new ones."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

TALLY = "hostile cases"


def pytest_terminal_summary(terminalreporter):
    """Print how many hostile cases were tried and survived, by kind."""
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
