// Written by .ci/shared.py from the modules that are named: change those.

// kb/text/characters.py
export const APOSTROPHES = "'\u2019\u02bc\uff07\u2018\u00b4`";
export const DASHES = "\u058a\u05be\u200c\u2010-\u2013\u2212\ufe63\uff0d-";
export const IGNORED = "\u00ad\u00b7\u200d-\u200f\u2060";
export const DROPPED = "\u00ad\u00b7\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u200d-\u200f\u2060";
export const FOLDED = "\u00e6ae \u00f0d \u00f8o \u00feth \u0111d \u0127h \u0131i \u0142l \u014bn \u0153oe \u0167t \u0199k \u01b4y \u01b6z \u0253b \u0254o \u0256d \u0257d \u0259e \u0272n \u0671\u0627 \u0649\u064a \u06cc\u064a \u06d2\u064a \u06a9\u0643 \u06c1\u0647 \u06be\u0647 \u06d5\u0647 \u0629\u0647";
export const ZEROS = "\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u0f20\u1040\u17e0\u1810";

// kb/text/variants.py
export const MEASURES = "[kmgtp]i?b|[kmgt]bit|bits?|bytes?|[kmg]?bps|ms|secs?|mins?|hrs?|[kmg]?hz|fps|rpm|[dp]pi|px|pt|rem|mm|cm|km|mg|kg|lbs?|oz|ml|mah|[km]?wh|kw|kv|db";
export const JOINING = "da de nb nl nn no sv";

// kb/text/stop_words.py
export const FEW_WORDS = 4;

// kb/text/analysis.py
export const MAX_WORD_LENGTH = 64;
export const LONGEST_ABBREVIATION = 4;
export const SHORTEST_NUMBER = 7;
export const LONGEST_NUMBER = 15;
export const GROUPS = 6;
export const SPACES = " /\u00a0\u2009\u202f";
export const HUMP = "[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+";
export const CAMEL = "[a-z]{2}[A-Za-z0-9]*[A-Z]|[A-Z][a-z]+[A-Z][a-z]+[A-Z]|[A-Z][a-z]{3,}[A-Z][a-z]{2}|[A-Z][a-z]+[A-Z][a-z]{4}|[A-Z]{3,}[a-z]{2}";
export const OWN = 31;

// kb/text/snippets.py
export const SNIPPET_WIDTH = 200;

// kb/text/nearest.py
export const ALIKE = 0.6;
export const NEIGHBOUR = 0.75;
export const BEGINNING = 0.9;
export const WORSE = 0.08;
export const NAMES_OFFERED = 3;
export const NAMES_LISTED = 5;
export const LONGEST_NAME = 200;
export const SHORTEST_BEGINNING = 4;
export const NO_SUCH = "There is no {kind} {name}; {tail}";
export const MEANT = "did you mean {names}?";
export const MEANT_OR = " or ";
export const LISTED = "the {kind}s are {names}{end}";
export const NONE_LISTED = "no article has a {kind}.";

// kb/search/query.py
export const MAX_CHARACTERS = 1024;
export const MAX_WORDS = 32;
export const MIN_OUTSIDE = 3;
export const QUOTES = "\"\u201c\u201d\u201e\u00ab\u00bb";
export const CUT_CHARACTERS = "The query was cut to its first {count} characters.";
export const CUT_WORDS = "The query was cut to its first {count} words.";
export const NO_TIER = "{word} was taken as a word: the tiers are {tiers} and {last}.";

// kb/search/expansion.py
export const FIRST_HALF = 3;
export const SECOND_HALF = 2;
export const PARTICLE = 3;
export const COMPLETION_STEPS = 64;
export const MAX_COMPLETIONS = 20;
export const MAX_KEY_WORDS = 4;

// kb/search/spelling.py
export const MIN_LENGTH = 4;
export const LONG = 5;
export const MIN_PART = 3;
export const SWAPS = [60, 90];
export const MISSING = 55;
export const UNDOUBLED = 40;
export const EXTRA = 85;
export const DOUBLED = 30;
export const CONFUSED = 75;
export const CONFUSED_LETTERS = "ck kc cs sc sz zs mn nm";
export const OTHER = 100;
export const FIRST = 30;
export const LIKELY = 80;
export const PER_LEVEL = 2;
export const NO_WORD = 60;
export const SAME_STEM = 100;
export const BESIDE = 60;
export const COMPARED = 4;
export const SURE = 40;
export const SURE_PER_LETTER = 50;
export const LONGEST_SURE = 9;
export const PROBABLE = 60;
export const OFFERED = 100;
export const ATTACHED = 180;
export const MARGIN = 10;
export const RARE = 10;
export const COMMONER = 8;
export const HELD_RARELY = 2;
export const OFTENER = 10;
export const ENDINGS = ["s", "es", "ed", "d", "ing", "er", "ers", "r", "rs", "ly"];
export const COMMON = 12;
export const PART_OF_COMPOUND = 4;

// kb/search/ranking.py
export const EVERYDAY_STEPS = 8;
export const FEW_SECTIONS = 100;
export const SHORT_QUERY = 3;
export const LONG_QUERY = 7;
export const IDF_STEPS = 64;
export const SATURATION_STEPS = 1024;
export const HEAD_STEPS = 4;
export const LEVELS = 64;
export const LEVELS_PER_E = 8;
export const LOWEST_LEVEL = -24;
export const RESCORED = 40;
export const CHUNK = 8;
export const SCORE_DIGITS = 6;
export const MOST_LEAD = 1.0;
export const CONFIDENCE_BASE = -0.99;
export const CONFIDENCE_SLOPE = 1.61;

// kb/search/meaning.py
export const LEAST_COSINE_OF_WORDS = 0.2;
export const MEANING = 2.0;
export const SCORE_STEPS = 256;
export const COSINE_STEPS = 4096;
export const REACH = 40;
export const NEAR = 20;
export const UNSURE = 0.5;
export const PROBED = 4;

// kb/semantic/nibbles.py
export const VECTOR_VALUES = [0, 1, 2, 3, 4, 6, 8, 11];

// kb/search/protocols.py
export const RANGE_STARTS = [0, 1024, 2048, 3072, 8192];

// kb/search/searcher.py
export const UNQUOTED = "No section holds the quoted words one after the other.";
export const UNKNOWN_MEANING = "None of these words has a known meaning; the answer is by words alone.";

// kb/search/twins.py
export const TWINS_SHOWN = 20;

// kb/support/intent.py
export const LONGEST_QUESTION = 2000;

// kb/support/escalation.py
export const LONGEST_STORY = 500;
export const MOST_FIELDS = 12;
export const NO_ANSWER = "\u2026";

// kb/knowledge_base.py
export const TOPICS_SHOWN = 5;

// kb/site/export/documents.py
export const MASS_TURN = 64;

// kb/site/export/encoding.py
export const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
export const BASE = 32;
export const NAME_LENGTH = 6;
export const SUFFIX = ".js";

// kb/site/export/meaning.py
export const TOGETHER = 16;

// kb/site/export/terms.py
export const MARKS = "%!#$";
export const LINK_MARK = "&";
export const CODE_FACTOR = 65599;

// kb/site/export/words.py
export const TURN = "!";

// kb/site/export/manifest.py
export const FORMAT = 8;

// kb/model.py
export const TIERS = ["self-service", "contact", "advice"];
