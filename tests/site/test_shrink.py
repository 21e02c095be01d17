"""Scripts and styles in fewer bytes."""

import json
import re
import shutil
import subprocess
from importlib.resources import files

import pytest

from kb.errors import SiteError
from kb.site.bundle import bundle
from kb.site.shrink import shrink, shrink_style

SCRIPT = r"""
// Everything that could go wrong.
const first = [1, 2, , 3];
const words = { first, second: 2, "third": 3, method(given) { return given + words.second; }, };
const { second, ...others } = words;
let { third = 5, fourth: renamed = 6 } = words;
function outer({ second: inner, plus = 1 }, [head, ...tail], last = "}") {
  /* a comment; with "quotes" */
  const pattern = /["'`\/[\]/]{1,2}/g; // a comment
  const divided = head / plus / 2;
  return [inner, plus, head, tail, last, pattern.source, divided, `in ${head} out // no comment ${[plus, { plus }].length} plus ${plus}`];
}
class Shape {
  size = 1;
  static made = 0;
  constructor(size) { this.size = size; Shape.made++; }
  get twice() { return this.size * 2; }
  #hidden() { return this.#half; }
  get #half() { return this.size / 2; }
  shown() { return this.#hidden(); }
  *each() { yield this.size; }
  static async *all() { yield first; }
  async later() { return this.twice; }
}
const made = new Shape(4);
let count = 0;
const product = { size: count * made.size, *many() { yield third; }, third: third * third };
const choose = (size) => (size > 2 ? first : size ? words : null);
const async_ = async (size) => {
  await null;
  return size;
};
for (const [name, value] of Object.entries(others)) if (name === "method") others.kind = typeof value;
count = count + +"1" - -1;
label: for (;;) { break label; }
try { throw new Error("what"); } catch ({ message }) { others.message = message; }
console.log(JSON.stringify([
  first, words, second, others, third, renamed, outer({ second: 7 }, [8, 9, 10]), made.twice, made.shown(), Shape.made,
  choose(1).first, choose(3), count, made.size, typeof async_, product, [...product.many(), ...made.each()], typeof Shape.all, "text with  spaces, and 'quotes'",
]));
"""


def run(script):
    """Run a script in Node; what it printed."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_shrunk_script_does_the_same():
    """Objects, patterns, classes, parameters, regular expressions and texts stay what they are."""
    assert run(shrink(SCRIPT)) == run(SCRIPT)


def test_variables_get_short_names_and_properties_keep_theirs():
    """What is short for both is written out."""
    script = shrink("const length = 1;\nconst longer = { length, width: length };\nlonger.length;")
    assert re.fullmatch(r"const (\w)=1;const (\w)=\{length:\1,width:\1};\2.length;\n", script)


def test_what_is_declared_nowhere_keeps_its_name():
    """Names of the browser are not the script's."""
    assert "document.title" in shrink("const title = document.title;")


def test_a_text_that_does_not_end_is_refused():
    """The error says on which line."""
    with pytest.raises(SiteError, match="no token") as error:
        shrink('const a = 1;\nconst b = "no end;\n')
    assert error.value.line == 2


def test_kbs_own_modules_stay_valid():
    """Both scripts that kb makes are read by Node without a complaint."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    assets = files("kb.site") / "assets"
    for entry in ("search-ui/site.js", "search-ui/embed.js"):
        script = bundle(entry, lambda path: (assets / path).read_text(encoding="utf-8"))
        done = subprocess.run(["node", "--check"], input=script, text=True, check=False)
        assert done.returncode == 0
        assert "\n//" not in script
        assert "/**" not in script


def test_a_shrunk_style_has_the_same_rules():
    """Comments and needless space go, spaces that mean something stay."""
    style = "/* one */\na b, a > c {\n  margin: 0 1px;\n  color: red;\n}\n@media (width > 1px) { a { b: c } }\n"
    assert shrink_style(style) == (
        "a b,a > c{margin:0 1px;color:red}@media (width > 1px){a{b:c}}\n"
    )
