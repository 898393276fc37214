"""The standalone application: safe cookies, trusted proxies, strict templates, and refusals in one sentence."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, render_template_string, request
from jinja2 import UndefinedError
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.app import create_app
from lms.core.db import Base
from lms.core.errors import StartupError
from lms.core.settings import Settings
from tests.conftest import SECRET, Browser

Build = Callable[[Settings], Flask]
PRODUCTION = Settings(env="production", secret_key=SECRET, base_url="https://training.example")


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    made: list[Flask] = []

    def start(settings: Settings) -> Flask:
        made.append(create_app(replace(settings, home=str(tmp_path))))
        return made[-1]

    yield start
    for app in made:
        app.extensions["lms"].db.engine.dispose()


def test_production_cookies_travel_over_https_only_and_out_of_reach_of_scripts(build: Build) -> None:
    config = build(PRODUCTION).config
    assert config["SESSION_COOKIE_SECURE"]
    assert config["SESSION_COOKIE_HTTPONLY"]
    assert config["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert not config["TESTING"]


def test_the_demonstration_may_send_cookies_over_http(build: Build) -> None:
    assert not build(replace(PRODUCTION, env="demo", base_url="http://127.0.0.1:8000")).config["SESSION_COOKIE_SECURE"]


def test_only_production_tells_browsers_to_come_by_https_from_now_on(build: Build) -> None:
    told = {}
    for env in ("demo", "production"):
        app = build(replace(PRODUCTION, env=env))
        with app.extensions["lms"].db.engine.execution_options(write=True).begin() as c:
            Base.metadata.create_all(c)
        told[env] = app.test_client().get("/verify").headers.get("Strict-Transport-Security", "")
    assert told["demo"] == ""
    assert told["production"].startswith("max-age=31536000")


@pytest.mark.parametrize(("hops", "address", "scheme"), [(0, "10.0.0.9", "http"), (1, "198.51.100.7", "https")])
def test_only_as_many_proxies_are_believed_as_are_set(build: Build, hops: int, address: str, scheme: str) -> None:
    app = build(replace(PRODUCTION, env="demo", proxy_hops=hops))
    seen: dict[str, str] = {}
    app.before_request(lambda: seen.update(address=request.remote_addr or "", scheme=request.scheme))
    headers = {"X-Forwarded-For": "203.0.113.1, 198.51.100.7", "X-Forwarded-Proto": "https"}
    app.test_client().get("/healthz", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert seen == {"address": address, "scheme": scheme}
    assert isinstance(app.wsgi_app, ProxyFix) == bool(hops)


def test_a_word_that_a_template_does_not_know_is_an_error_not_a_blank(build: Build) -> None:
    app = build(replace(PRODUCTION, env="demo"))
    with app.test_request_context(), pytest.raises(UndefinedError, match="nothing_like_it"):
        render_template_string("{{ nothing_like_it }}")


def test_two_applications_share_no_database_and_no_secret(tmp_path: Path) -> None:
    one = create_app(replace(PRODUCTION, home=str(tmp_path / "one")))
    two = create_app(replace(PRODUCTION, home=str(tmp_path / "two"), secret_key="another secret that is long enough"))
    try:
        assert one.extensions["lms"].db is not two.extensions["lms"].db
        assert one.secret_key != two.secret_key
        assert SECRET not in str(one.secret_key)
    finally:
        for app in (one, two):
            app.extensions["lms"].db.engine.dispose()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"secret_key": "short"}, "LMS_SECRET_KEY"),
        ({"base_url": "http://training.example"}, "LMS_BASE_URL must start with https://"),
        ({"base_url": "training.example", "env": "demo"}, "LMS_BASE_URL is 'training.example'"),
        ({"insecure_cookies": True}, "LMS_INSECURE_COOKIES"),
        ({"env": "staging"}, "LMS_ENV"),
        ({"time_zone": "Nowhere/At_All"}, "LMS_TIME_ZONE"),
        ({"time_zone": "../etc/passwd"}, "LMS_TIME_ZONE"),
        ({"session_hours": 0}, "LMS_SESSION_HOURS"),
        ({"proxy_hops": -1}, "LMS_PROXY_HOPS"),
        ({"database_url": "not an address"}, "LMS_DATABASE_URL"),
        ({"database_url": "unheard://of"}, "LMS_DATABASE_URL"),
        ({"database_url": "mysql+pymysql://user@host/name"}, "LMS_DATABASE_URL"),
    ],
)
def test_what_cannot_work_refuses_to_start(build: Build, change: dict[str, object], words: str) -> None:
    with pytest.raises(StartupError, match=words) as refused:
        build(replace(PRODUCTION, **change))  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)
    assert str(refused.value).count(". ") <= 1


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("not a folder")
    with pytest.raises(StartupError, match=r"taken.*LMS_HOME"):
        create_app(replace(PRODUCTION, home=str(taken)))


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("POST", "/nowhere", 404), ("GET", "/sign-out", 405)]
)
def test_an_address_that_nobody_serves_is_a_page_of_ours(browser: Browser, method: str, path: str, status: int) -> None:
    answer = browser.client.open(path, method=method, data={"typed": "words"} if method == "POST" else None)
    assert answer.status_code == status
    assert "This page is not here" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert ("POST" in answer.headers.get("Allow", "")) == (status == 405)


def test_a_script_at_a_wrong_address_is_told_so_as_data(browser: Browser) -> None:
    answer = browser.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert "This page is not here" not in answer.text
    assert answer.get_json()["status"] == 404
