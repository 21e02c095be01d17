"""The estimate of tokens is never below what tokenizers need, and adds up line by line."""

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.tokens import count_tokens

COUNTED = {
    "Open the order and check its tracking. If the delivery date is still ahead, wait.": 18,
    "authentication, configuration and responsibilities of an administrator": 8,
    "Rechtsschutzversicherungsgesellschaften": 12,
    "Ваша посылка задерживается": 15,
    "您的包裹延误了请联系客服": 13,
    "การจัดส่งพัสดุล่าช้า": 34,
    "आपका पैकेज देर से है": 21,
    "0123456789 2026-11-29": 11,
    "deadbeef 3f9a2b7c 550e8400-e29b-41d4-a716-446655440000": 31,
    "👩‍👩‍👧‍👦😀": 20,
}
"""Texts, each with the most tokens that cl100k, o200k or the public one of Claude 2 make of it."""


@pytest.mark.parametrize("text", COUNTED)
def test_no_tokenizer_needs_more(text):
    """Of prose, long words, other scripts, numbers, keys and emoji; and it is not absurdly high."""
    assert COUNTED[text] <= count_tokens(text) <= 2.5 * COUNTED[text]


def test_nonsense_counts_by_its_letters():
    """No vocabulary has words for keys and codes: two letters are a token, or fewer."""
    dice = random.Random(7)
    letters = "".join(dice.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(600))
    assert count_tokens(letters) >= 400
    assert count_tokens(base64.b64encode(dice.randbytes(600)).decode()) >= 573


def test_english_is_cheaper_than_its_letters_in_another_order():
    """A line of English is counted by words that vocabularies have whole."""
    line = "if you have not received the package you can ask the people who deal with it"
    assert count_tokens(line) < 1.6 * len(line.split())
    assert count_tokens("".join(reversed(line))) > count_tokens(line)


@given(st.text(), st.text())
def test_lines_add_up(one, other):
    """What fits line by line fits as a whole: a text of lines takes no more than they do."""
    assert count_tokens(f"{one}\n{other}") == count_tokens(f"{one}\n") + count_tokens(other)


@given(st.text())
def test_never_more_than_bytes_and_a_little(text):
    """A tokenizer falls back to bytes; the estimate is not far above that."""
    assert count_tokens(text) <= 2 * len(text.encode("utf-8", "surrogatepass"))
