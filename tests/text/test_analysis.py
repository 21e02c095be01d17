"""Facts about cutting text into words and terms."""

import sys
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
import Stemmer
from hypothesis import example, given
from hypothesis import strategies as st

from kb.text import analysis
from kb.text.analysis import (
    MAX_WAYS,
    MAX_WORD_LENGTH,
    SNOWBALL,
    Analyzer,
    Collected,
    Word,
    load_stemmer,
)
from kb.text.characters import compose, normalize
from kb.text.stop_words import stop_words_of

ENGLISH = Analyzer()
PLAIN = Analyzer("x-none")

any_text = st.text(
    st.one_of(
        st.characters(),  # surrogates are among them
        st.sampled_from("abcdefCS012 .-_'’+#\n\u0301\u0308½ﬁßİﷺ注文はแกเ가각"),
    )
)


def letters(text):
    """Leave out what is no letter, digit, plus or hash."""
    return "".join(character for character in text if character.isalnum() or character in "+#")


def collected(text):
    """Collect a text from place 0; also gives the place after it."""
    into = Collected()
    end = ENGLISH.collect(text, 0, into)
    return into, end


def listed(table):
    """A table of terms with their places as lists."""
    return {term: list(places) for term, places in table.items()}


def surfaces(text, analyzer=ENGLISH):
    """List the words of a text as written."""
    return [token.surface for token in analyzer.tokens(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("C++", ["c++"]),
        ("C++11, or C++?", ["c++", "11", "or", "c++"]),
        ("C#", ["c#"]),
        ("C#, F#.", ["c#", "f#"]),
        ("IT", ["it"]),
        ("don't", ["dont"]),
        ("don’t", ["dont"]),
        ("user's", ["user"]),
        ("USER’S guide", ["user", "guide"]),
        ("users' guide", ["users", "guide"]),
        ("wi-fi", ["wi", "fi", "wifi"]),
        ("v1.2.3", ["v1", "2", "3", "v123"]),
        ("1.2.3", ["1", "2", "3", "1.2.3"]),
        ("C2065", ["c2065"]),
        ("0x80070057", ["0x80070057"]),
        ("snake_case", ["snake", "case", "snakecase"]),
        ("os.path.join", ["os", "path", "join", "ospathjoin"]),
        ("Node.js", ["node", "js", "nodejs"]),
        (".NET", ["net"]),
        ("__init__", ["init"]),
        ("--dry-run", ["dry", "run", "dryrun"]),
        ("issue #5", ["issue", "5"]),
        ("C#minor", ["c", "minor"]),
        ("a.b@example.com", ["a", "b", "ab", "example", "com", "examplecom"]),
        ("and/or", ["and", "or"]),
        ("___ ... --- '", []),
        ("", []),
    ],
)
def test_text_is_cut_into_words(text, words):
    """Parts follow each other, and the whole of a unit of several parts follows them."""
    assert surfaces(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Café", ["cafe"]),
        ("CAFE\u0301", ["cafe"]),
        ("Ångström", ["angstrom"]),
        ("Straße", ["strasse"]),
        ("İstanbul", ["istanbul"]),
        ("ﬁle", ["file"]),
        ("ＡＢＣ１２", ["abc12"]),
        ("①", ["1"]),
        ("½", ["1", "2", "1.2"]),
        ("naïve-coöperate", ["naive", "cooperate", "naivecooperate"]),
    ],
)
def test_forms_of_a_letter_are_the_same_word(text, words):
    """NFKC, case folding and accents make no difference."""
    assert surfaces(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("注文の追跡", ["注文", "文の", "の追", "追跡"]),
        ("iPhone用ケース", ["iphone", "用ケ", "ケー", "ース"]),
        ("กินข้าว", ["กิน", "นข้", "ข้า", "าว"]),
        ("대한민국", ["대한민국"]),
        ("доставка", ["доставка"]),
        ("παραγγελία", ["παραγγελια"]),
        ("हिन्दी", ["हिन्दी"]),
        ("שָׁלוֹם", ["שלום"]),
        ("鍵", ["鍵"]),
    ],
)
def test_scripts_without_spaces_are_cut_into_overlapping_pairs(text, words):
    """Pairs of neighbours in Chinese, Japanese and Thai are words; marks stay with their letter."""
    found = [unicodedata.normalize("NFC", word) for word in surfaces(text, PLAIN)]
    assert found == [unicodedata.normalize("NFC", word) for word in words]


def test_parts_and_whole_of_a_unit_have_places():
    """The whole stands at the position and the offsets that its parts take together."""
    tokens = list(ENGLISH.tokens("the Wi-Fi router"))
    assert [(t.surface, t.position, t.start, t.end, t.stop, t.whole) for t in tokens] == [
        ("the", 0, 0, 3, True, False),
        ("wi", 1, 4, 6, False, False),
        ("fi", 2, 7, 9, False, False),
        ("wifi", 1, 4, 9, False, True),
        ("router", 3, 10, 16, False, False),
    ]


def test_units_of_unspaced_scripts_have_no_whole():
    """A sentence of Japanese is no word."""
    assert not any(token.whole for token in PLAIN.tokens("注文の追跡 iPhone用"))


def test_long_words_are_cut():
    """What stands after the 64th character of a word changes nothing, also in a whole."""
    long = "a" * 500
    assert surfaces(long) == ["a" * MAX_WORD_LENGTH]
    assert surfaces(f"{long}.{long}")[-1] == "a" * MAX_WORD_LENGTH


def test_numbers_keep_their_dots_in_a_whole():
    """1.23 and 12.3 are different numbers, while wifi and wi-fi are the same word."""
    assert surfaces("1.23")[-1] != surfaces("12.3")[-1]
    assert surfaces("wi-fi")[-1] == surfaces("wifi")[0]


@pytest.mark.parametrize(
    ("words", "term"),
    [
        (("running", "runs", "run"), "run"),
        (("packages", "package", "packaging"), "packag"),
        (("delivered", "delivery"), None),
        (("c++",), "c++"),
        (("0x80070057",), "0x80070057"),
    ],
)
def test_terms_are_snowball_stems(words, term):
    """Forms of one English word have one term; names have none but themselves."""
    terms = {ENGLISH.stem(word) for word in words}
    assert len(terms) == (1 if term else 2)
    assert term is None or terms == {term}


def test_stop_words_take_no_position():
    """Words are neighbours when only stop words stand between; the length counts all."""
    into, end = collected("Where is my package, and when is the refund?")
    assert listed(into.places) == {"packag": [0], "refund": [1]}
    assert listed(into.stops) == {
        "where": [0], "is": [0, 1], "my": [0], "and": [1], "when": [1], "the": [1],
    }  # fmt: skip
    assert (into.length, end) == (9, 2)


def test_parts_of_a_unit_are_no_stop_words():
    """`on` says nothing, but the `on` of `add-on` does."""
    into, end = collected("on an add-on")
    assert listed(into.places) == {"add": [0], "on": [1], "addon": [0]}
    assert listed(into.stops) == {"on": [0], "an": [0]}
    assert (into.length, end) == (3, 2)  # a text is as long as its units are many


def test_places_of_a_term_ascend():
    """Also where the whole of a unit has the stem of a later part: `di-` is a prefix."""
    analyzer = Analyzer("id")
    found = Collected()
    place = analyzer.collect("di-render lalu di-render", 0, found)
    assert found.places["render"].tolist() == sorted(found.places["render"])
    assert len(found.places["render"]) == 4
    assert place == 5


def test_texts_are_collected_one_after_the_other():
    """A second text goes on where it is told to."""
    into, end = collected("order tracking")
    assert ENGLISH.collect("tracking", end + 4, into) == end + 5
    assert listed(into.places) == {"order": [0], "track": [1, 6]}
    assert into.units == {"order", "tracking"}
    assert into.length == 3


def test_words_of_two_lines_are_no_neighbours():
    """A place is left free between them; where the first line ended is noted."""
    into, end = collected("late package\nis late\n\nrefund")
    assert listed(into.places) == {"late": [0, 3], "packag": [1], "refund": [6]}
    assert listed(into.stops) == {"is": [3]}
    assert (into.line_end, into.length, end) == (2, 5, 7)
    assert "\n" not in into.units


def test_possessive_stop_words_are_stop_words():
    """`it's` is `it`."""
    (token,) = ENGLISH.tokens("it’s")
    assert (token.surface, token.stop) == ("it", True)


@pytest.mark.parametrize(
    ("language", "text", "surface"),
    [
        ("en", "doesn`t", "doesnt"), ("en", "supplier‘s", "supplier"), ("de", "geht´s", "geht"),
        ("fr", "l´adresse", "adresse"), ("en", "`quoted`", "quoted"), ("en", "‘quoted’", "quoted"),
    ],
)  # fmt: skip
def test_what_is_typed_for_an_apostrophe_is_one(language, text, surface):
    """An accent that stands alone, or the other quotation mark; around a word they are marks."""
    assert [token.surface for token in Analyzer(language).tokens(text)] == [surface]


def test_stop_words_are_surfaces():
    """A stop word that no text can yield would never stop anything."""
    for word in stop_words_of("en"):
        assert surfaces(word) == [word]


def test_surfaces_are_words_as_written():
    """Spelling works on words, not on stems."""
    assert ENGLISH.surfaces("Running runs; wi-fi") == {"running", "runs", "wi", "fi", "wifi"}


def test_a_language_has_its_own_stemmer_and_stop_words():
    """German plurals meet in German only, regions make no difference."""
    german = Analyzer("de-AT")
    assert german.stem("bestellungen") == german.stem("bestellung")
    assert ENGLISH.stem("bestellungen") != ENGLISH.stem("bestellung")
    assert "wie" in german.stop_words
    assert Analyzer("EN-gb").stop_words == ENGLISH.stop_words


def test_unknown_languages_are_not_stemmed():
    """A language without a stemmer keeps its words whole."""
    assert PLAIN.stem("packages") == "packages"
    assert load_stemmer("tlh")("packages") == "packages"


@pytest.mark.parametrize("language", sorted(SNOWBALL))
def test_every_named_stemmer_is_there(language):
    """Each language of the table has its stemmer in the package that is installed."""
    assert isinstance(load_stemmer(language)("internationalisation"), str)


def test_a_stemmer_that_leaves_nothing_is_overruled():
    """No word has an empty term."""
    analyzer = Analyzer("x-none")
    analyzer.__dict__["_stemmer"] = lambda _: ""
    assert analyzer.stem("word") == "word"


def test_a_stemmer_belongs_to_one_thread(monkeypatch):
    """Snowball's is not to be used by two at once."""
    used = []

    class Watched:
        def __init__(self, _name):
            self.thread = threading.get_ident()

        def stemWord(self, word):  # noqa: N802  # Snowball's name
            used.append((self.thread, threading.get_ident()))
            return word

    monkeypatch.setattr(Stemmer, "Stemmer", Watched)
    stem = load_stemmer("en")
    stem("here")
    thread = threading.Thread(target=stem, args=("there",))
    thread.start()
    thread.join()
    assert len(used) == 2
    assert all(owner == user for owner, user in used)


def test_threads_share_an_analyzer(monkeypatch):
    """Which forgets, and learns again, while others ask."""
    monkeypatch.setattr(analysis, "MAX_KEPT", 3)
    texts = [f"Word{n}s and wi-fi{n % 5} don't running{n % 7} naïve" for n in range(40)]
    plain = Analyzer()
    right = [(plain.surfaces(t), plain.terms(t), [*plain.tokens(t)]) for t in texts]
    shared = Analyzer()

    def work(_):
        return [(shared.surfaces(t), shared.terms(t), [*shared.tokens(t)]) for t in texts]

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(work, range(24))) == [right] * 24
    finally:
        sys.setswitchinterval(before)


def test_what_is_kept_in_memory_is_bounded(monkeypatch):
    """A million different words don't stay in memory, and forgetting changes no result."""
    monkeypatch.setattr(analysis, "MAX_KEPT", 3)
    analyzer = Analyzer()
    for _ in range(2):
        assert [t.term for t in analyzer.tokens("one two three four five")] == [
            "one", "two", "three", "four", "five",
        ]  # fmt: skip
        assert len(analyzer._units) <= 3
        assert len(analyzer._stems) <= 3


def test_words_of_a_unit():
    """Offsets are into the unit."""
    assert ENGLISH.words("Wi-Fi") == (
        Word("wi", "wi", 0, 0, 2),
        Word("fi", "fi", 1, 3, 5),
        Word("wifi", "wifi", 0, 0, 5, whole=True),
    )


@given(any_text)
@example("\ud800 a\udfff")
@example("e\u0301.e\u0301")
@example("a" * 65 + "\u0301.b")
def test_offsets_lead_back_to_the_text(text):
    """Each token's slice of the composed text, normalised, holds its surface."""
    composed = compose(text)
    for token in ENGLISH.tokens(text):
        assert 0 <= token.start < token.end <= len(composed)
        written = composed[token.start : token.end]
        assert letters(token.surface) in letters(normalize(written))


@given(any_text)
def test_tokens_are_in_order(text):
    """Parts count positions and offsets upwards; a whole covers the parts just before it."""
    last = position = -1
    parts = []
    for token in ENGLISH.tokens(text):
        assert token.surface
        assert token.term
        assert len(token.surface) <= MAX_WORD_LENGTH
        if token.inside:
            assert token.position <= position
        elif token.whole:
            own = [part for part in parts if part.position >= token.position]
            assert len(own) > 1
            assert own[0].position == token.position
            assert token.start <= own[0].start
            assert token.end >= own[-1].end
        else:
            assert token.start >= last
            assert token.position == position + 1
            last, position = token.start, token.position
            parts.append(token)


@given(any_text, st.text("abS'.-_+#\n 0", max_size=60), st.sampled_from([0, 1, MAX_WAYS]))
def test_terms_are_those_of_the_tokens(text, plain, ways):
    """The fast way that indexing takes sees what queries see, whatever it has seen before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis, "MAX_WAYS", ways)
        check_collected(text)
        check_collected(plain)


def check_collected(text):
    """Collected twice, the second time in ways that are known."""
    into, end = collected(text)
    again = Collected()
    ENGLISH.collect(text, 0, again)
    assert ENGLISH.collect(text, end, again) == 2 * end
    for table in ("places", "stops"):
        assert listed(getattr(again, table)) == {
            term: [*places, *(end + place for place in places)]
            for term, places in getattr(into, table).items()
        }
    assert ENGLISH.terms(text) == (tuple(into.places), tuple(into.stops))
    places, stops = {}, {}
    written = set()
    start = -1
    for line in compose(text).split("\n"):
        start += 1
        passed = 0
        tokens = list(ENGLISH.tokens(line))
        for token in tokens:
            table = stops if token.stop or token.inside else places
            table.setdefault(token.term, []).append(start + token.position - passed)
            passed += token.stop
            written.add(token.surface)
        start += sum(not (token.whole or token.inside) for token in tokens) - passed
    assert (listed(into.places), listed(into.stops)) == (places, stops)
    assert len(into.units) <= into.length <= len(text)
    assert end == start
    assert ENGLISH.surfaces(text) == written
    assert ENGLISH.surfaces_of(into.units) == ENGLISH.surfaces(text)


@given(any_text)
def test_composed_and_decomposed_text_is_the_same(text):
    """Canonically equivalent texts have the same words at the same offsets."""
    assert list(ENGLISH.tokens(text)) == list(ENGLISH.tokens(unicodedata.normalize("NFD", text)))


@given(st.text(st.characters(categories=["L", "Nd", "Mn"])))
def test_upper_and_lower_case_are_the_same_word(text):
    """Case folding is complete: a word found in capitals is found in small letters."""
    assert surfaces(text.casefold(), PLAIN) == surfaces(text.casefold().casefold(), PLAIN)
    assert normalize(normalize(text)) == normalize(text)
