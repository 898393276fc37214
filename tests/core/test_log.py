import json

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
