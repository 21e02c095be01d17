"""Clients that ask `kb serve --api` for a while: errors, and how long answers take.

python benchmarks/api.py [--content DIR] [--clients 32] [--seconds 60] [--workers 2]

Each client has one connection and asks the next question when it has its answer: of ten, six
searches, a context, a contact, an article and a message.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from kb import KnowledgeBase

SAMPLE = Path(__file__).parents[1] / "content"


class Notes(NamedTuple):
    """Milliseconds of requests, and what went wrong."""

    taken: list[float]
    errors: list[str]


def requests_of(content: Path, index: str) -> list[tuple[str, str, str]]:
    """Method, address and body of what is asked, ten after each other."""
    cards = KnowledgeBase.open(content, index=index).cards()
    phrases = [phrase for card in cards for phrase in card.issues] or [card.title for card in cards]
    asked = []
    for number, phrase in enumerate(phrases):
        kind, words = number % 10, quote(phrase)
        if kind < 6:
            asked.append(("GET", f"/search?q={words}", ""))
        elif kind == 6:
            asked.append(("GET", f"/context?q={words}&budget=1000", ""))
        elif kind == 7:
            asked.append(("GET", f"/contact?q={words}", ""))
        elif kind == 8:
            asked.append(("GET", f"/article?id={quote(cards[number % len(cards)].id)}", ""))
        else:
            asked.append(("POST", "/suggest", f"Hello,\n\n{phrase}.\n\nThanks\nBo Berg"))
    return asked


def client(
    port: int, asked: list[tuple[str, str, str]], start: int, end: float, notes: Notes
) -> None:
    """Ask until the end; note milliseconds and what was no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    at = start
    while time.monotonic() < end:
        method, address, body = asked[at % len(asked)]
        at += 1
        began = time.perf_counter()
        try:
            connection.request(
                method,
                address,
                body.encode() or None,
                {"Content-Type": "text/plain"} if body else {},
            )
            response = connection.getresponse()
            data = response.read()
            if response.status != 200 or not data:
                notes.errors.append(f"{response.status} {address}")
        except (OSError, http.client.HTTPException) as error:
            notes.errors.append(f"{error!r} {address}")
            connection.close()
        notes.taken.append(1000 * (time.perf_counter() - began))


def main() -> None:
    """Start the server, let clients ask, print figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--content", type=Path, default=SAMPLE)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", default="2")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as index:
        asked = requests_of(args.content, index)
        command = [sys.executable, "-m", "kb", "--content", args.content, "--index", index, "serve", "--api",
                   "--port", "0", "--rate", "0", "--workers", args.workers, "--json"]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                text = ""
                while not text or text.count("{") > text.count("}"):
                    text += server.stdout.readline()
                port = urlsplit(json.loads(text)["url"]).port
                time.sleep(5)  # all workers are up
                notes = Notes([], [])
                end = time.monotonic() + args.seconds
                threads = [
                    threading.Thread(target=client, args=(port, asked, 7 * n, end, notes))
                    for n in range(args.clients)
                ]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            finally:
                server.terminate()
    taken, errors = notes
    median, p95 = statistics.median(taken), statistics.quantiles(taken, n=20)[18]
    print(f"{args.clients} clients, {args.workers} workers, {args.seconds:.0f} s: {len(taken):,} requests "
          f"({len(taken) / args.seconds:.0f} a second), {len(errors)} errors, median {median:.0f} ms, "
          f"p95 {p95:.0f} ms ({p95 / median:.1f} times), longest {max(taken):.0f} ms")  # fmt: skip
    for error in errors[:5]:
        print(error)


if __name__ == "__main__":
    main()
