"""Modules as one script."""

import json
import shutil
import subprocess

import pytest

from kb.errors import SiteError
from kb.site.bundle import bundle

MODULES = {
    "ui/main.js": """// What it does.
import { double, greet as hello } from "./lib/tools.js";
import {
  count,
  Thing,
} from "../other.js";
/**
 * Several lines.
 */
const local = "// not a comment";
/** @type {any} */ (globalThis).seen = true;
/** Another one. */
console.log(JSON.stringify([double(4), hello(), count, new Thing().name, local, globalThis.seen]));
""",
    "ui/lib/tools.js": """import { count } from "../../other.js";
export const double = (n) => {
  return n * 2;
};
const local = "hello";
function greet() {
  return `${local} ${count}`;
}
export { greet };
""",
    "other.js": """let made = 0;
export const count = ++made;
export class Thing {
  name = "thing";
}
export async function later() {}
export function* several() {}
""",
}


def run(script):
    """Run a script in Node; what it printed."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_script_does_what_the_modules_do():
    """Names are each module's own, a module runs once, and both forms of export work."""
    assert run(bundle("ui/main.js", MODULES.__getitem__)) == [
        8, "hello 1", 1, "thing", "// not a comment", True,
    ]  # fmt: skip


def test_comments_and_indentation_are_left_out():
    """Neither line comments nor blocks nor spaces at the beginning of lines remain."""
    script = bundle("ui/main.js", MODULES.__getitem__)
    assert "Several" not in script
    assert "What it does" not in script
    assert "\n  " not in script


def test_script_is_the_same_every_time():
    """Two bundles of the same modules are equal."""
    assert bundle("ui/main.js", MODULES.__getitem__) == bundle("ui/main.js", MODULES.__getitem__)


@pytest.mark.parametrize(
    "text",
    [
        'import thing from "./other.js";',
        'import "./other.js";',
        "export default 1;",
        'export * from "./other.js";',
        "export let changing = 1;",
        "console.log(import.meta.url);",
    ],
)
def test_other_forms_are_refused(text):
    """What the bundle would get wrong raises an error that names the module."""
    with pytest.raises(SiteError, match="not understood") as error:
        bundle("main.js", {"main.js": text, "other.js": ""}.__getitem__)
    assert error.value.path == "main.js"


def test_modules_that_import_each_other_are_refused():
    """A circle has no order to run in."""
    circle = {"a.js": 'import { b } from "./b.js";', "b.js": 'import { a } from "./a.js";'}
    with pytest.raises(SiteError, match="import each other"):
        bundle("a.js", circle.__getitem__)
