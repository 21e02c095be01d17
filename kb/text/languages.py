"""Languages: their tags, their own names, and the way they are written."""

from __future__ import annotations

import re

NAMES = {
    "af": "Afrikaans", "am": "አማርኛ", "ar": "العربية", "az": "Azərbaycanca", "be": "Беларуская",
    "bg": "Български", "bn": "বাংলা", "bs": "Bosanski", "ca": "Català", "ckb": "کوردی",
    "cs": "Čeština", "cy": "Cymraeg", "da": "Dansk", "de": "Deutsch", "el": "Ελληνικά",
    "en": "English", "eo": "Esperanto", "es": "Español", "et": "Eesti", "eu": "Euskara",
    "fa": "فارسی", "fi": "Suomi", "fil": "Filipino", "fr": "Français", "ga": "Gaeilge",
    "gl": "Galego", "gu": "ગુજરાતી", "he": "עברית", "hi": "हिन्दी", "hr": "Hrvatski",
    "hu": "Magyar", "hy": "Հայերեն", "id": "Bahasa Indonesia", "is": "Íslenska",
    "it": "Italiano", "ja": "日本語", "ka": "ქართული", "kk": "Қазақ тілі", "km": "ខ្មែរ",
    "kn": "ಕನ್ನಡ", "ko": "한국어", "lt": "Lietuvių", "lv": "Latviešu", "mk": "Македонски",
    "ml": "മലയാളം", "mn": "Монгол", "mr": "मराठी", "ms": "Bahasa Melayu", "my": "မြန်မာ",
    "nb": "Norsk bokmål", "ne": "नेपाली", "nl": "Nederlands", "nn": "Norsk nynorsk",
    "no": "Norsk", "pa": "ਪੰਜਾਬੀ", "pl": "Polski", "ps": "پښتو", "pt": "Português",
    "ro": "Română", "ru": "Русский", "si": "සිංහල", "sk": "Slovenčina", "sl": "Slovenščina",
    "sq": "Shqip", "sr": "Српски", "sv": "Svenska", "sw": "Kiswahili", "ta": "தமிழ்",
    "te": "తెలుగు", "th": "ไทย", "tr": "Türkçe", "uk": "Українська", "ur": "اردو",
    "uz": "O'zbekcha", "vi": "Tiếng Việt", "zh": "中文", "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文", "zh-CN": "简体中文", "zh-TW": "繁體中文", "zh-HK": "繁體中文 (香港)",
    "pt-BR": "Português do Brasil", "en-GB": "English (UK)", "en-US": "English (US)",
}  # fmt: skip
"""What speakers call their language, by its tag: all languages that are found without settings."""

PLAIN = frozenset({"de", "en", "es", "fr", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "zh"})
"""Languages whose two letters are hardly anything else: `it` is also a department, `uk` a country.
"""

RIGHT_TO_LEFT = frozenset({
    "ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"
})  # fmt: skip
"""Languages that are written from right to left."""

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?")


def language_tag(text: str) -> str:
    """A language's tag as it is written: `pt_br` is `pt-BR`, `zh-hans` is `zh-Hans`; empty for what
    is no tag of a language in `NAMES`.
    """
    found = _TAG.fullmatch(text.strip())
    if found is None or found[1].lower() not in NAMES:
        return ""
    return tidy_tag(text.strip())


def tidy_tag(tag: str) -> str:
    """A tag with its parts in their usual cases; one of any language."""
    first, *rest = tag.replace("_", "-").split("-")
    return "-".join((first.lower(), *map(_part, rest)))


def _part(part: str) -> str:
    if len(part) == 4 and part.isalpha():  # noqa: PLR2004 a script
        return part.capitalize()
    return part.upper() if len(part) == 2 else part.lower()  # noqa: PLR2004 a region


def primary(tag: str) -> str:
    """The language of a tag, without script and region."""
    return tag.partition("-")[0].lower()


_TRADITIONAL = frozenset({"zh-TW", "zh-HK", "zh-MO"})


def fallbacks(tag: str) -> tuple[str, ...]:
    """The tags whose words serve for a language, its own first, then its script's, then the
    language's alone.
    """
    script = ["zh-Hant"] if tag in _TRADITIONAL or tag.startswith("zh-Hant-") else []
    return tuple(dict.fromkeys((tag, *script, primary(tag))))


def name_of(tag: str) -> str:
    """What speakers call a language; the tag itself where that is not known."""
    name = NAMES.get(tag)
    if name is None:
        name = NAMES.get(primary(tag))
        name = name and f"{name} ({tag.partition('-')[2]})"
    return name or tag


def direction_of(tag: str) -> str:
    """`rtl` for a language that is written from right to left, else `ltr`."""
    parts = tag.split("-")
    return "rtl" if parts[0].lower() in RIGHT_TO_LEFT and "Latn" not in parts else "ltr"
