"""Wikis of Azure DevOps: https://learn.microsoft.com/azure/devops/project/wiki."""

from __future__ import annotations

from kb.content.dialects.build import begin
from kb.content.dialects.dialect import Dialect, Located, Routes


def read(located: Located) -> Dialect:
    """How a folder is read whose pages stand in the order that files `.order` give."""
    return begin(
        located,
        assets=(".attachments", "."),
        routes=Routes(indexes=()),
        marks=frozenset({"azure"}),
    )
