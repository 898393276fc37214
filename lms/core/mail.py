"""Where letters go: an SMTP server, or files in the home folder where none is set."""

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lms.core.settings import Settings


def mailer_for(settings: Settings) -> Callable[[EmailMessage], None]:
    """Return what sends one letter; it raises OSError (SMTPException is one) when it could not."""
    if settings.smtp_url:
        return _smtp(settings.smtp_url)
    return _files(settings.home_path / "mail")


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
