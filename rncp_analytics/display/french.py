"""French numbers and typography: the only place where a figure becomes text.

Decimal comma, U+202F between thousands, U+00A0 before % and the colon, U+202F before ; ? !, a true minus
sign. Numbers are rounded half up, as on paper: 81,25 becomes 81,3.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from babel.numbers import format_decimal

NBSP, NNBSP, MINUS = "\u00a0", "\u202f", "\u2212"


def number(value: float, digits: int = 0) -> str:
    """A number with a fixed number of decimals.

    >>> number(10490), number(-0.04, 1), number(2.25, 1)
    ('10\\u202f490', '0,0', '2,3')
    """
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    rounded = _rounded(Decimal(str(value)), digits)
    return format_decimal(rounded, format=pattern, locale="fr").replace("-", MINUS)


def percent(proportion: float, digits: int = 1) -> str:
    """A proportion as a percentage.

    >>> percent(9103 / 10490)
    '86,8\\xa0%'
    """
    return f"{_hundred(proportion, digits)}{NBSP}%"


def points(difference: float, *, signed: bool = True) -> str:
    """A difference of two proportions in points; the singular up to 1,9 as French wants it.

    >>> points(0.0346), points(-0.008), points(0.02, signed=False)
    ('+3,5\\xa0points', '−0,8\\xa0point', '2,0\\xa0points')
    """
    text = _signed(difference) if signed else _hundred(difference)
    word = "point" if abs(_rounded(_times_hundred(difference), 1)) < 2 else "points"
    return f"{text}{NBSP}{word}"


def growth(proportion: float, digits: int = 1) -> str:
    """A relative change, in percent of the reference.

    >>> growth(0.542), growth(-0.024)
    ('+54,2\\xa0%', '−2,4\\xa0%')
    """
    return f"{_signed(proportion, digits)}{NBSP}%"


def interval(lower: float, upper: float, *, signed: bool = False) -> str:
    """Bounds of an interval of proportions, in percent or in points, without their unit.

    >>> interval(0.8, 0.884), interval(-0.001, 0.017, signed=True)
    ('80,0\\xa0à\\xa088,4', '−0,1\\xa0à\\xa0+1,7')
    """
    show = _signed if signed else _hundred
    return f"{show(lower)}{NBSP}à{NBSP}{show(upper)}"


def mark(value: float) -> str:
    """A mean of marks out of 20; cut, not rounded, where rounding would reach a whole mark: no 9,998 shown as 10.

    >>> mark(11.125), mark(9.998), mark(7.9951)
    ('11,13', '9,99', '7,99')
    """
    exact = Decimal(str(float(value)))
    rounded = _rounded(exact, 2)
    if int(rounded) > int(exact):
        rounded = exact.quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return number(float(rounded), 2)


def plural(count: int, singular: str, plural_form: str) -> str:
    """A count and its noun; French keeps the singular below two.

    >>> plural(1, "présent", "présents"), plural(0, "présent", "présents")
    ('1\\xa0présent', '0\\xa0présent')
    """
    return f"{number(count)}{NBSP}{singular if abs(count) < 2 else plural_form}"


def de(name: str) -> str:
    """A place name after "de", with its elision.

    >>> de("Lyon"), de("Amiens"), de("La Réunion")
    ('de Lyon', "d'Amiens", 'de La Réunion')
    """
    return f"d'{name}" if sort_key(name)[:1] in "aeiou" else f"de {name}"


def level(confidence: float) -> str:
    """A level of confidence, with its decimal only where it has one.

    >>> level(0.95), level(0.998)
    ('95\\xa0%', '99,8\\xa0%')
    """
    return percent(confidence, 0 if round(100 * confidence, 9).is_integer() else 1)


def enumeration(words: list[str]) -> str:
    """Words joined as in a sentence: "a, b et c"."""
    return " et ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def sort_key(text: str) -> str:
    """Alphabetical order without accents and case.

    >>> sorted(["Nice", "Étranger", "Dijon"], key=sort_key)
    ['Dijon', 'Étranger', 'Nice']
    """
    return unicodedata.normalize("NFD", text.casefold()).encode("ascii", "ignore").decode()


def typography(text: str) -> str:
    """Put the unbreakable spaces that French punctuation wants in a sentence written with plain ones.

    >>> typography("« Lyon » : 3 % ; bien !")
    '«\\xa0Lyon\\xa0»\\xa0: 3\\xa0%\\u202f; bien\\u202f!'
    """
    text = re.sub(r"[ \u00a0]([;!?])", NNBSP + r"\1", text)
    text = re.sub(r" ([:»%])", NBSP + r"\1", text)
    return text.replace("« ", f"«{NBSP}")


def capital(text: str) -> str:
    """The text with its first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """The text with its first letter in lower case, the rest untouched; acronyms keep their capitals.

    >>> small("Apprentis"), small("CCF")
    ('apprentis', 'CCF')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _times_hundred(proportion: float) -> Decimal:
    return Decimal(str(float(proportion))) * 100


def _hundred(proportion: float, digits: int = 1) -> str:
    return number(float(_rounded(_times_hundred(proportion), digits)), digits)


def _signed(difference: float, digits: int = 1) -> str:
    text = _hundred(difference, digits)
    return f"+{text}" if _rounded(_times_hundred(difference), digits) > 0 else text


def _rounded(value: Decimal, digits: int) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)  # never "−0,0"
