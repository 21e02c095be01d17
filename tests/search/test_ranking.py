"""Facts about the score that hold whatever its constants are."""

import math
from array import array
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.config import Ranking
from kb.search.ranking import (
    AVERAGE_GRID,
    EVERYDAY_STEPS,
    FEW_SECTIONS,
    FIELDS,
    HEAD_MASK,
    HEAD_SHIFT,
    HEAD_STEPS,
    IDF_STEPS,
    LEVEL_MASK,
    LEVELS,
    LEVELS_PER_E,
    LONG_QUERY,
    LOWEST_LEVEL,
    MAX_OCCURRENCES,
    OCCURRENCES_SHIFT,
    SATURATION_STEPS,
    SHORT_QUERY,
    Averages,
    confidence,
    count_occurrences,
    coverage,
    damped_idf,
    damping,
    field_norms,
    head_steps,
    idf_steps,
    lead_norm,
    level,
    nearness,
    on_grid,
    pack_weight,
    round_mass,
    round_score,
    saturations,
    title_score,
    weighted,
)
from kb.site.export.documents import MASS_TURN, write_mass
from kb.site.export.encoding import BASE

RANKING = Ranking()
EVEN = Averages((10.0,) * len(FIELDS))

frequencies = st.floats(0, 1e6)
k1s = st.floats(0.1, 5)
lengths = st.lists(st.integers(0, 2000), min_size=len(FIELDS), max_size=len(FIELDS))


@pytest.mark.parametrize("constant", Ranking.constants(), ids=lambda constant: constant.name)
def test_every_constant_has_a_meaning_and_a_range(constant):
    """Its default lies within, its ends are accepted, anything beyond is refused by name."""
    low, high = constant.metadata["range"]
    assert constant.metadata["meaning"]
    assert low <= constant.default <= high
    for value in (low, high):
        assert getattr(Ranking(**{constant.name: value}), constant.name) == value
    for value in (low - 0.01, high + 0.01, math.nan):
        with pytest.raises(ValueError, match=f"{constant.name} should be a number from"):
            Ranking(**{constant.name: value})


def test_constants_do_not_change():
    """A ranking is a value."""
    with pytest.raises(FrozenInstanceError):
        RANKING.k1 = 2.0


@given(frequencies, frequencies)
def test_levels_rise_with_frequency(one, other):
    """A frequency that is higher never has a lower level, and all levels fit their bits."""
    low, high = sorted((one, other))
    assert 0 <= level(low) <= level(high) < LEVELS


@given(st.integers(0, LEVELS - 1))
def test_levels_stand_for_frequencies(number):
    """The frequency that a level stands for has that level."""
    assert level(math.exp((number + LOWEST_LEVEL) / LEVELS_PER_E)) == number


def test_no_frequency_has_the_lowest_level():
    """A word whose fields all weigh nothing still is in the section."""
    assert level(0) == level(-1) == 0


@given(k1s, st.floats(0, 2))
def test_saturation_is_monotonic_and_bounded(k1, factor):
    """More of a word never counts for less, and nothing counts for more than k1 + 1."""
    table = saturations(k1, factor)
    assert len(table) == LEVELS
    assert list(table) == sorted(table)
    assert table[0] >= 0
    assert table[-1] <= factor * (k1 + 1) * SATURATION_STEPS + 0.5


@given(k1s)
def test_saturation_has_diminishing_returns(k1):
    """Twice the frequency counts for less than twice."""
    table = saturations(k1)
    for number in range(LEVELS - LEVELS_PER_E):
        assert table[number + LEVELS_PER_E] <= math.e * (table[number] + 1)


@given(k1s)
def test_a_frequency_of_one_saturates_to_one(k1):
    """Whatever k1, one plain occurrence counts for its idf."""
    assert saturations(k1)[level(1)] == SATURATION_STEPS


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_rarer_words_have_a_higher_idf(population, one, other):
    """Idf falls with frequency, grows with the population, and is never negative."""
    rare, common = sorted((min(one, population), min(other, population)))
    assert idf_steps(population, rare) >= idf_steps(population, common) >= 0
    assert idf_steps(population + 1, rare) >= idf_steps(population, rare)


def test_idf_follows_its_formula():
    """ln(1 + (N - n + 0.5) / (n + 0.5)), in steps; bursts raise it."""
    assert idf_steps(100, 3) == round(IDF_STEPS * math.log(1 + 97.5 / 3.5))


@given(st.integers(1, 1000), st.integers(0, 5000), st.integers(0, 5000), st.floats(0, 1))
def test_words_that_come_in_bursts_say_more(frequency, one, other, burst):
    """Never less than their plain idf, and more the more often they come; unless that is off."""
    few, many = sorted((one, other))
    plain = idf_steps(2000, frequency)
    assert (
        plain <= idf_steps(2000, frequency, few, burst) <= idf_steps(2000, frequency, many, burst)
    )
    assert idf_steps(2000, frequency, many, 0) == plain


def test_a_word_that_stands_nowhere_has_an_idf():
    """The highest there is: nothing divides by its frequency."""
    assert idf_steps(100, 0, 0, 0.5) == idf_steps(100, 0) > idf_steps(100, 1)


def test_a_frequency_above_the_population_is_no_error():
    """Hidden articles may hold a word more often than the public has sections."""
    assert idf_steps(3, 5) == idf_steps(5, 5) > 0


@given(st.floats(0, 1e6))
def test_averages_lie_on_a_coarse_grid(average):
    """Within half a step of the real average, and putting them there again changes nothing."""
    rounded = on_grid(average)
    assert on_grid(rounded) == rounded >= 1
    if average > 1:
        assert math.isclose(rounded, average, rel_tol=math.sqrt(AVERAGE_GRID) - 0.99)


def test_averages_of_nothing():
    """An index without sections has averages all the same."""
    assert Averages.of([0] * len(FIELDS), 0).lengths == (1.0,) * len(FIELDS)


def test_averages_are_totals_over_sections():
    """Up to the grid."""
    assert Averages.of([0, 10, 100, 1000, 5], 10).lengths == tuple(
        map(on_grid, (0, 1, 10, 100, 0.5))
    )


@given(lengths=lengths)
def test_a_longer_field_counts_for_less(lengths):
    """One occurrence never weighs more in a longer field, and weighs something in any."""
    weights = field_norms(lengths, EVEN, RANKING)
    longer = field_norms([length + 1 for length in lengths], EVEN, RANKING)
    assert len(weights) == len(FIELDS)
    assert all(0 < more <= one for one, more in zip(weights, longer, strict=True))


@pytest.mark.parametrize("field", range(len(FIELDS)))
def test_a_field_of_average_length_has_its_plain_weight(field):
    """Normalisation is relative to the average."""
    weights = field_norms([10] * len(FIELDS), EVEN, RANKING)
    name = ("title_weight", "heading_weight", "trail_weight", "issue_weight", "body_weight")[field]
    assert weights[field] == pytest.approx(getattr(RANKING, name))
    assert lead_norm(10, EVEN, RANKING) == pytest.approx(RANKING.lead_weight)


def test_an_empty_field_divides_by_nothing():
    """Also where length counts in full."""
    full = Ranking(head_b=1, body_b=1)
    assert all(math.isfinite(norm) for norm in field_norms([0] * len(FIELDS), EVEN, full))
    assert math.isfinite(lead_norm(0, EVEN, full))


@given(st.integers(0, 2000))
def test_the_first_block_counts_for_less_in_a_longer_text(length):
    """As every word of the text does."""
    assert 0 < lead_norm(length + 1, EVEN, RANKING) <= lead_norm(length, EVEN, RANKING)


@given(st.integers(0, 10**6))
def test_a_rounded_mass_is_near_and_short(mass):
    """It loses less than an eighth, never grows, and is what its number in an export stands for."""
    rounded, code = round_mass(mass), write_mass(mass) ^ MASS_TURN
    assert mass * 7 / 8 <= rounded <= mass
    assert rounded == (code if code < 16 else (code % 8 + 8) << (code // 8 - 1))
    assert code < 160


@given(st.integers(1024, 16 * 1024 - 1))
def test_usual_masses_take_one_character(mass):
    """Those of headings of two to ten words."""
    assert write_mass(mass) < BASE


@given(st.lists(st.integers(0, 50), min_size=5, max_size=5), st.integers(0, 4))
def test_another_occurrence_never_lowers_a_frequency(counts, field):
    """In whichever field it stands."""
    norms = field_norms([10] * 5, EVEN, RANKING)
    more = [count + (number == field) for number, count in enumerate(counts)]
    assert weighted(more, norms) >= weighted(counts, norms)


@given(st.integers(0, LEVELS - 1), st.integers(0, HEAD_STEPS), st.integers(0, 1000))
def test_a_weight_fits_sixteen_bits(level_, head, occurrences):
    """And each of its parts can be read back."""
    packed = pack_weight(level_, head, occurrences)
    assert 0 <= packed < 1 << 16
    assert packed & LEVEL_MASK == level_
    assert packed >> HEAD_SHIFT & HEAD_MASK == head
    assert packed >> OCCURRENCES_SHIFT == min(occurrences, MAX_OCCURRENCES)


@given(st.lists(st.integers(0, 0xFFFF)))
def test_occurrences_are_counted_over_all_sections(weights):
    """Each weight says how often its section has the term."""
    counted = sum(weight >> OCCURRENCES_SHIFT for weight in weights)
    assert count_occurrences(array("H", weights)) == counted


def test_a_word_of_the_heading_weighs_more_than_one_of_the_title():
    """Unless the setting makes them equal."""
    in_heading = head_steps(in_heading=True, ranking=RANKING)
    assert head_steps(in_heading=False, ranking=RANKING) <= in_heading
    assert head_steps(in_heading=False, ranking=Ranking(coverage_title=1)) == in_heading
    assert head_steps(in_heading=False, ranking=Ranking(coverage_title=0)) == 0


amounts = st.floats(0, 1e5)


@given(amounts, amounts, amounts)
def test_coverage_is_a_share(covered, mass, query):
    """From nothing to its constant, which it has when both are covered in full."""
    assert 0 <= coverage(covered, mass, query, RANKING) <= RANKING.coverage
    full = coverage(covered, covered, covered, RANKING)
    assert full == (RANKING.coverage if covered else 0)


@given(amounts, amounts, amounts, amounts)
def test_covering_more_never_counts_for_less(one, other, mass, query):
    """Of the same heading and the same query."""
    low, high = sorted((one, other))
    assert coverage(low, mass, query, RANKING) <= coverage(high, mass, query, RANKING)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_title_part_grows_with_what_is_covered(one, other, mass):
    """And is nothing without a title or a word in it."""
    low, high = sorted((one, other))
    assert 0 <= title_score(low, mass, RANKING) <= title_score(high, mass, RANKING)
    assert title_score(high, 0, RANKING) == title_score(0, mass, RANKING) == 0


@given(st.floats(0, 2), st.floats(0, 2))
def test_nearness_grows_to_its_constant(one, other):
    """By the share of the query that is near; all of it is the most there can be."""
    low, high = sorted((one, other))
    assert 0 <= nearness(low, RANKING) <= nearness(high, RANKING) <= RANKING.nearness
    assert nearness(1, RANKING) == RANKING.nearness


@given(st.floats(0, 1000))
def test_rounding_a_score(score):
    """To six digits, and twice is as once."""
    rounded = round_score(score)
    assert math.isclose(rounded, score, abs_tol=0.6e-6)
    assert round_score(rounded) == rounded


def test_parts_can_be_switched_off():
    """A constant of 0 leaves a part out."""
    off = Ranking(coverage=0, title_part=0, nearness=0)
    assert coverage(1, 1, 1, off) == 0
    assert title_score(1, 1, off) == 0
    assert nearness(1, off) == 0


def test_confidence_grows_with_what_is_held_and_with_the_lead():
    """A probability in hundredths; no other article is as good as a long lead, equals are a toss."""
    assert confidence(500, 500, 2, 1) > confidence(500, 500, 1.5, 1) > confidence(500, 500, 1, 1)
    assert confidence(500, 500, 2, 1) > confidence(500, 900, 2, 1) > confidence(500, 5000, 2, 1)
    assert confidence(500, 500, 2, 1) > confidence(100, 100, 2, 1)  # rare words tell more
    assert confidence(500, 500, 5, 0) == confidence(500, 500, 100, 1) < 1
    assert confidence(0, 500, 5, 0) == confidence(500, 500, 1, 1) == confidence(0, 0, 1, 0) < 0.3
    assert confidence(500, 500, 1, 5) < confidence(500, 500, 1, 1)
    assert round(confidence(300, 500, 3, 2), 2) == confidence(300, 500, 3, 2)


@given(st.integers(1, 64), st.integers(0, 10**6))
def test_everyday_words_count_less_the_longer_a_query_is(words, sections):
    """And the smaller a collection is; alone a word loses nothing."""
    loss = damping(words, sections, RANKING)
    assert 0 <= loss <= damping(words + 1, sections, RANKING)
    assert damping(words, sections + 1, RANKING) <= loss
    if words >= LONG_QUERY:
        assert loss == damping(LONG_QUERY, sections, RANKING) >= RANKING.everyday
    if words == 1:
        assert loss == 0
    elif sections <= FEW_SECTIONS:
        assert loss == RANKING.everyday_few
    large = damping(words, 10**9, RANKING)
    assert (round(large, 6) == 0) == (words <= SHORT_QUERY)


@given(st.integers(0, 1000), st.integers(0, EVERYDAY_STEPS), st.floats(0, 1))
def test_a_word_loses_by_how_far_it_is_an_everyday_word(idf, everyday, loss):
    """Nothing where it is none, and never more than the share."""
    damped = damped_idf(idf, everyday, loss)
    assert math.floor(idf * (1 - loss)) <= damped <= idf
    if not everyday:
        assert damped == idf
    assert damped_idf(idf, EVERYDAY_STEPS, loss) <= damped
