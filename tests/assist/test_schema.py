"""What commands print as JSON is what the schemas say, all of it; fields are picked by their names."""

import copy
import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from kb.assist.schema import all_fields, names, pick, read_schema
from kb.cli.app import COMMANDS, run

SAMPLE = Path(__file__).parents[2] / "kb" / "sample"
JUDGED = '{"qid": "q1", "text": "late package"}\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The sample, with a second language, a broken article, copies, and judged queries."""
    shutil.copytree(SAMPLE, tmp_path / "kb")
    monkeypatch.chdir(tmp_path / "kb")
    content = tmp_path / "kb" / "content"
    (content / "late.md").write_text(
        "---\ntitle: Late package\nissue: [late package]\nother: x\n"
        "do: [{label: Track, where: Orders, url: /t}]\n---\nYour late package is on its way.\n"
        "## Again\n\nLate package, once more, on another line.\n"
    )
    (content / "v2").mkdir()
    (content / "v2" / "late.md").write_text((content / "late.md").read_text())
    (content / "broken.md").write_text("---\ntitle: [\n---\n")
    (tmp_path / "message.txt").write_text("My package is late. Also, I forgot my password.")
    judged = tmp_path / "judged"
    (judged / "articles").mkdir(parents=True)
    (judged / "articles" / "late.md").write_text("# Late package\n\nLook at the tracking.\n")
    (judged / "queries.jsonl").write_text(JUDGED)
    (judged / "qrels.tsv").write_text("q1\tlate\t1\n")
    return tmp_path


@pytest.fixture
def kb(capsys):
    """Run a command, and give its exit code and its JSON."""

    def call(*args):
        code = run([*args])
        return code, json.loads(capsys.readouterr().out)

    return call


def strict(schema):
    """The schema with every key forbidden that it does not name: nothing is left undescribed."""
    schema = copy.deepcopy(schema)
    todo = [schema]
    while todo:
        each = todo.pop()
        if isinstance(each, dict):
            if "properties" in each:
                each.setdefault("additionalProperties", False)
            todo += each.values()
        elif isinstance(each, list):
            todo += each
    return schema


CALLS = [
    ("search", "late", "package", "--explain"),
    ("search", "lat", "pakage"),
    ("search", "xylophone"),
    ("context", "late package"),
    ("context", "xylophone"),
    ("show", "late"),
    ("topics",),
    ("contact", "late"),
    ("suggest", "../message.txt"),
    ("index", "--force"),
    ("build", "--out", "../site"),
    ("export", "search", "--out", "../search", "--url", "/{id}"),
    ("init", "../new"),
    ("eval", "../judged"),
    ("eval", "../judged", "--context", "300"),
]


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_a_command_prints_what_its_schema_says(folder, kb, call):
    """Every key, of its type, and no other."""
    _, printed = kb(*call, "--json")
    jsonschema.validate(printed, strict(read_schema(call[0])))


def test_a_comparison_and_translations_are_in_the_schemas_too(folder, kb):
    """What is there only sometimes."""
    _, before = kb("eval", "../judged", "--json")
    Path("before.json").write_text(json.dumps(before))
    _, now = kb("eval", "../judged", "--json", "--baseline", "before.json")
    assert now["comparison"]
    jsonschema.validate(now, strict(read_schema("eval")))
    de = Path("content") / "late.de.md"
    de.write_text("---\ntitle: Paket\nlanguage: de\n---\nDas Paket kommt nicht an.\n")
    for call in (("show", "late.de"), ("search", "Paket"), ("context", "Paket")):
        _, printed = kb(*call, "--json")
        jsonschema.validate(printed, strict(read_schema(call[0])))


@pytest.mark.parametrize("name", names())
def test_the_schemas_are_schemas(name):
    """Of the draft that they name; each is a command's, or that of errors."""
    jsonschema.Draft202012Validator.check_schema(read_schema(name))
    assert name in {*COMMANDS, "error"}


@pytest.mark.parametrize(
    ("call", "code", "exit_code"),
    [
        (("show", "lat"), "not-found", 1),
        (("search", "x", "--limit", "0"), "usage", 2),
        (("serch", "x"), "usage", 2),
        (("search",), "usage", 2),
        (("context", "late", "--budget", "51"), "budget", 2),
        (("search", "x", "--content", "nowhere"), "content", 3),
        (("eval", "nowhere"), "judgments", 3),
        (("topics", "nowhere"), "not-found", 1),
    ],
)
def test_whatever_fails_prints_one_envelope(folder, kb, call, code, exit_code):
    """With a stable code, and the exit code that it has without JSON."""
    found, printed = kb(*call, "--json")
    jsonschema.validate(printed, strict(read_schema("error")))
    assert (printed["error"]["code"], found) == (code, exit_code)


def test_fields_are_picked(folder, kb):
    """In the order of the whole object, those of a list's items too; JSON goes without saying."""
    _, printed = kb("search", "late", "--fields", "total, hits.article,hits.lines", "--limit", "1")
    assert list(printed) == ["version", "total", "hits"]
    assert [list(hit) for hit in printed["hits"]] == [["article", "lines"]]


def test_every_field_of_every_schema_can_be_picked(folder, kb):
    """And picking all of them changes nothing."""
    _, whole = kb("search", "late", "package", "--explain", "--json")
    assert pick(whole, [*all_fields(read_schema("search"))]) == whole
    assert pick(whole, ["hits"]) == {"version": 1, "hits": whole["hits"]}


@pytest.mark.parametrize(
    ("fields", "hint"), [("totl", "total"), ("hits.artcle", "hits.article"), (",", "hits")]
)
def test_an_unknown_field_names_the_nearest(folder, kb, fields, hint):
    """Before anything is searched."""
    code, printed = kb("search", "late", "--fields", fields)
    assert (code, printed["error"]["code"]) == (2, "field")
    assert hint in printed["error"]["hint"]


def test_schema_prints_the_schema_wherever_it_stands(folder, kb, capsys):
    """It needs no other argument; a command without JSON says so."""
    assert kb("search", "--schema") == (0, read_schema("search"))
    assert kb("--schema", "show") == (0, read_schema("show"))
    assert kb("export", "search", "--schema") == (0, read_schema("export"))
    assert run(["completion", "--schema"]) == 2
    assert "kb completion prints no JSON" in capsys.readouterr().err
