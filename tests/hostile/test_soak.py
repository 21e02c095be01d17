"""Line 11 of the reliability demands: many processes at once.

`benchmarks/soak.py` lets eight processes search, two update and one rebuild while articles change,
and holds every answer against what was there between question and answer. Here each does its
work a few times; by itself the script goes on for two minutes.
"""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kb.index.generations import IndexFolder

SOAK = Path(__file__).parent.parent.parent / "benchmarks" / "soak.py"
ROUNDS = 3


def test_no_answer_is_wrong(tally):
    """And no process ends with an error."""
    done = subprocess.run(
        [sys.executable, str(SOAK), "--rounds", str(ROUNDS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = json.loads(done.stdout)
    for number in range(found["searches"]):
        with tally("search while others search, update and rebuild"):
            assert number >= found["wrong"], found["examples"]
    assert (found["errors"], found["outdated"], found["wrong"]) == (0, 0, 0), found
    assert found["searches"] == 8 * ROUNDS
    assert (found["updates"], found["rebuilds"]) == (2 * ROUNDS, ROUNDS)
    assert done.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="the nursery asks /proc")
class TestASecondWriter:
    """While this process holds the lock."""

    def test_it_says_who_holds_the_lock(self, nursery, states, tally):
        """After the time that it waits."""
        states.reset()
        with IndexFolder(states.index).writing(), tally("second writer"):
            life = nursery.run(*states.command("new", "index"), cwd=states.folder, wait=0.1)
            assert life.code == 3
            (message,) = life.messages
            assert f"process {os.getpid()} on " in message
            assert "has been writing the index for over 0.1 seconds" in message
        assert states.state() == "old"

    def test_searching_goes_on_with_what_there_is(self, nursery, states, tally):
        """An index that fits asks for no lock; one that does not answers with a warning."""
        states.reset()
        search = ("search", "common", "--json", "--limit", "50")
        with IndexFolder(states.index).writing(), tally("second writer"):
            life = nursery.run(*states.command("old", *search), cwd=states.folder, wait=0.1)
            assert states.is_right(life, "old")
            assert life.err == ""
            life = nursery.run(*states.command("new", *search), cwd=states.folder, wait=0.1)
            assert states.is_right(life, "old")
            (message,) = life.messages
            assert message.startswith("warning: answers are from the index as it was: ")
            assert f"process {os.getpid()} on " in message

    def test_it_writes_once_it_may(self, nursery, states, tally):
        """When the first one is done."""
        states.reset()
        lives = []
        command = states.command("new", "index")
        waiting = threading.Thread(
            target=lambda: lives.append(nursery.run(*command, cwd=states.folder, wait=60))
        )
        with tally("second writer"):
            with IndexFolder(states.index).writing():
                waiting.start()
            waiting.join()
            assert [life.code for life in lives] == [0]
            assert states.state() == "new"
