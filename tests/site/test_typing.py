"""When what is typed into a search box is asked: a stale beginning's files hold up those of what follows."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

WORD = "parcel"


def asked(keys, takes, *, fails=False):
    """(ms, text) of each question that reached the engine."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    plan = json.dumps({"keys": keys, "takes": takes, "fails": fails})
    program = Path(__file__).with_name("typing.mjs")
    done = subprocess.run(
        ["node", program], input=plan, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def typed(gap):
    """The beginnings of a word, a key each so many ms."""
    return [[gap * at, WORD[: at + 1]] for at in range(len(WORD))]


def test_each_beginning_is_asked_where_answers_are_quick():
    """But for those of one or two letters, with which much begins, while the next key comes soon."""
    assert asked(typed(150), takes=10) == [
        [420, "par"], [570, "parc"], [720, "parce"], [870, "parcel"],
    ]  # fmt: skip


def test_no_beginning_is_asked_behind_an_answer_that_is_still_to_come():
    """What is typed meanwhile is asked once: when that has come, or after a longer pause."""
    assert asked(typed(150), takes=5000) == [[420, "par"], [1050, "parcel"]]
    assert asked(typed(150), takes=470) == [[420, "par"], [890, "parcel"]]
    assert asked(typed(150), takes=470, fails=True)[:2] == [[420, "par"], [890, "parcel"]]


def test_two_letters_are_asked_after_a_longer_pause():
    """Who means them, waits for the answer."""
    assert asked([[0, "p"], [100, "pa"]], takes=10) == [[400, "pa"]]


def test_nothing_is_asked_between_quick_keys():
    """Only what they end in."""
    assert asked(typed(100), takes=10) == [[620, "parcel"]]
