"""What a unit's files and folders are called: its code first, its name so that a person finds it, the period last.

Such a name is good on any system and in mail, and no two units share one. Nobody reads anything from it: a received
file says itself whose it is.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from loithe_xl.language.catalogue import catalogue
from loithe_xl.register.register import Unit

LONGEST_STEM, LONGEST_FOLDER = 80, 32  # letters: Excel opens no path of more than 218, and folders lie four deep
_LONGEST_CODE, _LONGEST_MARKED = 40, 32
_SIGNS = "_&'()+,.-"
_LETTERS = "A-Za-zÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ0-9"  # Vietnamese, each one letter (NFC); and figures
_PLAIN_CODE = re.compile(rf"(?![.\-])[{_LETTERS}{re.escape(_SIGNS)}]+(?<!\.)")
_MARKED = re.compile(r".*-[0-9a-f]{8}", re.DOTALL)  # as only a code ends that had to be changed
# Names that Windows keeps for itself, and the folder that is passed over where received files are looked for.
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))}
_PASSED_OVER = "BAN-CU"


def form_name(unit: Unit, period: str) -> str:
    """The name of a unit's form: ``00.07.001.C001 CB khu phố 1 2023-02.xlsx``."""
    return f"{_label(unit, LONGEST_STEM - len(period) - 1)} {period}.xlsx"


def folder_name(unit: Unit) -> str:
    """The name of a unit's folder: ``00.07.001 ĐB xã Mẫu An``."""
    return _label(unit, LONGEST_FOLDER)


def safe_code(code: str) -> str:
    """A code as the first word of a file's name: as it is, unless a system or a mail program would change it.

    A changed one ends with a piece of its fingerprint, and so does one that looks changed: no two become the same.
    """
    reserved = code.split(".")[0].upper() in _RESERVED or code.upper() == _PASSED_OVER
    if _PLAIN_CODE.fullmatch(code) and not (reserved or len(code) > _LONGEST_CODE or _MARKED.fullmatch(code)):
        return code
    kept = re.sub(rf"[^{_LETTERS}_]+", "-", unicodedata.normalize("NFC", code))[:_LONGEST_MARKED].strip("-")
    return f"{kept or 'X'}-{hashlib.sha256(code.encode()).hexdigest()[:8]}"


def short_name(name: str) -> str:
    """A unit's name with the abbreviations in use and without the signs that no file's name can have."""
    words = unicodedata.normalize("NFC", name).replace("uỷ", "ủy").replace("Uỷ", "Ủy")  # as either is written
    for long, short in catalogue("register")["abbreviations"].items():
        words = re.sub(rf"(?<!\w){long}(?!\w)", short, words, flags=re.IGNORECASE)
    bare = (sign for sign in words if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() or sign in _SIGNS else " " for sign in bare).split())


def _label(unit: Unit, longest: int) -> str:
    """The code, and as many whole words of the short name as there is room for."""
    code = safe_code(unit.code)
    label = ""
    for word in short_name(unit.name).split():
        if len(code) + len(label) + 1 + len(word) > longest:
            break
        label = f"{label} {word}"
    return code + label.rstrip(f" {_SIGNS.replace(')', '')}")
