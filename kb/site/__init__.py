"""The help center as a static site: pages, what machines read, and the folder they go to."""

from pathlib import Path

PACKAGE = Path(__file__).parent
"""Where templates, styles, scripts and words of kb's own stand."""
