"""Facts about what threads and forked children share."""

import os
import re
import threading
from pathlib import Path

import pytest

import kb
from kb.concurrency import ForkSafeLock, cached_property

PATIENCE = 60


class Slow:
    """Computes a value when it is told to."""

    def __init__(self):
        self.began, self.go_on, self.times = threading.Event(), threading.Event(), 0

    @cached_property
    def value(self):
        """How many times it was computed."""
        self.began.set()
        assert self.go_on.wait(PATIENCE)
        self.times += 1
        return self.times


def test_a_value_is_computed_once():
    """And can be forgotten, and set."""
    slow = Slow()
    slow.go_on.set()
    assert (slow.value, slow.value, slow.times) == (1, 1, 1)
    del slow.value
    assert slow.value == 2
    slow.value = 7
    assert slow.value == 7
    assert isinstance(Slow.value, cached_property)
    assert Slow.value.__doc__ == "How many times it was computed."


def test_one_object_does_not_wait_for_another():
    """That is what Python's own property does until 3.11."""
    waiting, other = Slow(), Slow()
    thread = threading.Thread(target=lambda: waiting.value)
    thread.start()
    assert waiting.began.wait(PATIENCE)
    other.go_on.set()
    second = threading.Thread(target=lambda: other.value)
    second.start()
    second.join(PATIENCE / 2)
    ended = not second.is_alive()
    waiting.go_on.set()
    thread.join()
    second.join()
    assert ended


def test_no_module_has_the_property_of_python():
    """Until 3.11 a child that is forked while a thread computes a value waits for ever."""
    sources = Path(kb.__file__).parent.rglob("*.py")
    assert not [
        p for p in sources if re.search(r"functools import.*cached_property", p.read_text())
    ]


def test_a_lock_keeps_other_threads_out():
    """Not the one that holds it."""
    lock, seen = ForkSafeLock(), []
    with lock, lock:
        thread = threading.Thread(target=lambda: seen.append(lock.__enter__()))
        thread.start()
        thread.join(0.05)
        assert seen == []
    thread.join()
    assert seen == [None]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system knows no fork")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_lock_is_free_in_a_child():
    """Though a thread of the parent holds it."""
    lock, held, done = ForkSafeLock(), threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            done.wait(PATIENCE)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(PATIENCE)
    child = os.fork()
    if not child:
        free = threading.Event()
        other = threading.Thread(target=lambda: (lock.__enter__(), free.set()), daemon=True)
        other.start()
        os._exit(0 if free.wait(PATIENCE) else 1)
    _, status = os.waitpid(child, 0)
    done.set()
    thread.join()
    assert status == 0
