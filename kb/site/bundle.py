"""ES modules to one classic script: browsers load no module from the disk.

Each module becomes a function of its own, called once, in the order of imports; what it
exports is what the function returns. This reads the modules that kb ships, not JavaScript
at large: imports and exports are statements that begin a line, in the forms below. Anything
else is refused.

    import { one, two as other } from "./module.js";
    export function name() {}    export async function    export function*
    export const name = 1;       export class Name {}     export { name, one };
"""

from __future__ import annotations

import posixpath
import re
from string import ascii_lowercase
from typing import TYPE_CHECKING

from kb.errors import SiteError
from kb.site.shrink import shrink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_IMPORT = re.compile(r'^import \{([^{}]*)\} from "(\.[^"]*)";$', re.MULTILINE)
_DECLARED = re.compile(
    r"^export ((?:async )?function\*? ?|const |class )([A-Za-z_$][\w$]*)", re.MULTILINE
)
_LISTED = re.compile(r"^export \{([^{}]*)\};?$", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b[^\n(]*|^[^\n]*\bimport\.meta\b", re.MULTILINE)


_LEVEL = 2  # brackets around what a module says: `(() => {` and `})`


def bundle(entry: str, read: Callable[[str], str]) -> str:
    """The script that does what the module `entry` does.

    `read` gives the text of a module by its path. Raises SiteError for a module in a form
    that is not understood, and for modules that import each other.
    """
    modules: list[str] = []
    _add(entry, read, modules, {}, ())
    return '(() => {"use strict";' + "".join(modules) + "})();\n"


def _add(
    path: str,
    read: Callable[[str], str],
    modules: list[str],
    names: dict[str, str],
    above: tuple[str, ...],
) -> str:
    """Add a module, after those it imports; its name in the script."""
    if path in above:
        raise SiteError("modules import each other", path=path, code="site-script")
    if path not in names:
        folder = posixpath.dirname(path)

        def take(found: re.Match[str]) -> str:
            wanted = posixpath.normpath(posixpath.join(folder, found[2]))
            module = _add(wanted, read, modules, names, (*above, path))
            known = _short(_exported(read(wanted)))
            taken = [(part.split()[-1], known[part.split()[0]]) for part in _parts(found[1])]
            return "".join(f"const {name} = {module}.{short};" for name, short in taken)

        text = _IMPORT.sub(take, read(path))
        names[path] = f"m{len(names)}"
        modules.append(shrink(_wrap(path, names[path], text), frozenset({names[path]}), _LEVEL))
    return names[path]


def _wrap(path: str, name: str, text: str) -> str:
    exported = _exported(text)
    short = _short(exported)
    text = _LISTED.sub("", _DECLARED.sub(r"\1\2", text))
    if left := _LEFT.search(text):
        raise SiteError(f"not understood: {left.group()[:80]}", path=path, code="site-script")
    returned = ", ".join(f"{short[outer]}: {inner}" for outer, inner in exported.items())
    return f"const {name} = (() => {{\n{text}return {{ {returned} }};\n}})();\n"


def _exported(text: str) -> dict[str, str]:
    """The names under which a module gives something away, and what that is called in it."""
    names = {found[2]: found[2] for found in _DECLARED.finditer(text)}
    for found in _LISTED.finditer(text):
        names |= {part.split()[-1]: part.split()[0] for part in _parts(found[1])}
    return names


def _short(names: Iterable[str]) -> dict[str, str]:
    """What exported names are called between modules: in a script nobody else sees them."""
    return {name: f"{ascii_lowercase[at % 26]}{at // 26 or ''}" for at, name in enumerate(names)}


def _parts(names: str) -> list[str]:
    return [part for part in names.split(",") if part.strip()]
