import pytest

from lms.core.errors import StartupError
from lms.core.settings import Settings, content_root

SECRET = "s" * 32
SAFE = {"LMS_SECRET_KEY": SECRET, "LMS_BASE_URL": "https://training.example"}


def test_production_is_the_default_and_starts_when_it_is_safe() -> None:
    settings = Settings.from_env(SAFE)
    settings.check()
    assert settings.production


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"LMS_SECRET_KEY": ""}, "LMS_SECRET_KEY"),
        ({"LMS_SECRET_KEY": "short"}, "LMS_SECRET_KEY"),
        ({"LMS_SECRET_KEY": SECRET + ",short"}, "LMS_SECRET_KEY"),
        ({"LMS_BASE_URL": "http://training.example"}, "https://"),
        ({"LMS_INSECURE_COOKIES": "true"}, "LMS_INSECURE_COOKIES"),
        ({"LMS_ENV": "staging"}, "LMS_ENV"),
    ],
)
def test_production_refuses_what_is_unsafe(change: dict[str, str], word: str) -> None:
    with pytest.raises(StartupError, match=word):
        Settings.from_env(SAFE | change).check()


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"LMS_SESION_HOURS": "1"}, "LMS_SESION_HOURS"),
        ({"LMS_SESSION_HOURS": "long"}, "whole number"),
        ({"LMS_INSECURE_COOKIES": "maybe"}, "true or false"),
    ],
)
def test_a_wrong_setting_is_one_sentence(given: dict[str, str], word: str) -> None:
    with pytest.raises(StartupError, match=word):
        Settings.from_env(given)


def test_defaults_are_filled_in() -> None:
    settings = Settings.from_env({**SAFE, "LMS_HOME": "/tmp/somewhere", "LMS_TEST_DATABASE_URL": "ignored"})
    assert settings.database == "sqlite:////tmp/somewhere/lms.db"
    assert settings.curriculum_path == content_root("curriculum")
    assert (settings.quizzes_path / "starter-exam.yaml").is_file()
    assert Settings.from_env(SAFE | {"LMS_SECRET_KEY": f"{SECRET},{'t' * 40}"}).secrets == (SECRET, "t" * 40)


def test_a_host_s_config_is_read_too() -> None:
    assert (
        Settings.from_mapping({"LMS_SESSION_HOURS": 4, "LMS_INSECURE_COOKIES": True, "SECRET_KEY": "x"}).session_hours
        == 4
    )
