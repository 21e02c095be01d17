"""Facts about one KnowledgeBase in a real program: threads, forked children, async, pickles.

`docs/api.md` promises them. `benchmarks/threads.py` does the same for minutes.
"""

import asyncio
import copy
import json
import multiprocessing
import os
import pickle
import select
import struct
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from stress import STILL, Editor, Stress, write_articles

from kb import KnowledgeBase
from kb import knowledge_base as module
from kb.errors import ConfigError, ContentError, NotFoundError
from kb.index.generations import IndexFolder
from kb.search.searcher import Searcher

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system knows no fork")
of_a_program_with_threads = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
THREADS = 8
PATIENCE = 60
"""Seconds until something that should have ended counts as hung."""


@pytest.fixture
def folder(tmp_path):
    """A folder with articles, and no index yet."""
    write_articles(tmp_path / "content")
    return tmp_path


@pytest.fixture
def base(folder):
    """Its knowledge base."""
    opened = open_in(folder)
    yield opened
    opened.close()


def open_in(folder):
    """Open the knowledge base of a folder."""
    return KnowledgeBase.open(folder / "content", index=folder / "index")


def ask(base, query):
    """Ask for what an answer says: sections, how well each fits, how it is shown."""
    return [(h.article, h.anchor, h.score, h.snippet) for h in base.search(query).hits]


def at_once(work, items=None):
    """Do some work in one thread for each item (THREADS of them unless given), all at once; what
    each gives, in order.
    """
    items = list(range(THREADS) if items is None else items)
    start = threading.Barrier(len(items))

    def begin(item):
        start.wait(PATIENCE)
        return work(item)

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(begin, items))


def in_a_child(work):
    """Give what `work` returns in a forked child, as JSON can say it."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writing, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], PATIENCE)
    if not ready:
        os.kill(child, 9)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as answer:
        assert ready, "the child hangs"
        return json.loads(answer.read())


# Threads --------------------------------------------------------------------------------


def test_threads_get_the_answers_that_one_gets(base, folder):
    """Whatever others ask meanwhile."""
    right = {query: ask(base, query) for query in STILL}
    other = open_in(folder)  # nothing in its memory yet

    def work(number):
        turned = [*STILL[number:], *STILL[:number]]
        return {query: ask(other, query) for query in turned}

    assert at_once(work) == [right] * THREADS


def test_threads_read_articles_that_one_reads(base):
    """The parsers of Markdown are shared, too."""
    ids = [card.id for card in base.cards()]
    right = [base.article(id_) for id_ in ids]
    assert at_once(lambda _: [base.article(id_) for id_ in ids]) == [right] * THREADS


def test_the_first_question_is_waited_for(base, folder):
    """Threads that ask at once, without an index, build one."""
    at_once(lambda number: ask(base, STILL[number]))
    assert IndexFolder(folder / "index").current().folder.name == "g00000001"


@of_a_program_with_threads
def test_answers_under_edits_are_of_one_state(folder):
    """Threads and forked children ask while articles change and the index is brought up to date,
    by one of them, by each child, and by a build of all. No answer is wrong, and nothing raises.
    """
    found = Stress(open_in(folder), Editor(folder / "content")).run(
        threads=THREADS, children=4 if hasattr(os, "fork") else 0, searches=40, patience=PATIENCE
    )
    assert found.faults == []
    assert found.answers == 40 * (THREADS + found.children)
    assert found.updates > 2


def test_an_engine_lives_as_long_as_it_is_asked(base, folder):
    """An update takes its place, not its files; those are closed when the last one is done."""
    engine = base.engine
    wanted = list(engine.cards())
    editor = Editor(folder / "content")
    for _ in range(3):  # the generation is removed meanwhile
        editor.change()
        base.index()
    assert base.engine is not engine
    assert list(engine.cards()) == wanted
    assert sum(1 for _ in engine.reader.terms_of("terms"))
    assert engine.reader.article_record(0)["id"] in wanted


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_files_of_an_index_that_nobody_asks_are_closed(base, folder):
    """After an update those of the one before; after `close` all."""

    def opened():
        links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        files = [link.readlink() for link in links]
        return {file.parent.name for file in files if file.is_relative_to(folder / "index")}

    ask(base, STILL[0])
    assert opened() == {"g00000001"}
    Editor(folder / "content").change()
    base.index()
    ask(base, STILL[0])
    assert opened() == {"g00000002"}
    base.close()
    assert opened() == set()


def test_closing_disturbs_no_question(base):
    """Whoever asks again opens it again."""
    right = {query: ask(base, query) for query in STILL}

    def work(number):
        for query in STILL:
            if number % 2:
                base.close()
            assert ask(base, query) == right[query]
        return True

    assert all(at_once(work))


def test_an_index_that_is_still_right_stays_open(base, folder):
    """What is known of it is kept; another one of the same name is another one."""
    engine = base.engine
    ask(base, STILL[0])
    base.index()
    assert base.engine is engine
    base.index(force=True)
    assert base.engine is not engine
    for path in folder.glob("index/g*"):
        path.rename(folder / path.name)
    (folder / "index" / "current.json").unlink()
    Editor(folder / "content").change()
    first = open_in(folder)
    first.index()
    assert IndexFolder(folder / "index").current().folder.name == "g00000001"
    base.index()
    assert ask(base, "edited") == ask(first, "edited")


def test_several_knowledge_bases_do_not_meet(folder, tmp_path):
    """Of the same folder, of others, and of the same content with another index."""
    write_articles(tmp_path / "b" / "content", mark="other")
    places = [folder, tmp_path / "b", folder, tmp_path / "b"]
    right = [ask(open_in(place), "package") for place in places]
    assert right[0] != right[1]
    bases = [open_in(place) for place in places]
    bases.append(KnowledgeBase.open(folder / "content", index=folder / "beside"))

    def work(number):
        base = bases[number % len(bases)]
        base.index(force=number % 3 == 0)
        return ask(base, "package")

    right.append(right[0])
    found = at_once(work, range(2 * len(bases)))
    assert found == right * 2


# Damage ---------------------------------------------------------------------------------


def test_damage_is_mended_once(base, folder):
    """However many threads come upon it."""
    right = {query: ask(open_in(folder), query) for query in STILL}
    base.index()
    told = []
    base.on_repair = told.append
    ask(base, "package")  # it is open
    for path in folder.glob("index/g*/*.pst"):
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(bytes(size))
    found = at_once(lambda number: ask(base, STILL[number]))
    assert found == [right[query] for query in STILL[:THREADS]]
    assert [changes.reason.startswith("the index was damaged: ") for changes in told] == [True]
    assert IndexFolder(folder / "index").current(thorough=True).folder.name == "g00000002"


@pytest.mark.parametrize("error", [TypeError, KeyError, IndexError, ValueError, struct.error])
@pytest.mark.parametrize("where", ["the search", "what is shown of it"])
def test_an_error_of_kbs_own_is_no_damage(base, folder, monkeypatch, error, where):
    """It comes as it is; the index is not touched, and not even looked at."""
    ask(base, "edited")
    Editor(folder / "content").change()  # whoever looks would bring the index up to date

    def fail(*_):
        raise error("a fault")

    with monkeypatch.context() as patch:
        patch.setattr(
            *((Searcher, "search") if where == "the search" else (module, "make_snippet")), fail
        )
        with pytest.raises(error, match="a fault"):
            base.search("edited")
    assert IndexFolder(folder / "index").current().folder.name == "g00000001"
    assert ask(base, "edited")


# Async ----------------------------------------------------------------------------------


def test_coroutines_ask_by_threads(base):
    """`asyncio.to_thread`, two at a time and many."""
    right = {query: ask(base, query) for query in STILL}

    async def ask_all(together):
        allowed = asyncio.Semaphore(together)

        async def one(query):
            async with allowed:
                return await asyncio.to_thread(ask, base, query)

        return await asyncio.gather(*(one(query) for query in STILL * 3))

    for together in (2, 16):
        base.close()
        assert asyncio.run(ask_all(together)) == [right[query] for query in STILL] * 3


# Forked children ------------------------------------------------------------------------


@needs_fork
@of_a_program_with_threads
def test_children_share_an_opened_knowledge_base(base, folder):
    """As the workers of a web server that loads its program first."""
    other = open_in(folder)
    words = list(other.engine.reader.terms_of("words"))
    queries = [" ".join(words[at : at + 12]) for at in range(0, len(words), 24)]
    right = [ask(other, query) for query in queries]
    ask(base, "package")  # it is open, and remembers little
    forking = multiprocessing.get_context("fork")
    with forking.Pool(4, initializer=remember, initargs=(base,)) as pool:
        found = pool.map_async(ask_remembered, queries * 4, chunksize=len(queries))
        mine = [ask(base, query) for query in queries]
        assert found.get(PATIENCE) == right * 4
        assert mine == right


def remember(base):
    """Keep a knowledge base in a child."""
    globals()["REMEMBERED"] = base


def ask_remembered(query):
    """Ask it."""
    return ask(globals()["REMEMBERED"], query)


@needs_fork
@of_a_program_with_threads
def test_a_child_may_bring_the_index_up_to_date(base, folder):
    """Its answers are new, the parent's are as before until it does so, too."""
    before = ask(base, "edited")
    Editor(folder / "content").change()

    def work():
        base.index()
        return ask(base, "edited")

    after = in_a_child(work)
    assert ask(base, "edited") == before
    base.index()
    assert [list(hit) for hit in ask(base, "edited")] == after != [list(hit) for hit in before]


@needs_fork
@of_a_program_with_threads
def test_a_child_does_not_wait_for_threads_of_its_parent(base):
    """One of those works on the index as the child is forked, and never ends there."""
    right = [list(hit) for hit in ask(base, "package")]
    at_work, go_on = threading.Event(), threading.Event()

    def progress(*_):
        at_work.set()
        assert go_on.wait(2 * PATIENCE)

    def work():
        base.close()
        return ask(base, "package")

    thread = threading.Thread(target=lambda: base.index(force=True, progress=progress))
    thread.start()
    try:
        assert at_work.wait(PATIENCE)
        assert in_a_child(work) == right
    finally:
        go_on.set()
        thread.join()
    assert [list(hit) for hit in ask(base, "package")] == right


# Pickles and copies ---------------------------------------------------------------------


@pytest.mark.parametrize("again", [lambda v: pickle.loads(pickle.dumps(v)), copy.deepcopy])
def test_answers_can_be_sent_and_copied(base, again):
    """To another process, or into a cache."""
    for answer in (
        base.search("package refund", explain=True),
        base.search("pakage"),
        base.search("zzzzz"),
        base.contact("late package"),
        base.article("a3"),
        base.topics(),
        base.cards(),
        base.rank("package"),
        base.index(),
        base.describe(),
        base.config,
    ):
        assert again(answer) == answer


@pytest.mark.parametrize(
    "error",
    [
        NotFoundError("no article 'x'", hint="did you mean y?"),
        ContentError("unreadable", path="a.md", line=3, code="nesting"),
        ConfigError("k1 is out of range"),
    ],
)
def test_errors_can_be_sent(error):
    """With where and what to do."""
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.code, again.where) == (
        type(error), str(error), error.code, error.where,
    )  # fmt: skip
