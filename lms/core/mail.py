"""Where letters go: an SMTP server, or files in the home folder where none is set."""

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lms.core.late import Late
from lms.core.settings import Settings

# Only the worker speaks to a mail server; a web process does without.
smtplib: Any = Late("smtplib")


def mailer_for(settings: Settings) -> Callable[[EmailMessage], None]:
    """Return what sends one letter; it raises OSError (SMTPException is one) when it could not."""
    if settings.smtp_url:
        return _smtp(settings.smtp_url)
    return _files(settings.home_path / "mail")


def about_the_letter(failure: Exception) -> bool:
    """Say whether a server took the call and refused this letter; otherwise the next letter would fare no better."""
    return isinstance(failure, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)


def lasting(failure: Exception) -> bool:
    """Say whether the server refused the letter for good (5xx), so that trying again is useless."""
    return about_the_letter(failure) and all(code >= 500 for code, _said in _answers(failure))


def reason(failure: Exception) -> str:
    """Write why a letter could not go out: the kind, and what the server answered; never the letter's text."""
    said = "; ".join(f"{code} {text}" for code, text in _answers(failure))
    words = said or (str(failure) if isinstance(failure, OSError) else "")
    return f"{type(failure).__name__}: {words}"[:250].rstrip(": ")


def _answers(failure: Exception) -> list[tuple[int, str]]:
    found: list[tuple[int, bytes | str]] = []
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        found = list(failure.recipients.values())
    elif isinstance(failure, smtplib.SMTPResponseException):
        found = [(failure.smtp_code, failure.smtp_error)]
    return [(code, text.decode(errors="replace") if isinstance(text, bytes) else text) for code, text in found]


def _smtp(url: str) -> Callable[[EmailMessage], None]:
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"

    def send(letter: EmailMessage) -> None:
        connect = smtplib.SMTP_SSL if secure else smtplib.SMTP
        with connect(parts.hostname or "localhost", parts.port or (465 if secure else 587), timeout=20) as server:
            if not secure and parts.username:
                server.starttls()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(letter)

    return send


def _files(folder: Path) -> Callable[[EmailMessage], None]:
    def send(letter: EmailMessage) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = str(letter["Message-ID"]).strip("<>").partition("@")[0]
        (folder / f"{name}.eml").write_bytes(bytes(letter))

    return send
