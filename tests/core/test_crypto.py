import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core import crypto

RING = crypto.Keyring.of(["first secret of thirty-two letters"])


@given(st.text())
def test_sealed_text_opens_where_it_was_sealed(text: str) -> None:
    sealed = RING.seal(text, "table:code:column")
    assert RING.open(sealed, "table:code:column") == text
    assert len(text) < 8 or text.encode() not in sealed


def test_sealed_text_does_not_open_elsewhere() -> None:
    sealed = RING.seal("a story", "table:one:text")
    with pytest.raises(crypto.SealBroken, match="moved"):
        RING.open(sealed, "table:two:text")


@given(st.integers(0, 500), st.integers(1, 255))
def test_one_changed_byte_breaks_the_seal(at: int, change: int) -> None:
    sealed = bytearray(RING.seal("a story of some length", "here"))
    sealed[at % len(sealed)] ^= change
    with pytest.raises(crypto.SealBroken):
        RING.open(bytes(sealed), "here")


def test_an_older_secret_still_opens_and_a_lost_one_does_not() -> None:
    sealed = RING.seal("a story", "here")
    rotated = crypto.Keyring.of(["second secret of thirty-two letters", *RING.secrets])
    assert rotated.open(sealed, "here") == "a story"
    with pytest.raises(crypto.SealBroken, match="key"):
        crypto.Keyring.of(["another secret of thirty-two letters"]).open(sealed, "here")


def test_the_same_text_never_seals_to_the_same_bytes() -> None:
    assert RING.seal("a story", "here") != RING.seal("a story", "here")


def test_a_signature_holds_for_one_purpose_and_one_message() -> None:
    signature = RING.sign("reset", "person")
    assert RING.signed("reset", "person", signature)
    assert not RING.signed("invite", "person", signature)
    assert not RING.signed("reset", "another", signature)


def test_passwords() -> None:
    stored = crypto.hash_password("a long enough password")
    assert crypto.check_password(stored, "a long enough password")
    assert not crypto.check_password(stored, "another password")
    assert not crypto.check_password(None, "a long enough password")
    assert not crypto.check_password("not a hash", "a long enough password")
    assert not crypto.needs_rehash(stored)
    assert "m=19456,t=2,p=1" in stored


def test_digest_and_comparison() -> None:
    assert crypto.digest("a") == crypto.digest(b"a") != crypto.digest("b")
    assert crypto.same("ä", "ä")
    assert not crypto.same("a", "b")


def test_the_cookie_key_is_not_the_sealing_secret() -> None:
    assert RING.secrets[0] not in RING.web_secret()
