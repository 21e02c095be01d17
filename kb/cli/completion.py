"""`kb completion SHELL`: the script by which a shell completes commands, ids, topics and tags."""

from __future__ import annotations

import click

from kb.cli.command import FOUND, Command, OneOf, Session, pass_session
from kb.cli.complete import SHELLS

# Each asks kb and hears what `kb.cli.complete` says. bash replaces a part of a word, by text that
# has its quotes already; the others quote what they are given.
_BASH = r"""
_kb_completion() {
    local kind text
    COMPREPLY=()
    while IFS=$'\t' read -r kind text; do
        case $kind in
            dir) compopt -o dirnames 2>/dev/null ;;
            file) compopt -o default 2>/dev/null ;;
            open) compopt -o nospace 2>/dev/null; COMPREPLY+=("$text") ;;
            plain) COMPREPLY+=("$text") ;;
        esac
    done < <(_KB_COMPLETE=bash "$1" "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
}

complete -F _kb_completion kb
"""

_ZSH = r"""
#compdef kb

_kb_completion() {
    local kind text meaning
    local -a texts shown open
    while IFS=$'\t' read -r kind text meaning; do
        case $kind in
            dir) _path_files -/ ;;
            file) _path_files ;;
            open) open+=("$text") ;;
            plain)
                texts+=("$text")
                shown+=("$text${meaning:+  -- $meaning}")
                ;;
        esac
    done < <(
        _KB_COMPLETE=zsh "${(Q)words[1]}" "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null
    )
    (( $#open )) && compadd -S "${compstate[quote]}" -a open
    (( $#texts )) && compadd -l -d shown -a texts
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _kb_completion "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
    compdef _kb_completion kb
fi
"""

_FISH = r"""
function _kb_completion
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    for line in (env _KB_COMPLETE=fish $words "$typed" 2>/dev/null)
        set -l offer (string split -m 2 \t -- $line)
        switch $offer[1]
            case dir
                __fish_complete_directories $typed
            case file
                __fish_complete_path $typed
            case plain open
                printf '%s\t%s\n' $offer[2] $offer[3]
        end
    end
end

complete -c kb -f -a '(_kb_completion)'
"""

_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


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
@click.argument("shell", type=OneOf(SHELLS))
@pass_session
def command(session: Session, *, shell: str) -> int:
    """Print the script."""
    session.screen.print_text(_SCRIPTS[shell].strip())
    return FOUND
