"""Who a workbook belongs to: a signed token of at most 255 ASCII characters, the same for equal input."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from loithe_xl.language.issues import Fault, Issue, issue

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

VERSION = "LT1"
LONGEST_TOKEN = 255  # what a custom property and a defined-name constant hold
_DIGEST = re.compile(r"[0-9a-f]{12}")
_PACK_DIGEST = re.compile(r"[A-Za-z0-9_-]{16}")
_DAY = re.compile(r"[0-9]{8}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{8}")
_ESCAPE = re.compile("_(?=x)")  # may begin what programs read as a letter, so that it stands escaped in a file
_TURNS = 100  # of the nonce, until a token holds none but those of a key that an earlier version made


@dataclass(frozen=True, slots=True)
class Identity:
    """What a token says: unit and period, cut-off and deadline, the pack and the digest of the form's layout.

    ``pack_digest`` vouches for a pack that does not come with the program: for the copy that a workbook carries.
    """

    unit: str
    period: str
    cutoff: date
    deadline: date
    pack: str
    digest: str  # 12 lower-case hexadecimal digits
    pack_digest: str = ""  # 16 letters of base64url; blank for a pack that comes with the program


@dataclass(frozen=True, slots=True)
class Signed:
    """What a workbook says of itself, proved: its token, the identity in it, and the public key that signed it."""

    token: str
    identity: Identity
    key: str


def new_private_key() -> bytes:
    """A fresh Ed25519 private key: 32 raw bytes; its public key looks like no escape."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    while True:
        private = Ed25519PrivateKey.generate().private_bytes_raw()
        if not _ESCAPE.search(public_key(private)):
            return private


def public_key(private: bytes) -> str:
    """The public key as tokens carry it: 43 characters of base64url."""
    return _pair(private)[1]


def sign(identity: Identity, private: bytes) -> str:
    """The token. A unit's code too long for 255 characters is a Fault; a field no token can hold, a ValueError."""
    fields = _fields(identity)
    if _identity(fields) != identity:
        raise ValueError(f"no token can hold {identity}")
    payload = "|".join((VERSION, *fields))
    least = len(_ESCAPE.findall(_pair(private)[1]))
    tokens = (_token(payload, private, turn) for turn in range(_TURNS))
    token = next((each for each in tokens if len(_ESCAPE.findall(each)) == least), "") or _token(payload, private, 0)
    if len(token) > LONGEST_TOKEN:
        raise Fault([issue("TOKEN_TOO_LONG", unit=identity.unit)], 3)
    return token


def _token(payload: str, private: bytes, turn: int) -> str:
    # Not at random: the same form for the same unit must be the same bytes.
    secret = f"{payload}|{turn}" if turn else payload
    nonce = encode(hmac.digest(private, secret.encode("ascii"), "sha256"))[:8]
    signer, public = _pair(private)
    signed = f"{payload}|{nonce}|{public}"
    return f"{signed}|{encode(signer.sign(signed.encode('ascii')))}"


def parse(token: str) -> tuple[Identity, str] | Issue:
    """The identity and the public key that signed it; an Issue when the token is malformed or its signature false."""
    token = token.strip()
    version, *fields = token.split("|")
    if version != VERSION and re.fullmatch(r"LT[0-9]{1,3}", version):
        return issue("TOKEN_VERSION")
    if len(token) > LONGEST_TOKEN or not token.isascii() or version != VERSION or len(fields) not in (9, 10):
        return issue("TOKEN_MALFORMED")
    *said, nonce, public, signature = fields
    identity, key, proof = _identity(said), decode(public, 32), decode(signature, 64)
    if identity is None or key is None or proof is None or not _NONCE.fullmatch(nonce):
        return issue("TOKEN_MALFORMED")
    return (identity, public) if vouched(token.rpartition("|")[0], signature, public) else issue("TOKEN_FORGED")


def vouch(words: str, private: bytes) -> str:
    """A signature of some other text by the office that signs tokens."""
    return encode(_pair(private)[0].sign(words.encode()))


def vouched(words: str, signature: str, public: str) -> bool:
    """Whether this office signed the text."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key, proof = decode(public, 32), decode(signature, 64)
    if key is None or proof is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(proof, words.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def agree(tokens: Iterable[str]) -> str | Issue:
    """The one token found in several places; blank places do not count."""
    found = {token.strip() for token in tokens} - {""}
    if not found:
        return issue("TOKEN_MISSING")
    return found.pop() if len(found) == 1 else issue("TOKEN_CONFLICT")


def derived_bytes(private: bytes, purpose: str) -> bytes:
    """32 bytes that only this key and purpose give: salts without chance."""
    return hmac.digest(private, b"derive|" + purpose.encode("utf-8"), "sha256")


def fingerprint(public: str) -> str:
    """A public key in a form that two people can compare by telephone: ``3F2A-91C0-77DE-0B14``."""
    digits = hashlib.sha256(public.encode("ascii")).hexdigest()[:16].upper()
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def encode(raw: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode(text: str, size: int) -> bytes | None:
    """The ``size`` bytes that encode to exactly this text, or None."""
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        return None
    # The library skips foreign characters and spare bits; a token has one spelling only.
    return raw if len(raw) == size and encode(raw) == text else None


@lru_cache(4)
def _pair(private: bytes) -> tuple[Ed25519PrivateKey, str]:
    """What signs, and its public key: kept, for to make them takes as long as to sign."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signer = Ed25519PrivateKey.from_private_bytes(private)
    return signer, encode(signer.public_key().public_bytes_raw())


def _fields(identity: Identity, line: str = "%5F") -> tuple[str, ...]:
    """``line``: what stands for an underscore that might begin an escape; itself in tokens of earlier versions."""
    said = identity.unit, identity.period, identity.pack
    unit, period, pack = (_ESCAPE.sub(line, quote(text, safe="")) for text in said)
    cutoff, deadline = (day.isoformat().replace("-", "") for day in (identity.cutoff, identity.deadline))
    return unit, period, cutoff, deadline, pack, identity.digest, *filter(None, (identity.pack_digest,))


def _identity(fields: Iterable[str]) -> Identity | None:
    """The fields of a token as an identity; None when they are not the one spelling of it."""
    fields = tuple(fields)
    unit, period, cutoff, deadline, pack, digest, *pack_digest = fields
    if not (unit and period and pack and _DAY.fullmatch(cutoff) and _DAY.fullmatch(deadline)):
        return None
    try:
        days = [date.fromisoformat(f"{day[:4]}-{day[4:6]}-{day[6:]}") for day in (cutoff, deadline)]
        unit, period, pack = (unquote(text, errors="strict") for text in (unit, period, pack))
    except ValueError:
        return None
    identity = Identity(unit, period, days[0], days[1], pack, digest, *pack_digest)
    whole = _DIGEST.fullmatch(digest) and all(map(_PACK_DIGEST.fullmatch, pack_digest))
    return identity if whole and fields in (_fields(identity), _fields(identity, "_")) else None
