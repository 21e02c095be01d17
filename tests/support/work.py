"""Work for a process of its own: a child imports this module by its name."""

import os
import sys
import time

from kb.errors import ContentError


def add(one, other):
    """Give an answer."""
    return one + other


def refuse(line):
    """Give an error."""
    raise ContentError("no good", line=line, hint="see there", code="test")


def fail():
    """Fail as nobody expects it."""
    raise ZeroDivisionError("by zero")


def spin():
    """Never end, busily."""
    while True:
        pass


def spin_deaf():
    """Never end, and catch whatever comes."""
    while True:
        try:
            spin()
        except BaseException:  # noqa: BLE001  as deaf as a regular expression
            continue


def sleep():
    """Never end, idly."""
    time.sleep(10_000)


def fill():
    """Take more memory than it is given."""
    bytearray(2_000_000_000)


def crash():
    """End the interpreter."""
    os.abort()


class Slow:
    """What takes over a second of processor time to let go."""

    def __del__(self):
        """Taken from the module while the interpreter ends, after it gave signals back."""
        while time.process_time() < LONG:
            pass


LONG = 1.5
kept = []


def linger():
    """Answer at once, end late."""
    kept.append(Slow())
    return "answer"


def chatter():
    """Write where the answer goes."""
    sys.stdout.write("noise")
    return "answer"
