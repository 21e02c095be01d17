// Written by .ci/shared.py from the modules that are named: change those.

// kb/text/analysis.py
export const MAX_WORD_LENGTH = 64;
export const APOSTROPHES = "'\u2019\u02bc\uff07";

// kb/text/snippets.py
export const SNIPPET_WIDTH = 200;

// kb/text/nearest.py
export const ALIKE = 0.6;
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
export const QUOTES = "\"\u201c\u201d\u201e\u00ab\u00bb";
export const CUT_CHARACTERS = "The query was cut to its first {count} characters.";
export const CUT_WORDS = "The query was cut to its first {count} words.";
export const NO_TIER = "{word} was taken as a word: the tiers are {tiers} and {last}.";

// kb/search/expansion.py
export const COMPLETION_STEPS = 64;
export const MAX_COMPLETIONS = 20;
export const MAX_KEY_WORDS = 4;

// kb/search/spelling.py
export const MIN_LENGTH = 4;
export const LONG = 8;
export const MIN_PART = 3;

// kb/search/ranking.py
export const IDF_STEPS = 64;
export const SATURATION_STEPS = 1024;
export const HEAD_STEPS = 4;
export const LEVELS = 64;
export const LEVELS_PER_E = 8;
export const LOWEST_LEVEL = -24;
export const RESCORED = 40;
export const CHUNK = 8;
export const SCORE_DIGITS = 6;

// kb/search/protocols.py
export const RANGE_STARTS = [0, 1024, 2048, 3072, 8192];

// kb/search/searcher.py
export const WEAK_SHARE = 0.5;
export const UNQUOTED = "No section holds the quoted words one after the other.";

// kb/search/twins.py
export const TWINS_SHOWN = 20;

// kb/support/intent.py
export const LONGEST_QUESTION = 2000;

// kb/support/escalation.py
export const LONGEST_STORY = 500;
export const NO_CHANNEL = "This knowledge base names no way to reach a person.";
export const URGENT_NOW = "your problem is urgent";
export const URGENT_LATER = "if it becomes urgent";
export const CAN_WAIT = "if it can wait";
export const BEST_FOR = "best for {purpose}";
export const NO_REASON = "a way to reach a person";
export const MESSAGE = "What happened: {happened}\nWhen: {when}\nOrder number: {order}\nWhat I want: {wish}";
export const STORY = "{story} [more details]";
export const NO_STORY = "[what is wrong, in a sentence or two]";
export const NO_TIME = "[date and time]";
export const NO_ORDER = "[order number, if there is one]";
export const WISH = "{wish} [or something else]";
export const NO_WISH = "[for example a refund, a replacement or an explanation]";
export const WHEN_RULE = "\\b(?:today|yesterday|tonight|this morning|last (?:night|week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|(?:\\d{1,3}|an?|two|three|four|five|six) (?:hour|day|week|month)s? ago|(?:since|on) (?:mon|tues|wednes|thurs|fri|satur|sun)day|\\d{4}-\\d{2}-\\d{2})\\b";
export const ORDER_RULE = "\\b(?!\\d{4}-\\d{2}-\\d{2}\\b)[A-Z]{0,4}-?\\d(?:-?\\d){5,23}\\b";
export const WISHES = [["\\b(?:refund|refunded|money back)\\b", "a refund"], ["\\b(?:replacement|replace|exchange)\\b", "a replacement"], ["\\b(?:cancel|cancellation)\\b", "a cancellation"]];
export const WAITS_RULE = "\\b(?:not|non)[ -]urgent\\b|\\bcan wait\\b";

// kb/knowledge_base.py
export const TOPICS_SHOWN = 5;

// kb/site/export/encoding.py
export const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
export const BASE = 32;
export const NAME_LENGTH = 6;
export const SUFFIX = ".js";

// kb/site/export/terms.py
export const MARKS = "%!#$";
export const LINK_MARK = "&";

// kb/site/export/manifest.py
export const FORMAT = 1;

// kb/model.py
export const TIERS = ["self-service", "contact", "advice"];
