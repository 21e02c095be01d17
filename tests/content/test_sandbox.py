"""Work in a process of its own is done, or stopped: in time, in memory, and after a crash."""

import pickle

import pytest
from support import work

from kb.config import Limits
from kb.content import SourceFile, read_article, sandbox, scan
from kb.content.sandbox import is_large, run_sandboxed
from kb.errors import ContentError
from kb.model import Article

SHORT = Limits(seconds=1)


def refusal(work, *args):
    """The error that work ends in."""
    with pytest.raises(ContentError) as caught:
        run_sandboxed(work, *args, limits=SHORT)
    return caught.value


def test_results_come_back():
    """As if the function had been called here."""
    assert run_sandboxed(work.add, [1], [2], limits=SHORT) == [1, 2]


def test_what_it_prints_is_no_answer():
    """Output of the work goes nowhere."""
    assert run_sandboxed(work.chatter, limits=SHORT) == "answer"


def test_errors_come_back():
    """With all that they say; also those that are nobody's fault but ours."""
    error = refusal(work.refuse, 7)
    assert (error.message, error.line, error.hint, error.code) == (
        "no good",
        7,
        "see there",
        "test",
    )
    with pytest.raises(ZeroDivisionError):
        run_sandboxed(work.fail, limits=SHORT)


def test_time_ends_with_the_work():
    """An answer is not lost where the interpreter needs the rest of the time to end."""
    assert run_sandboxed(work.linger, limits=SHORT) == "answer"


@pytest.mark.parametrize("work", [work.spin, work.spin_deaf])
def test_work_that_never_ends_is_stopped(work):
    """Whether it lets itself be interrupted or not."""
    error = refusal(work)
    assert error.code == "content-limit"
    assert str(error) == "takes over 1 second to read: over the limit (limits.seconds)"


def test_work_that_does_nothing_is_stopped_by_the_clock(monkeypatch):
    """It uses no processor time that could be counted."""
    monkeypatch.setattr(sandbox, "_PATIENCE", 1)
    monkeypatch.setattr(sandbox, "_GRACE", 0)
    assert refusal(work.sleep).code == "content-limit"


def test_work_that_fills_the_memory_is_stopped():
    """Long before the machine is."""
    assert "MB of memory" in refusal(work.fill).message


def test_a_crash_is_an_error():
    """The interpreter that ends is not this one."""
    assert "exit code -6" in refusal(work.crash).message


def test_nothing_is_imported_from_the_current_folder(tmp_path, monkeypatch):
    """A file there that is called as a module of Python's does not run."""
    monkeypatch.chdir(tmp_path)
    for name in ("pickle", "kb", "signal"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)")
    assert run_sandboxed(work.add, 1, 2, limits=SHORT) == 3


def test_large_is_what_could_take_too_long():
    """The fewer seconds there are, the less is read where it is asked for."""
    sizes = [size for size in (1_000, 50_000, 1_000_000) if is_large(file_of(size), SHORT)]
    assert sizes == [50_000, 1_000_000]
    assert not is_large(file_of(150_000), Limits())
    assert is_large(file_of(150_001), Limits())


def file_of(size):
    """A file of this many bytes."""
    return SourceFile("a.md", "a", size, 0, 0, 0)


def test_a_large_article_is_read_as_any_other(tmp_path):
    """The same article comes back from either way, and the same refusal with its line."""
    (tmp_path / "a.md").write_text(
        "---\ntitle: T\n---\n# H\n\nwords and words\n" + "word\n" * 9_000
    )
    (tmp_path / "b.md").write_text("x\n\n" + "> " * 200 + "x\n\n" + "word\n" * 9_000)
    for source in scan(tmp_path).articles:
        far = read_article(tmp_path, source, limits=SHORT)
        near = read_article(tmp_path, source, limits=Limits())
        assert is_large(source, SHORT)
        assert far == near
    assert isinstance(near, tuple)
    assert near[0].line == 3


def test_a_large_article_that_takes_too_long_says_where(tmp_path):
    """The line that was being read, and the limit; nothing else is lost."""
    (tmp_path / "a.md").write_text("x\n\n" + "\n\n".join(["*a " * 300] * 4_000))
    (tmp_path / "b.md").write_text("# Fine\n")
    slow, fine = (read_article(tmp_path, s, limits=SHORT) for s in scan(tmp_path).articles)
    assert isinstance(fine, Article)
    (problem,) = slow
    assert problem.line > 1
    assert problem.message == "takes over 1 second to read: over the limit (limits.seconds)"


def test_articles_and_problems_can_travel():
    """Errors keep what they say when they are pickled."""
    error = ContentError("m", path="p", line=3, hint="h", code="c")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.code) == (str(error), "c")
