"""Vietnamese typed for a font of the time before Unicode (TCVN3, VNI): recognised, never converted.

Such a text holds other letters than its font showed: ``§¶ng viªn`` (TCVN3) or ``Ñaûng vieân`` (VNI) for ``Đảng viên``.
A word is taken for one when read by the old code it is a Vietnamese syllable, and as it stands it is none. Two such
words make the finding, or one in a text without any letter that only Unicode has.
"""

from __future__ import annotations

import re
import unicodedata

from loithe_xl.caching import kept

TCVN3, VNI = "TCVN3 (ABC)", "VNI"
# TCVN 5712:1993, VN3: one code per letter. Capitals with a tone are the same codes in a font of capitals.
_TCVN3 = dict(
    zip(
        "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ¡¢£¤¥¦§",
        "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵăâêôơưđ",
        strict=True,
    )
)
# VNI Windows: a letter, and behind it the sign of its hat and tone; a few letters have a code of their own.
_VNI_ALONE = dict(zip("ñôöíìæóòî", "đơưíìỉĩịỵ", strict=True))
_VNI_TONES = dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_VNI_SIGNS = {
    "a": dict(zip("âáàåãäêéèúüë", "âấầẩẫậăắằẳẵặ", strict=True)),
    "e": dict(zip("âáàåãä", "êếềểễệ", strict=True)),
    "o": dict(zip("âáàåãä", "ôốồổỗộ", strict=True)),
}
_VNI = _VNI_ALONE | {
    letter + sign: unicodedata.normalize("NFC", _VNI_ALONE.get(letter, letter) + tone)
    for letter in "aeouyôö"
    for sign, tone in _VNI_TONES.items()
    if letter + sign != "yï"
}
_VNI |= {letter + sign: read for letter, signs in _VNI_SIGNS.items() for sign, read in signs.items()}
_VNI_PARTS = re.compile("|".join(sorted(_VNI, key=len, reverse=True)))

_INITIALS = "b|ch|c|d|đ|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|q|r|s|th|tr|t|v|x"
_RHYMES = """a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep
et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang oanh
oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong oong ooc op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp
ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên uyêt uynh uyt
uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu""".split()
_SYLLABLE = re.compile(f"(?:{_INITIALS})?(?:{'|'.join(sorted(_RHYMES, key=len, reverse=True))})")
# Names of places in other tongues of the country are spelt more freely: Krông, Đắk, Pờ Tó.
_LIKE_ONE = re.compile(f"[bcdđfghjklmnpqrstvwxz]*(?:{'|'.join(sorted(_RHYMES, key=len, reverse=True))})[bcghklmnprst]*")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_WORD = re.compile(r"[^\s!-@\[-`{-~“”‘’…–—•]+")
_ENOUGH = 2  # words
_SIGN = 2  # letters: what is no longer may be a sign, such as µm
_LAST_OLD = "\u00ff"  # Unicode's own Vietnamese letters come after it, but for a few


def legacy_font(words: str) -> str:
    """The old code that a text is written in, by name; blank for a text in Unicode."""
    found = [word for word in _WORD.findall(words) if not word.isascii()]
    if not found:
        return ""
    doubtful = [word for word in found if max(word) <= _LAST_OLD]
    old, name = max((sum(_is_old(word, name) for word in doubtful), name) for name in (TCVN3, VNI))
    only = doubtful == found and (len(found) > 1 or (len(words.split()) == 1 and len(words) > _SIGN))
    return name if old >= _ENOUGH or (old and only) else ""


@kept(1_000_000)
def _is_old(word: str, name: str) -> bool:
    read = _from_tcvn3(word) if name == TCVN3 else _from_vni(word.lower())
    if len(word) < _SIGN:
        return False  # a dot at half height between words, say
    return read != word.lower() and _fits(_SYLLABLE, read) and not _fits(_LIKE_ONE, word.lower())


def _from_tcvn3(word: str) -> str:
    """The word by its old codes; as it stands where it holds a letter that is none of them."""
    read = "".join(letter if letter.isascii() else _TCVN3.get(letter, "?") for letter in word)
    return (word if "?" in read else read).lower()


def _from_vni(word: str) -> str:
    return _VNI_PARTS.sub(lambda part: _VNI[part[0]], word)


def _fits(shape: re.Pattern[str], word: str) -> bool:
    """Whether a word without its tone has this shape; a word has one tone at most, and a letter of no sound is none."""
    bare, tones = _TONES.subn("", unicodedata.normalize("NFD", word))
    return tones <= 1 and shape.fullmatch(unicodedata.normalize("NFC", bare)) is not None
