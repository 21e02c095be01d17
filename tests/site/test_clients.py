"""Who is connected, and who has to give way."""

import socket

import pytest

from kb.site.clients import Clients


@pytest.fixture
def pair():
    """Make connections; gives both ends of each."""
    ends = []

    def make():
        ends.append(socket.socketpair())
        return ends[-1]

    yield make
    for both in ends:
        for end in both:
            end.close()


def is_closed(end):
    """Whether the other end was let go."""
    end.setblocking(False)
    try:
        return end.recv(1) == b""
    except BlockingIOError:
        return False


def test_the_longest_idle_gives_way(pair):
    """Not one that is being answered; one that listens for changes does, in its turn."""
    clients = Clients(most=3)
    ends = [pair() for _ in range(5)]
    for ours, _ in ends[:3]:
        assert clients.admit(ours)
    clients.answer(ends[0][0])
    assert clients.admit(ends[3][0])
    assert [is_closed(theirs) for _, theirs in ends] == [False, True, False, False, False]
    clients.answer(ends[2][0])
    clients.answer(ends[3][0])
    assert not clients.admit(ends[4][0])
    clients.rest(ends[3][0])
    assert clients.admit(ends[4][0])
    assert [is_closed(theirs) for _, theirs in ends] == [False, True, False, True, False]
    assert len(clients) == 3


def test_who_takes_too_long_is_let_go(pair):
    """Unless it is being answered, or listens."""
    clients = Clients(patience=-1)
    silent, answered, listening = pair(), pair(), pair()
    for ours, _ in (silent, answered, listening):
        clients.admit(ours)
    clients.answer(answered[0])
    clients.answer(listening[0])
    clients.rest(listening[0])
    clients.let_slow_ones_go()
    assert [is_closed(end) for _, end in (silent, answered, listening)] == [True, False, False]


def test_all_are_let_go(pair):
    """Also those that are gone already."""
    clients = Clients()
    ends = [pair() for _ in range(3)]
    for ours, _ in ends:
        clients.admit(ours)
    clients.answer(ends[0][0])
    clients.leave(ends[1][0])
    ends[2][0].close()
    clients.close()
    assert [is_closed(theirs) for _, theirs in ends] == [True, False, True]
    assert len(clients) == 0
