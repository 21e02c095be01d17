"""`kb skill`: a file that tells an assistant how to use kb."""

from __future__ import annotations

import click

from kb.cli.command import FOUND, Command, Session, pass_session


@click.command(
    "skill",
    cls=Command,
    help="Print a skill file for assistants that read such: when to ask kb, how, and how to cite.",
    examples=(("kb skill > help-center/SKILL.md", "in the folder of the assistant's skills"),),
)
@pass_session
def command(session: Session) -> int:
    """Print the file, with the name of the help center."""
    from kb.assist.prompts import SKILL
    from kb.content.dialects import configure

    config = configure(config=session.config, content=session.content, index=session.index)
    session.screen.print_text(SKILL.format(name=" ".join(config.name.split())))
    return FOUND
