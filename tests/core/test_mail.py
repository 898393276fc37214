from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from lms.core.mail import mailer_for
from lms.core.settings import Settings


def letter() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = (
        "a@here.example",
        "b@there.example",
        "Ẹ káàbọ̀",
        "<abc@here.example>",
    )
    made.set_content("Good day.")
    return made


def test_without_a_server_letters_are_files(tmp_path: Path) -> None:
    mailer_for(Settings(home=str(tmp_path)))(letter())
    found = message_from_bytes((tmp_path / "mail" / "abc.eml").read_bytes())
    assert found["To"] == "b@there.example"


class _Box(Message):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[str] = []

    def handle_message(self, message: object) -> None:
        self.got.append(str(message["To"]))  # type: ignore[index]


def test_a_server_gets_the_letter(unused_tcp_port: int) -> None:
    box = _Box()
    controller = Controller(box, hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    try:
        mailer_for(Settings(smtp_url=f"smtp://127.0.0.1:{unused_tcp_port}"))(letter())
    finally:
        controller.stop()
    assert box.got == ["b@there.example"]


def test_a_server_that_is_away_is_an_oserror(unused_tcp_port: int) -> None:
    with pytest.raises(OSError, match="refused"):
        mailer_for(Settings(smtp_url=f"smtp://127.0.0.1:{unused_tcp_port}"))(letter())
