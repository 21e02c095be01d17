"""Large articles are read apart: in a child process that is stopped when it takes too long.

A parser that is lost in a hostile text can't be interrupted from without, but a process can;
and the memory and the stack that it uses up are its own. What is not large is read where it
is asked for: no text of that size takes a parser longer than the limit, whatever is in it
(`fuzz/growth.py` looks for one).

The child is a new interpreter, not a fork: it works the same on every system, beside threads
too, and its 0.1 seconds are little beside what a large article takes.
"""

from __future__ import annotations

import contextlib
import importlib.util
import pickle
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from kb.config import OutOfTimeError, over_limit
from kb.errors import ContentError
from kb.text.counts import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.config import Limits
    from kb.content.files import SourceFile

T = TypeVar("T")

_RATE = 15_000
"""Bytes that are read in a second at the very least: the worst text found takes a third of it."""
_MEMORY = 768 * 1024 * 1024
_GRACE = 2
"""Seconds after its time is up in which a child may still say on which line it was."""
_PATIENCE = 10 if importlib.util.find_spec("resource") else 2
"""Seconds by the clock for each of processor time: others use the processors too. Where the system
can't count processor time the clock alone ends the child.
"""
_START = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from kb.content.sandbox import answer; answer()"
)


def is_large(source: SourceFile, limits: Limits) -> bool:
    """Whether an article has to be read apart."""
    return source.size > _RATE * limits.seconds


def run_sandboxed(work: Callable[..., T], *args: object, limits: Limits) -> T:
    """What `work(*args)` returns or raises, worked out in a process of its own.

    `work` is a function of a module of kb; arguments and result can be pickled. Raises
    `ContentError` where it needs more than `limits.seconds` of processor time (or some times
    that by the clock) or too much memory.
    """
    import subprocess  # noqa: PLC0415  # large articles are rare

    request = pickle.dumps(sys.path) + pickle.dumps((work, args, limits.seconds))
    with subprocess.Popen(  # noqa: S603  our own interpreter and program
        # Nothing is imported from the current folder, which may be anybody's.
        [sys.executable, "-P", "-W", "ignore", "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        try:
            reply, _ = child.communicate(request, timeout=_PATIENCE * limits.seconds + _GRACE)
        except subprocess.TimeoutExpired:
            raise out_of_time(limits.seconds) from None
        finally:
            child.kill()
    if child.returncode:
        raise _died(child.returncode, limits)
    succeeded, value = pickle.loads(reply)  # noqa: S301  our own child wrote it
    if not succeeded:
        raise value
    result: T = value
    return result


def out_of_time(seconds: int, line: int = 1) -> ContentError:
    """The error for an article that takes too long."""
    return over_limit("seconds", f"takes over {counted(seconds, 'second')} to read", line)


def _died(code: int, limits: Limits) -> ContentError:
    if code == -getattr(signal, "SIGXCPU", 0):
        return out_of_time(limits.seconds)
    return ContentError(f"can't be read: the parser ended with exit code {code}", line=1)


def answer() -> None:
    """Be the child: take a request from stdin, write what became of it to stdout."""
    stdout, sys.stdout = sys.stdout, sys.stderr  # what the work prints is no answer
    work, args, seconds = pickle.load(sys.stdin.buffer)  # noqa: S301  our parent wrote it
    _bound(seconds)
    reply: tuple[bool, Any]
    try:
        try:
            reply = True, work(*args)
        finally:
            _unbound()
    except OutOfTimeError:
        reply = False, out_of_time(seconds)
    except MemoryError:
        reply = False, ContentError(f"needs over {_MEMORY >> 20} MB of memory to read", line=1)
    except Exception as error:  # noqa: BLE001  the parent raises it
        reply = False, error
    stdout.buffer.write(pickle.dumps(reply))


def _bound(seconds: int) -> None:
    """End this process in time: by an exception first, then by the system.

    Only memory and time of this process count, not those of its start.
    """
    with contextlib.suppress(ImportError, AttributeError, ValueError, OSError):
        import resource  # noqa: PLC0415  # not on every system

        signal.signal(signal.SIGPROF, _stop)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        used = resource.getrusage(resource.RUSAGE_SELF)
        end = int(used.ru_utime + used.ru_stime) + seconds + _GRACE
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (end, end + 1))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _unbound() -> None:
    """Let this process end in peace: the interpreter gives signals back while it ends.

    What is left, an answer to be written, is bound by the system's limit still.
    """
    with contextlib.suppress(AttributeError):
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_IGN)


def _stop(*_: object) -> NoReturn:
    raise OutOfTimeError
