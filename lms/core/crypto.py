"""Hashes, signed tokens, sealed text and passwords. Everything that is secret or compared passes through here."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lms.core.errors import LmsError

# OWASP's second profile (19 MiB, two passes, one lane): 64 MiB per sign-in would let eight requests take half a gigabyte.
_PASSWORDS = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_VERSION = 1
_NONCE = 12
_WRAPPED = 32 + 16


class SealBroken(LmsError):
    """Sealed text does not open: the key is gone, or the bytes were moved or changed."""

    status = 500


def digest(data: bytes | str) -> str:
    """Return the SHA-256 of `data` as 64 hex digits."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare in constant time, so that timing tells nothing about a secret."""
    return hmac.compare_digest(left.encode(), right.encode())


def hash_password(password: str) -> str:
    """Return an argon2id hash of `password`."""
    return _PASSWORDS.hash(password)


def check_password(stored: str | None, password: str) -> bool:
    """Say whether `password` fits; an unknown person costs the same time as a wrong password (no account is revealed)."""
    try:
        return _PASSWORDS.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """Say whether a hash was made with older settings."""
    return _PASSWORDS.check_needs_rehash(stored)


_NOBODY = hash_password(base64.b64encode(os.urandom(24)).decode())


@dataclass(frozen=True)
class Keyring:
    """Keys derived from the deployment's secrets: the first seals, all open (so a secret can be rotated)."""

    secrets: tuple[str, ...]

    @classmethod
    def of(cls, secrets: Sequence[str]) -> "Keyring":
        """Build a ring from one or more secrets, newest first."""
        return cls(tuple(secrets))

    @cached_property
    def _sealing(self) -> dict[bytes, AESGCM]:
        return {_key_id(secret): AESGCM(_derive(secret, "seal")) for secret in self.secrets}

    def seal(self, text: str, where: str) -> bytes:
        """Encrypt `text` for one place only.

        `where` names table, row and column (`lms_narrative_draft:K3…:text`) and is bound in as associated data, so
        ciphertext copied to another row does not open. A fresh data key per value is wrapped by the newest secret.
        """
        data_key, nonce, wrap_nonce = os.urandom(32), os.urandom(_NONCE), os.urandom(_NONCE)
        key_id, wrapping = next(iter(self._sealing.items()))
        wrapped = wrapping.encrypt(wrap_nonce, data_key, where.encode())
        sealed = AESGCM(data_key).encrypt(nonce, text.encode(), where.encode())
        return bytes([_VERSION]) + key_id + wrap_nonce + wrapped + nonce + sealed

    def open(self, sealed: bytes, where: str) -> str:
        """Decrypt what `seal` made for the same place; raise SealBroken for anything else."""
        key_id, rest = bytes(sealed[1:5]), bytes(sealed[5:])
        wrapping = self._sealing.get(key_id)
        if not sealed or sealed[0] != _VERSION or wrapping is None:
            raise SealBroken("This text cannot be opened: its key is not here.")
        wrapped, body = rest[_NONCE : _NONCE + _WRAPPED], rest[_NONCE + _WRAPPED :]
        try:
            data_key = wrapping.decrypt(rest[:_NONCE], wrapped, where.encode())
            return AESGCM(data_key).decrypt(body[:_NONCE], body[_NONCE:], where.encode()).decode()
        except InvalidTag as broken:
            raise SealBroken("This text cannot be opened: it was changed or moved.") from broken

    def sign(self, purpose: str, message: str) -> str:
        """Return a signature of `message` for one purpose, as URL-safe text."""
        return _mac(self.secrets[0], purpose, message)

    def signed(self, purpose: str, message: str, signature: str) -> bool:
        """Say whether `signature` was made for this message and purpose with any key of the ring."""
        return any(same(_mac(secret, purpose, message), signature) for secret in self.secrets)

    def web_secret(self) -> str:
        """Return the key that signs the browser cookie, apart from the keys that seal stories."""
        return _derive(self.secrets[0], "web").hex()


@lru_cache(maxsize=256)
def _derive(secret: str, purpose: str) -> bytes:
    # Every page signs something; deriving the same key anew for each would cost more than the signature.
    return HKDF(hashes.SHA256(), 32, salt=b"groundwork", info=purpose.encode()).derive(secret.encode())


def _key_id(secret: str) -> bytes:
    return hashlib.sha256(_derive(secret, "id")).digest()[:4]


def _mac(secret: str, purpose: str, message: str) -> str:
    mac = hmac.new(_derive(secret, "sign:" + purpose), message.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
