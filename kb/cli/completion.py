"""`kb completion SHELL`: the script by which a shell completes commands, ids and topics."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from kb.cli.command import FOUND, Command, Session, pass_session
from kb.cli.values import OneOf


@click.command(
    "completion",
    cls=Command,
    help="Print the completion script of a shell.",
    examples=(
        ('eval "$(kb completion bash)"', "in ~/.bashrc"),
        ('eval "$(kb completion zsh)"', "in ~/.zshrc"),
        ("kb completion fish | source", "in ~/.config/fish/config.fish"),
    ),
)
@click.argument("shell", type=OneOf(["bash", "zsh", "fish"]))
@pass_session
def command(session: Session, *, shell: str) -> int:
    """Print the script."""
    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(click.Group(), {}, "kb", "_KB_COMPLETE")
    # Not source(), which starts a bash only to ask for its version.
    session.screen.print_text(script.source_template % script.source_vars())
    return FOUND
