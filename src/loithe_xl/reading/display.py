"""What a person sees of a value through its cell's number format, where it is another one than is stored."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache

from loithe_xl.reading.numberformat import LONGEST_FORMAT, FormatPiece, FormatSection, chosen, sections
from loithe_xl.workbook.daynumbers import END_OF_DAYS, EPOCH

_WHOLE = frozenset({"0", "#,##0"})  # of most inputs
_CLOSE = Decimal("0.005")  # what the form's own format of decimals leaves out
_EXACT = Context(prec=2 * LONGEST_FORMAT + 40, rounding=ROUND_HALF_UP)
_SEPARATORS = frozenset(".,'’ \u00a0\u202f")
_MINUS = frozenset("-−–‐‑")
# Words that make a number larger, and letters that look like digits beside digits.
_SCALES = re.compile(
    r"\b(?:chục|trăm|nghìn|ngàn|vạn|triệu|tr|tỷ|tỉ|k|hundred|thousand|million|billion)\b", re.IGNORECASE
)
_LIKE_DIGITS = re.compile(r"[oOlIοΟоОІ|]+")


def seen(code: str, value: int | Decimal | str) -> str | None:
    """What is seen of a value in a cell of this format where it is something else; None where it is the same.

    Colours, currencies, grouping, units, decimals rounded behind the second one and a zero left blank are the same;
    so is a number below zero, which no input may hold, however its sign is written.
    """
    if not code or (code in _WHOLE and isinstance(value, int)):
        return None
    if len(code) > LONGEST_FORMAT:
        return ""
    return _seen_number(code, value) if not isinstance(value, str) else _seen_text(code, value)


@lru_cache(4_096)
def _seen_number(code: str, value: int | Decimal) -> str | None:
    numbers, _ = sections(code)
    number = Decimal(value)
    if not numbers or number < 0:
        return None
    section = chosen(numbers, number)
    if section.has("time"):
        return _seen_day(section, number)
    shown = _Shown(section, number)
    if shown.digits:
        return None if shown.same() else shown.text
    hides = number or not _Shown(chosen(numbers, Decimal(1)), Decimal(1)).digits
    return shown.text if hides or _counts(shown.text) else None


class _Shown:
    """A number through one section: the letters, whether digits of its own are among them, and what they come to."""

    def __init__(self, section: FormatSection, number: Decimal) -> None:
        self.section, self.number = section, number
        self.pieces: list[tuple[bool, str]] = []  # whether they are digits of the number, and the letters
        kinds = [token.kind for token in section.tokens]
        scaled = _EXACT.multiply(number, Decimal(100) ** kinds.count("%"))
        if section.has("general", "@"):
            self.value = number
            self._put_all(f"{number.normalize():f}".replace(".", ","))
        elif not section.has("place"):
            self.value = number
            self._put_all("")
        elif "E" in kinds:
            self._put_power(scaled)
        elif "/" in kinds and "place" in kinds[: kinds.index("/")]:
            self._put_fraction(scaled)
        else:
            self._put_places(_EXACT.divide(scaled, Decimal(1000) ** _thousands(section.tokens)))
        self.text = "".join(letters for _, letters in self.pieces)
        self.digits = any(own and letters for own, letters in self.pieces)

    def same(self) -> bool:
        """Whether a person reads the number itself."""
        whole = sum(token.kind in ("general", "@") for token in self.section.tokens)
        if abs(self.value - self.number) > _CLOSE or whole + self.section.has("place") > 1:
            return False
        own = [at for at, (its_own, letters) in enumerate(self.pieces) if its_own and letters]
        before, within, behind = self.pieces[: own[0]], self.pieces[own[0] : own[-1] + 1], self.pieces[own[-1] + 1 :]
        first, *_, last = said = [_letters(part) for part in (before, within, behind)]
        if any(map(_counts, said)) or _MINUS & set(first) or _touches(first[::-1]) or _touches(last):
            return False
        return self._grouped(within)

    def _grouped(self, pieces: list[tuple[bool, str]]) -> bool:
        """Whether letters among the digits part thousands, and do nothing else."""
        if all(own for own, _ in pieces):
            return True
        digits = re.sub(r"[^0-9,]", "", "".join(letters for own, letters in pieces if own)).partition(",")[0]
        if digits.startswith("0"):
            return False
        left = 0
        for own, letters in pieces:
            if own:
                if "," in letters:
                    left = -1  # from here on decimals, which nothing parts
                left += len(re.sub(r"[^0-9]", "", letters)) if left >= 0 else 0
            elif letters and (left < 0 or letters not in _SEPARATORS or (len(digits) - left) % 3):
                return False
        return True

    def _put_all(self, number: str) -> None:
        """The number where a format leaves it as it is, or nowhere."""
        for token in self.section.tokens:
            if token.kind in ("general", "@"):
                self.pieces.append((True, number))
            elif token.kind != "time":
                self.pieces.append((False, token.text))

    def _put_places(self, number: Decimal) -> None:
        """Digits into their places: whole ones from the point to the left, what is too many into the first place."""
        tokens = self.section.tokens
        point = next((at for at, token in enumerate(tokens) if token.kind == "."), len(tokens))
        after = [at for at, token in enumerate(tokens) if token.kind == "place" and at > point]
        before = [at for at, token in enumerate(tokens) if token.kind == "place" and at < point]
        self.value = number.quantize(Decimal(1).scaleb(-len(after)), context=_EXACT)
        whole, _, part = f"{self.value:f}".partition(".")
        whole = whole.lstrip("0")
        put: dict[int, str] = {}
        for at in reversed(before):
            digit = whole[-1:] if at != before[0] else whole
            whole = whole[: len(whole) - len(digit)]
            put[at] = digit or ("0" if tokens[at].text == "0" else "")
        kept = part.rstrip("0")
        for number_of, at in enumerate(after):
            shown = number_of < len(kept) or any(tokens[later].text == "0" for later in after[number_of:])
            put[at] = part[number_of] if shown else ""
        if not before and whole:
            self.pieces.append((True, whole))
        for at, token in enumerate(tokens):
            if token.kind == "place":
                self.pieces.append((True, put[at]))
            elif token.kind == "." and at == point:
                self.pieces.append((True, ","))
            elif token.kind != ",":
                self.pieces.append((False, token.text))

    def _put_power(self, number: Decimal) -> None:
        """As 1,2E+3: so many digits before the power, which is a multiple of those before the point."""
        mantissa = self.section.tokens[: next(at for at, each in enumerate(self.section.tokens) if each.kind == "E")]
        point = next((at for at, each in enumerate(mantissa) if each.kind == "."), len(mantissa))
        before = max(1, sum(each.kind == "place" for each in mantissa[:point]))
        decimals = sum(each.kind == "place" for each in mantissa[point:])
        power = number.adjusted() // before * before if number else 0
        rounded = number.scaleb(-power).quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
        self.value = rounded.scaleb(power)
        self._put_instead(f"{rounded:f}".replace(".", ",") + f"E{power:+d}")

    def _put_fraction(self, number: Decimal) -> None:
        """As 12 1/3: the nearest fraction whose denominator fits its places, or is the one that is given."""
        tokens = self.section.tokens
        slash = next(at for at, each in enumerate(tokens) if each.kind == "/")
        below = ""
        for each in tokens[slash + 1 :]:
            if each.kind not in ("place", "bare"):
                break
            below += each.text
        given = below if below.isdecimal() and int(below) else ""
        exact = Fraction(number)
        most = 10 ** min(len(below), 9)
        near = Fraction(round(exact * int(given)), int(given)) if given else exact.limit_denominator(most)
        self.value = _EXACT.divide(Decimal(near.numerator), Decimal(near.denominator))
        self.section = FormatSection((*tokens[: slash + 1], *tokens[slash + 1 + len(below) :]))
        whole, rest = divmod(near, 1)
        self._put_instead(f"{whole} {rest}" if rest else f"{whole}")

    def _put_instead(self, number: str) -> None:
        """A number that is written in one piece, where its first place stands."""
        for at, token in enumerate(self.section.tokens):
            if token.kind == "place":
                first = not any(each.kind == "place" for each in self.section.tokens[:at])
                self.pieces.append((True, number if first else ""))
            elif token.kind in ("said", "bare", "%"):
                self.pieces.append((False, token.text))


def _thousands(tokens: tuple[FormatPiece, ...]) -> int:
    """How many times a format leaves out three digits: commas behind the last place, or before the point."""
    kinds = "".join({"place": "0", ".": ".", ",": ","}.get(token.kind, "") for token in tokens)
    whole, _, part = kinds.partition(".")
    return sum(len(piece) - len(piece.rstrip(",")) for piece in (whole, part) if "0" in piece)


def _letters(pieces: list[tuple[bool, str]]) -> str:
    """What a format says of its own among some pieces."""
    return "".join(letters for own, letters in pieces if not own)


def _counts(said: str) -> bool:
    """Whether letters of a format say a number by themselves."""
    return any(_is_numeral(letter) for letter in said) or bool(_SCALES.search(unicodedata.normalize("NFC", said)))


def _is_numeral(letter: str) -> bool:
    return unicodedata.numeric(letter, None) is not None


def _touches(said: str) -> bool:
    """Whether letters like digits stand right beside digits: what begins so."""
    return bool(_LIKE_DIGITS.fullmatch(re.split(r"[\s.,]", said)[0]))


def _seen_text(code: str, text: str) -> str | None:
    """A text is seen as it is, or it is not: hidden, doubled, or with words that are not its own."""
    _, section = sections(code)
    if section is None or section.has("general", "place"):
        return None
    said = "".join(token.text for token in section.tokens if token.kind not in ("@", "time"))
    shown = sum(token.kind == "@" for token in section.tokens)
    if shown == 1 and not any(letter.isalnum() for letter in said):
        return None
    return "".join(text if token.kind == "@" else token.text for token in section.tokens if token.kind != "time")


def _seen_day(section: FormatSection, number: Decimal) -> str | None:
    """A date or a time shows its own digits; digits of the format beside them must be among those."""
    said = "".join(token.text for token in section.tokens if token.kind in ("said", "bare"))
    if not _counts(said) or number >= END_OF_DAYS:
        return None
    day = EPOCH + timedelta(days=int(number))
    own = {"y": f"{day:%y}", "yyyy": f"{day:%Y}", "d": f"{day.day}", "dd": f"{day:%d}", "m": f"{day.month}"}
    own |= {"mm": f"{day:%m}", "e": f"{day:%Y}"}
    pieces = (
        own.get(each.text, own.get(each.text[:1], "")) if each.kind == "time" else each.text for each in section.tokens
    )
    shown = "".join(pieces)
    strange = any(_is_numeral(letter) and not letter.isascii() for letter in said)
    return shown if strange or not set(re.findall(r"[0-9]+", shown)) <= {*own.values()} else None
