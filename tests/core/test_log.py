import errno
import io
import json
import subprocess
import sys

import pytest

from lms.core.log import logger


def test_a_line_is_json_with_name_time_and_level(capsys: pytest.CaptureFixture[str]) -> None:
    logger("lms.test").info("something.happened", count=3)
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["count"], line["level"], line["logger"]) == (
        "something.happened",
        3,
        "info",
        "lms.test",
    )
    assert line["timestamp"].endswith("Z")


def test_a_traceback_never_holds_what_somebody_wrote(capsys: pytest.CaptureFixture[str]) -> None:
    story = "my hardest" + " story"
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logger("lms.test").exception("broken", reference="ABC")
    line = capsys.readouterr().out
    assert "ZeroDivisionError" in line
    assert story not in line


class Full(io.StringIO):
    """Standard output on a full disk; the error comes when a line is written or when it is flushed."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self._at = at

    def write(self, text: str) -> int:
        if self._at == "write":
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)

    def flush(self) -> None:
        if self._at == "flush":
            raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("at", ["write", "flush"])
def test_a_log_that_cannot_be_written_breaks_nothing(monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    """A full disk: the page that says so must still be sent."""
    monkeypatch.setattr("sys.stdout", Full(at))
    logger("lms.test").error("gate.away", kind="OperationalError")


def test_the_printer_in_colours_is_not_read_and_stays_there_for_others() -> None:
    asked = "import sys, lms.core.log; print('rich' in sys.modules); import rich; print(bool(rich))"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "True"]
