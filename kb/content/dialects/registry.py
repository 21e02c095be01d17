"""Which dialects there are, what shows each, and what it is read from.

Each dialect is a module of this package with one function `read(located) -> Dialect`; it is
imported when a folder is written in it.
"""

from __future__ import annotations

import hashlib
import os
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from kb.content.dialects.dialect import Located
from kb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class Sign(NamedTuple):
    """What shows that a folder is written in a dialect.

    `beside` are files and folders, in the content folder or up to three levels above it; `within`
    only in the content folder itself or right above it. Where `says` is given, one of the files
    has to hold what it matches. A `*` stands for any part of one name. `inputs` are the files and
    folders beside the sign from which variables and menus are read; texts that articles include
    are none of them. `unless` are files that tell of another generator, `needs` those that have to
    be there, too.
    """

    beside: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    says: str = ""
    inputs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


_JS = ("js", "ts", "mjs", "cjs", "mts")


def _scripts(stem: str) -> tuple[str, ...]:
    return tuple(f"{stem}.{suffix}" for suffix in _JS)


_WITH_LISTS = (
    "book.toml", "mkdocs.yml", "mkdocs.yaml", "zensical.toml", "docfx.json", "hugo.toml",
    *_scripts("docusaurus.config"), *_scripts("astro.config"),
)  # fmt: skip
"""Configurations of others that may have a SUMMARY.md, too, as MkDocs has with its plugins."""

REGISTRY: dict[str, tuple[Sign, ...]] = {
    "mkdocs": (
        Sign(("mkdocs.yml", "mkdocs.yaml", "zensical.toml"), inputs=("data",)),
        Sign(
            (
                "config.yml",
                "config.yaml",
                "mkdocs*.yml",
                "config/mkdocs*.yml",
                "config/*/mkdocs.yml",
            ),
            says=r"\A(?=[\s\S]*?^site_name\s*:)"
            r"(?=[\s\S]*?^(?:docs_dir|markdown_extensions|nav|plugins|theme)\s*:)",
            inputs=("data",),
        ),
    ),
    "writerside": (
        Sign(("writerside.cfg", "project.ihp"), says=r"<ihp\b", inputs=("v.list", "*.tree")),
    ),
    "zola": (
        Sign(
            ("zola.toml", "config.toml"),
            # Before all tables, where Hugo has a `baseURL`.
            says=r"\A(?:(?!(?i:baseURL))[^\[\n][^\n]*\n|\n)*?[ \t]*base_url[ \t]*=",
            needs=("content",),
        ),
    ),
    "hugo": (
        Sign(
            (
                "hugo.toml",
                "hugo.yaml",
                "hugo.yml",
                "hugo.json",
                *(f"config/_default/{name}.yml" for name in ("hugo", "config")),
                "config/_default/hugo.toml",
                "config/_default/hugo.yaml",
                "config/_default/config.toml",
                "config/_default/config.yaml",
            ),
            inputs=("data", "config"),
        ),
        Sign(
            ("config.toml", "config.yaml", "config.yml", "config.json"),
            says=r"(?i)^\s*\"?(?:baseURL|languageCode|theme|contentDir|publishDir)\"?\s*[:=]",
            inputs=("data",),
        ),
    ),
    "docusaurus": (
        Sign(
            _scripts("docusaurus.config"),
            inputs=(*_scripts("sidebars"), "sidebars.json"),
        ),
        Sign(
            tuple(f"website/{name}" for name in _scripts("docusaurus.config")),
            says=r"^\s*[\"']?path[\"']?\s*:\s*[\"']\.\./",
            inputs=tuple(f"website/{name}" for name in (*_scripts("sidebars"), "sidebars.json")),
        ),
    ),
    "starlight": (Sign(_scripts("astro.config")),),
    "mintlify": (
        Sign(("mint.json",)),
        Sign(("docs.json",), says=r"(?i)mintlify|\"navigation\"", inputs=("config", "navigation")),
    ),
    "retype": (Sign(("retype.yml", "retype.yaml", "retype.json")),),
    "vitepress": (
        Sign(
            tuple(f".vitepress/{n}" for n in (*_scripts("config"), *_scripts("config/index"))),
            inputs=(".vitepress/config",),
        ),
    ),
    "vuepress": (Sign(tuple(f".vuepress/{name}" for name in (*_scripts("config"), "config.yml"))),),
    "docfx": (Sign(("docfx.json",)),),
    "mdbook": (Sign(("book.toml",), says=r"^\s*\[(?:book|build|output|preprocessor)\b"),),
    "gitbook": (
        Sign((".gitbook.yaml", "book.json"), inputs=(".gitbook/vars.yaml",)),
        Sign(
            within=("SUMMARY.md",),
            unless=tuple(f"{up}{name}" for name in _WITH_LISTS for up in ("", "../")),
            inputs=("../.gitbook.yaml", "../../.gitbook.yaml"),
        ),
    ),
    "jupyterbook": (
        Sign(
            ("_toc.yml",),
            says=r"^\s*(?:format:\s*jb-|root:|(?:-\s+)?(?:file|part|caption|header|chapter):)",
            inputs=("_config.yml",),
        ),
        Sign(("myst.yml",), says=r"^(?:project|site|version):"),
    ),
    "quarto": (
        Sign(
            ("_quarto.yml", "_quarto.yaml"),
            says=r"^(?:project|website|book)[ \t]*:",
            inputs=("_variables.yml",),
        ),
    ),
    "jekyll": (Sign(("_config.yml", "_config.yaml"), inputs=("_data",)),),
    "sphinx": (Sign(("conf.py",), says=r"^(?:extensions|html_theme|myst_\w+)\s*="),),
    "readme": (
        Sign(
            ("docs/_order.yaml", "docs/*/_order.yaml"),
            within=("_order.yaml", "*/_order.yaml"),
        ),
    ),
    "azurewiki": (Sign(within=(".order",)),),
    "eleventy": (
        Sign(
            (*(f".{name}" for name in _scripts("eleventy")), *_scripts("eleventy.config")),
            inputs=("_data",),
        ),
    ),
    "docsify": (Sign(within=("index.html",), says=r"(?i)\$docsify|docsify(?:\.min)?\.js"),),
    "gollum": (
        Sign(within=("_Sidebar.md", "_Footer.md", "_Header.md"), needs=("Home.md",)),
        Sign(within=("_sidebar.md",), needs=("home.md",)),
    ),
    "obsidian": (Sign(within=(".obsidian",)),),
    "nuxt": (
        Sign(_scripts("nuxt.config"), says=r"content|@nuxt|docus"),
        Sign(_scripts("content.config"), says=r"@nuxt/content"),
    ),
    "nextjs": (Sign(_scripts("next.config")),),
}
"""Dialects and their signs. Of several in one folder the first one here counts."""

HOST_FILES = tuple(
    f"{folder}{name}"
    for folder in ("", "static/", "public/")
    for name in ("_redirects", "netlify.toml", "vercel.json")
)
"""Files in which a host is told of redirects, below the folder of the sign or of the project."""

_PACKAGES = ("pyproject.toml", "package.json", "Cargo.toml", "go.mod", "composer.json", "pom.xml")
NAMES = (*REGISTRY, "plain")
LEVELS_UP = 3
_MOST_READ = 262_144  # bytes in which a sign has to say what it is
_MOST_INPUTS = 20_000
_MOST_FOLDERS = 500  # in which a sign is looked for


def locate(content: Path, configured: str | None = None) -> Located:
    """The generator of a content folder, by the nearest sign; nothing is read but signs.

    Looked at are the folder and up to three above, none above that of a repository. `configured`
    is a name to go by. Raises ConfigError for one that there is not.
    """
    if configured and configured not in NAMES:
        from kb.text.nearest import did_you_mean  # noqa: PLC0415  # a search has no mistake in it

        hint = did_you_mean(configured, NAMES) or f"there are {', '.join(NAMES)}"
        raise ConfigError(f"no dialect {configured!r}", hint=hint)
    folders = list(_reach(content))
    for level, folder in enumerate(folders):
        for name, signs in REGISTRY.items():
            if configured and name != configured:
                continue
            for sign in signs:
                if evidence := _find(sign, folder, level):
                    return _located(name, content, folder, evidence, sign)
    is_repository = os.path.lexists(folders[-1] / ".git")
    root = folders[-1] if is_repository else content
    name = configured or "plain"
    return Located(name, content, root, _project(root), None, name)


def _project(root: Path) -> Path:
    """The folder of the project that a root belongs to: that of the repository, up to three levels
    above, or the nearest one with the file of a package in it; the root itself where none shows.
    """
    folders = list(_reach(root))
    if os.path.lexists(folders[-1] / ".git"):
        return folders[-1]
    return next((f for f in folders if any(map(os.path.isfile, map(f.joinpath, _PACKAGES)))), root)


def _reach(content: Path) -> Iterator[Path]:
    for folder in [content, *content.parents][: LEVELS_UP + 1]:
        yield folder
        if os.path.lexists(folder / ".git"):
            return


def _find(sign: Sign, folder: Path, level: int) -> Path | None:
    names = (*sign.beside, *sign.within) if level < 2 else sign.beside  # noqa: PLR2004 right above
    for name in (found for each in names for found in _meant(each, folder)):
        path = f"{folder}/{name}"
        # As texts, and the others only where the sign is there: every command begins with this.
        if os.path.exists(path) and _is_alone(sign, folder):  # noqa: PTH110  # a Path is slow
            if sign.says and not _says(path, sign.says):
                continue
            return folder / name
    return None


def _is_alone(sign: Sign, folder: Path) -> bool:
    """Whether what has to be there beside a sign is there, and nothing that tells of another."""
    is_there = (os.path.exists(f"{folder}/{name}") for name in sign.needs)  # noqa: PTH110  # a Path raises where it may not look
    is_other = (os.path.exists(f"{folder}/{name}") for name in sign.unless)  # noqa: PTH110  # a Path raises where it may not look
    return all(is_there) and not any(is_other)


def _meant(name: str, folder: Path) -> Iterable[str]:
    """The names that one with a `*` may stand for, in order."""
    if "*" not in name:
        return (name,)
    before, _, after = name.partition("*")
    home, _, start = before.rpartition("/")
    end, slash, inner = after.partition("/")
    try:
        below = sorted(os.listdir(f"{folder}/{home}"))  # noqa: PTH208  # a Path for each name is slow
    except OSError:
        return ()
    kept = (n for n in below if not n.startswith(".") and n.startswith(start) and n.endswith(end))
    return [f"{home}{'/' if home else ''}{n}{slash}{inner}" for n in islice(kept, _MOST_FOLDERS)]


def _says(path: str, pattern: str) -> bool:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 as above
            return bool(re.search(pattern, file.read(_MOST_READ), re.MULTILINE))
    except OSError:
        return False


def _located(name: str, content: Path, folder: Path, evidence: Path, sign: Sign) -> Located:
    inputs = [folder / each for each in (*sign.beside, *sign.within, *sign.inputs)]
    inputs += [found for each in sign.inputs if "*" in each for found in folder.glob(each)]
    inputs.append(content / ".gitbook" / "vars.yaml")
    project = _project(folder)
    inputs += [base / each for base in dict.fromkeys((folder, project)) for each in HOST_FILES]
    state = state_of(inputs, folder)
    return Located(name, content, folder, project, evidence, state)


def state_of(paths: Iterable[Path], root: Path) -> str:
    """A digest of the states of files, and of those in folders; links are not followed.

    It is the same in a copy of `root` that keeps times.
    """
    rows: list[str] = []
    waiting = [os.fspath(path) for path in paths]
    while waiting and len(rows) < _MOST_INPUTS:
        path = waiting.pop()
        try:
            if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114 as above
                waiting += [os.path.join(path, name) for name in os.listdir(path)]  # noqa: PTH118, PTH208 as above
            else:
                state = os.lstat(path)
                name = os.path.relpath(path, root)
                rows.append(f"{name}\0{state.st_size}\0{state.st_mtime_ns}")
        except OSError:
            continue
    rows.sort()
    return hashlib.sha256("\n".join(rows).encode(errors="surrogateescape")).hexdigest()
