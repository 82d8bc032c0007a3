"""Tokens: what goes in comes out, nothing else passes, equal input gives equal bytes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loithe_xl.identity.token import (
    LONGEST_TOKEN,
    Identity,
    agree,
    decode,
    derived_bytes,
    encode,
    fingerprint,
    new_private_key,
    parse,
    public_key,
    sign,
    vouch,
    vouched,
)
from loithe_xl.language.issues import Fault, Issue

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
CELL = Identity("00.07.003.C012", "2023-02", date(2023, 2, 28), date(2023, 3, 5), "loi_the", "0123456789ab")
TOKEN = sign(CELL, KEY)


def refusal(token: str) -> str:
    found = parse(token)
    assert isinstance(found, Issue)
    return found.code


def test_a_token_is_read_as_it_was_signed() -> None:
    assert parse(TOKEN) == (CELL, public_key(KEY))
    assert TOKEN.startswith("LT1|00.07.003.C012|2023-02|20230228|20230305|loi_the|0123456789ab|")
    assert len(TOKEN.split("|")) == 10
    assert parse(f" {TOKEN}\n") == (CELL, public_key(KEY))


@given(
    unit=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    period=st.from_regex(r"[0-9]{4}(-[0-9]{2}|-Q[1-4])?", fullmatch=True),
    days=st.tuples(st.dates(), st.dates()),
    digest=st.from_regex(r"[0-9a-f]{12}", fullmatch=True),
    pack_digest=st.from_regex(r"([A-Za-z0-9_-]{16})?", fullmatch=True),
    private=st.binary(min_size=32, max_size=32),
)
def test_every_identity_that_fits_comes_back(
    unit: str, period: str, days: tuple[date, date], digest: str, pack_digest: str, private: bytes
) -> None:
    identity = Identity(unit, period, *days, "loi_the", digest, pack_digest)
    token = ""
    with suppress(Fault):  # too long
        token = sign(identity, private)
    assume(token)
    assert token.isascii()
    assert token.isprintable()
    assert len(token) <= LONGEST_TOKEN
    assert parse(token) == (identity, public_key(private))
    assert sign(identity, private) == token


def test_a_code_of_forty_plain_letters_fits_and_a_longer_token_is_refused() -> None:
    assert len(sign(replace(CELL, unit="0" * 40, pack="pack_of_its_own"[:14], pack_digest="A" * 16), KEY)) == 255
    with pytest.raises(Fault) as fault:
        sign(replace(CELL, unit="ữ" * 40), KEY)
    assert fault.value.issues[0].code == "TOKEN_TOO_LONG"


def test_a_longer_token_is_no_token_however_well_it_is_signed() -> None:
    """No document property of Excel holds it: whoever wrote it did not use this program."""
    for letters, expected in ((40, ""), (41, "TOKEN_MALFORMED")):
        body = TOKEN.rpartition("|")[0].replace(CELL.unit, "0" * letters).replace("loi_the", "a" * 31)
        token = f"{body}|{vouch(body, KEY)}"
        assert len(token) == LONGEST_TOKEN + letters - 40
        assert vouched(body, token.rpartition("|")[2], public_key(KEY))
        assert (refusal(token) if expected else "") == expected
        assert isinstance(parse(token), Issue) == bool(expected)


@pytest.mark.parametrize(
    "change",
    [{"unit": ""}, {"digest": "short"}, {"digest": "0123456789AB"}, {"pack": ""}, {"pack_digest": "short"}],
)
def test_what_no_token_can_hold_is_the_caller_s_fault(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no token can hold"):
        sign(replace(CELL, **change), KEY)  # type: ignore[arg-type]


@given(st.integers(0, len(TOKEN) - 1), st.characters(min_codepoint=33, max_codepoint=126))
def test_no_letter_can_be_changed(place: int, letter: str) -> None:
    assume(TOKEN[place] != letter)
    assert refusal(TOKEN[:place] + letter + TOKEN[place + 1 :]) in ("TOKEN_FORGED", "TOKEN_MALFORMED", "TOKEN_VERSION")


def test_forged_fields_and_foreign_signatures() -> None:
    assert refusal(TOKEN.replace("C012", "C013")) == "TOKEN_FORGED"
    assert refusal(TOKEN.replace("20230305", "20230405")) == "TOKEN_FORGED"
    assert refusal(TOKEN.replace(public_key(KEY), public_key(OTHER))) == "TOKEN_FORGED"
    own, others = TOKEN.rpartition("|"), sign(CELL, OTHER).rpartition("|")
    assert refusal("|".join((own[0], others[2]))) == "TOKEN_FORGED"


def test_malformed_tokens() -> None:
    body = TOKEN.split("|")
    broken = [
        "",
        "LT1",
        "xin chào",
        "|" * 9,
        TOKEN[:-1],
        TOKEN + "=",
        TOKEN + "|",
        TOKEN.replace("LT1", "lt1"),
        TOKEN.replace("20230228", "20230230"),
        TOKEN.replace("20230228", "2023022８"),
        TOKEN.replace("00.07", "%30%30.07"),
        TOKEN.replace("00.07", "%ff.07"),
        TOKEN.replace("0123456789ab", "0123456789aB"),
        "|".join([*body[:7], "xx", *body[8:]]),
        "|".join([*body[:7], "A" * 15, *body[7:]]),
        "|".join([*body[:7], *["A" * 16] * 2, *body[7:]]),
        "x" * 10_000,
    ]
    assert {token: refusal(token) for token in broken} == dict.fromkeys(broken, "TOKEN_MALFORMED")
    assert refusal(TOKEN.replace("LT1", "LT2")) == "TOKEN_VERSION"


def test_a_signature_has_one_spelling() -> None:
    """The last of 86 letters carries 4 bits that mean nothing; they must be zero."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spare = letters[letters.index(TOKEN[-1]) + 1]
    assert refusal(TOKEN[:-1] + spare) == "TOKEN_MALFORMED"


def test_nonce_and_salts_come_from_key_and_payload() -> None:
    def nonce(token: str) -> str:
        return token.split("|")[7]

    assert nonce(TOKEN) == nonce(sign(CELL, KEY))
    assert nonce(TOKEN) != nonce(sign(replace(CELL, unit="00.07.003.C013"), KEY))
    assert nonce(TOKEN) != nonce(sign(CELL, OTHER))
    assert derived_bytes(KEY, "salt") == derived_bytes(KEY, "salt")
    assert len({derived_bytes(KEY, "salt"), derived_bytes(KEY, "muối"), derived_bytes(OTHER, "salt")}) == 3
    assert len(derived_bytes(KEY, "")) == 32


def test_the_three_places_must_agree() -> None:
    assert agree([TOKEN, "", TOKEN + " "]) == TOKEN
    assert agree(["", "", TOKEN]) == TOKEN
    missing, conflict = agree(["", " ", ""]), agree([TOKEN, "", sign(CELL, OTHER)])
    assert isinstance(missing, Issue)
    assert isinstance(conflict, Issue)
    assert (missing.code, conflict.code) == ("TOKEN_MISSING", "TOKEN_CONFLICT")


def test_keys_and_their_fingerprints() -> None:
    assert len({new_private_key(), new_private_key(), KEY}) == 3
    assert len(new_private_key()) == 32
    assert len(public_key(KEY)) == 43
    # RFC 8032, section 7.1, test 1
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert public_key(private) == encode(public)
    assert fingerprint(public_key(KEY)) != fingerprint(public_key(OTHER))
    assert len(fingerprint(public_key(KEY))) == 19


@given(st.binary(max_size=70))
def test_base64url_has_one_spelling(raw: bytes) -> None:
    assert decode(encode(raw), len(raw)) == raw
    assert decode(encode(raw), len(raw) + 1) is None
    assert decode(encode(raw) + "!", len(raw)) is None
