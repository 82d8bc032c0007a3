"""The plain XML that office programs write: of a sheet and of the shared texts, where all readers must read the same.

XML leaves room for much that two readers understand differently. Our grammar leaves none: what it does not know is
refused. Well-formedness is the parser's to judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import chain, repeat
from typing import NamedTuple

from loithe_xl.caching import kept

MOST_SHARED = 2_000_000  # uses of shared texts
_SHORT, _MOST_KEPT = 500, 200_000  # bytes of a text that is kept, and of what stands around rows
_LONGEST_PREFIX = 32
_TOGETHER, _MOST_TOGETHER = 32, 20_000  # texts that are looked up at once, and bytes of them
MAIN_SPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^<>]*?encoding\s*=\s*["']([^"'<>]*)["']""")
_ROOT = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml\s[^<>]*+>)?\s*+<([\w.-]+:|)(worksheet|sst)(?:\s[^<>]*+)?>")
_COUNT = re.compile(rb"ount\s*=\s*[\"']\s*\+?([0-9]+)")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")  # ST_Xstring
_REFERENCE = re.compile("&([^;]*);")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

# In each pattern @ is the prefix of every name, ~ the space between two tags; ATTRS takes in the end of an empty tag.
# What may fail halfway stands in an atomic group: in a possessive one Python before 3.11.5 loses its way then.
_ATTRS = rb"(?:\s[^<>]*+)?+ /?+"
_TEXT = rb"<@tATTRS (?: (?<=/)> | > [^<]*+ </@t\s*+> ) ~"
_RUN = rb"<@r\s*+> ~ (?> (?: <@rPr\s*+ (?: /> | > (?> (?: (?!</?@rPr).)* ) </@rPr\s*+> ) ~ )? ) TEXT </@r\s*+> ~"
_PHONETIC = rb"<@rPh\s[^<>]*+> ~ TEXT </@rPh\s*+> ~ | <@phoneticPrATTRS (?<=/)> ~"
_WORDS = rb"(?> (?: TEXT | (?: RUN )+ )? ) (?> (?: PHONETIC )* )"
_CELLS = rb"~ <@sheetData\s*+ (?: /> | > )"
_ROWS = rb"""
~ (?: <@rowATTRS (?: (?<=/)> | > ~
    (?: <@cATTRS (?: (?<=/)> | > ~
      (?: <@fATTRS (?: (?<=/)> | > [^<]*+ </@f\s*+> ) ~ )?+
      (?: <@vATTRS (?: (?<=/)> | > [^<]*+ </@v\s*+> ) ~
        | <@is\s*+ (?: /> | > ~ WORDS </@is\s*+> ) ~ )?+
    </@c\s*+> ) ~ )*+
  </@row\s*+> ) ~ )*+"""
_STRING = rb"<@si\s*+ (?: /> | > ~ (WORDS) </@si\s*+> ) ~"
_STRINGS = rb"~ (?: <@si\s*+ (?: /> | > ~ WORDS </@si\s*+> ) ~ )*+"
_REST = rb"~ ((?: <@si\s*+ /> ~ )*+) ((?: <@extLst[\s>] | </@sst\s*+> ) .*)"
_SPACE = rb"\s*+"
_AFTER = re.compile(rb"(</[^<>]*>)\s+")


def strict(text: bytes) -> bytes:
    """The bytes as given; ValueError when they hold comments, CDATA, a DTD, instructions, or are in no UTF-8."""
    named = _ENCODING.match(text)
    wide = text[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
    if wide or (named and named[1].lower() not in (b"utf-8", b"utf8")):
        raise ValueError("letters in a code that two readers read differently")
    if b"<!" in text or text.count(b"<?") > 1:
        raise ValueError("markup that two readers read differently")
    return text


class SheetParts(NamedTuple):
    """A sheet's part taken apart: what stands before its rows, the rows in pieces of a few, and what follows them."""

    head: bytes
    pieces: list[bytes]
    tail: bytes
    prefix: bytes


def sheet(text: bytes) -> SheetParts:
    """The parts of a sheet; ValueError when it is not well-formed around its rows. ``rows`` judges these."""
    at, prefix = _root(text, b"worksheet")
    name = b"<%bsheetData" % prefix
    opened = _pattern(_CELLS, prefix, b"").match(text, max(text.find(name, at), 0))
    if not opened:
        raise ValueError("no cells")
    start = end = opened.end()
    if not opened[0].endswith(b"/>"):
        end = text.find(b"</%bsheetData" % prefix, start)
    head, tail = text[:start], text[end:] if end >= start else b""
    if b"sheetData" in text[: opened.start()] or name in tail:
        raise ValueError("cells in two places")
    _whole(b"%b</%bworksheet>" % (text[: opened.start()], prefix))  # the cells stand in nothing but the sheet
    _whole(head + tail)
    close = b"</%brow>" % prefix
    pieces = text[start:end].split(close)
    last = pieces.pop()
    pieces = [piece + close for piece in pieces]
    return SheetParts(head, [*pieces, last] if last else pieces, tail, prefix)


def rows(piece: bytes, prefix: bytes) -> bytes:
    """Some rows without space between their cells; ValueError when they are not simply rows of formulas and values."""
    if b"<!" in piece or b"<?" in piece or b"xmlns" in piece:
        raise ValueError("something else among the cells")
    if _pattern(_ROWS, prefix, b"").fullmatch(piece):
        return piece
    if not _pattern(_ROWS, prefix, _SPACE).fullmatch(piece):
        raise ValueError("cells in no plain order")
    return _AFTER.sub(rb"\1", piece).lstrip()


def shared_texts(text: bytes) -> list[str]:
    """The texts that cells share, by their number; ValueError when they are no plain list."""
    at, prefix = _root(text, b"sst")
    if text[:at].endswith(b"/>"):  # no text at all
        _whole(text)
        return []
    *pieces, rest = text[at:].split(b"</%bsi>" % prefix)
    end = _pattern(_REST, prefix, _SPACE).fullmatch(rest)
    if not end:
        raise ValueError("something else among the texts")
    if any(int(number) > MOST_SHARED for number in _COUNT.findall(text, 0, at)):
        raise ValueError("more texts than there can be: calamine would make room for all")
    _whole(text[:at] + end[2])
    found: list[str] = []
    for start in range(0, len(pieces), _TOGETHER):
        some = tuple(pieces[start : start + _TOGETHER])
        found += _kept_some(some, prefix) if sum(map(len, some)) <= _MOST_TOGETHER else _some(some, prefix)
    return found + [""] * end[1].count(b"<")


def _some(pieces: tuple[bytes, ...], prefix: bytes) -> list[str]:
    """So many texts, those that were met before as they were read then."""
    return [*chain.from_iterable(map(_texts_or_kept, pieces, repeat(prefix)))]


_kept_some = kept(2_000_000)(_some)  # the files of one form differ in few


def _texts(piece: bytes, prefix: bytes) -> tuple[str, ...]:
    """Some texts, but for the end of the last one; ValueError when they are no plain list."""
    listed = b"%b</%bsi>" % (piece, prefix)
    if b"<!" in listed or b"<?" in listed or b"xmlns" in listed:
        raise ValueError("something else among the texts")
    if not _pattern(_STRINGS, prefix, _SPACE).fullmatch(listed):
        raise ValueError("something else among the texts")
    _parse(b"<texts>%b</texts>" % listed.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</"))
    return tuple(_said(item[1] or b"", prefix) for item in _pattern(_STRING, prefix, _SPACE).finditer(listed))


_kept_texts = kept(2_000_000)(_texts)  # the files of one form share most of theirs


def _texts_or_kept(piece: bytes, prefix: bytes) -> tuple[str, ...]:
    return _kept_texts(piece, prefix) if len(piece) <= _SHORT else _texts(piece, prefix)


def decoded(words: str) -> str:
    """A text with the letters that XML cannot hold, which Excel writes as ``_x000D_``."""
    return _ESCAPE.sub(lambda code: chr(int(code[1], 16)), words) if "_x" in words else words


def _said(words: bytes, prefix: bytes) -> str:
    """The letters of one text, its runs joined and phonetic hints left out."""
    cut = words.find(b"<%brPh" % prefix)
    pieces = (piece.group() for piece in _pattern(_TEXT, prefix, _SPACE).finditer(words if cut < 0 else words[:cut]))
    return _read(b"".join(each[each.index(b">") + 1 : max(each.rfind(b"<"), 0)] for each in pieces).decode())


def _read(letters: str) -> str:
    """Letters as they stand in well-formed XML, read."""
    letters = letters.replace("\r\n", "\n").replace("\r", "\n")
    return decoded(_REFERENCE.sub(_referred, letters))


def _referred(found: re.Match[str]) -> str:
    name = found[1]
    return chr(int(name[2:], 16) if name[1] == "x" else int(name[1:])) if name[0] == "#" else _NAMED[name]


def _root(text: bytes, name: bytes) -> tuple[int, bytes]:
    """Where a document's outermost element begins to hold something, and the prefix of its names."""
    found = _ROOT.match(text)
    if not found or found[2] != name:
        raise ValueError(f"no {name.decode()}")
    if len(found[1]) > _LONGEST_PREFIX:
        raise ValueError("a prefix longer than any program writes")
    declared = b"xmlns:%b" % found[1][:-1] if found[1] else b"xmlns"
    if not re.search(rb"\s%b\s*=\s*[\"']%b[\"']" % (declared, re.escape(MAIN_SPACE)), found[0]):
        raise ValueError("names of another kind")
    return found.end(), found[1]


@lru_cache(maxsize=16)
def _pattern(source: bytes, prefix: bytes, space: bytes) -> re.Pattern[bytes]:
    for name, part in (
        (b"WORDS", _WORDS),
        (b"RUN", _RUN),
        (b"PHONETIC", _PHONETIC),
        (b"TEXT", _TEXT),
        (b"ATTRS", _ATTRS),
    ):
        source = source.replace(name, part)
    return re.compile(source.replace(b"@", re.escape(prefix)).replace(b"~", space), re.VERBOSE | re.DOTALL)


def _whole(text: bytes) -> None:
    """ValueError when a part without its rows or texts is no plain document."""
    _kept_whole(text) if len(text) <= _MOST_KEPT else _parse(strict(text))


@kept(2_000_000)
def _kept_whole(text: bytes) -> None:
    """Judged once: the files of one form share most of theirs."""
    _parse(strict(text))


def elements(text: bytes) -> list[tuple[int, str, dict[str, str]]]:
    """Every element of a document with its depth, from 0, and its attributes; a name is led by its namespace and a
    blank. ValueError when the document is not well-formed."""
    found: list[tuple[int, str, dict[str, str]]] = []
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        found.append((depth, name, attributes))
        depth += 1

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    _parse(text, start, end)
    return found


def _parse(
    text: bytes, start: Callable[[str, dict[str, str]], None] | None = None, end: Callable[[str], None] | None = None
) -> None:
    """ValueError when it is not well-formed."""
    from xml.parsers import expat

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, LookupError) as fault:  # the latter of an encoding that nobody knows
        raise ValueError(str(fault)) from fault
