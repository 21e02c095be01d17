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
from typing import TYPE_CHECKING

from kb.errors import SiteError
from kb.site.shrink import shrink

if TYPE_CHECKING:
    from collections.abc import Callable

_IMPORT = re.compile(r'^import \{([^{}]*)\} from "(\.[^"]*)";$', re.MULTILINE)
_DECLARED = re.compile(
    r"^export ((?:async )?function\*? ?|const |class )([A-Za-z_$][\w$]*)", re.MULTILINE
)
_LISTED = re.compile(r"^export \{([^{}]*)\};?$", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b[^\n(]*|^[^\n]*\bimport\.meta\b", re.MULTILINE)


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
            taken = re.sub(r"\bas\b", ":", " ".join(found[1].split()))
            return f"const {{ {taken} }} = {_add(wanted, read, modules, names, (*above, path))};"

        text = _IMPORT.sub(take, read(path))
        names[path] = f"m{len(names)}"
        modules.append(shrink(_wrap(path, names[path], text), frozenset({names[path]})))
    return names[path]


def _wrap(path: str, name: str, text: str) -> str:
    exported = [found[2] for found in _DECLARED.finditer(text)]
    exported += [name for found in _LISTED.finditer(text) for name in _listed(found[1])]
    text = _LISTED.sub("", _DECLARED.sub(r"\1\2", text))
    if left := _LEFT.search(text):
        raise SiteError(f"not understood: {left.group()[:80]}", path=path, code="site-script")
    return f"const {name} = (() => {{\n{text}return {{ {', '.join(exported)} }};\n}})();\n"


def _listed(names: str) -> list[str]:
    """The names of an export list, as an object that is returned has them: `outer: inner`."""
    parts = [part.split() for part in names.split(",") if part.strip()]
    return [f"{part[2]}: {part[0]}" if len(part) > 1 else part[0] for part in parts]
