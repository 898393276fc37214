from typing import Any

from flask import Flask, url_for

from lms.web.addresses import address


def test_it_says_what_flask_says(app: Flask) -> None:
    for endpoint, values in (
        ("lms_home.index", {}),
        ("lms_learning.lesson", {"lesson": "walking-beside", "part": 2}),
        ("lms_quizzes.attempt", {"code": "A1", "page": 3, "time": None, "_anchor": "q5"}),
    ):
        with app.test_request_context():
            assert address(endpoint, **values) == address(endpoint, **values) == url_for(endpoint, **values)


def test_each_mount_point_has_its_own(app: Flask) -> None:
    with app.test_request_context(environ_overrides={"SCRIPT_NAME": "/below"}):
        assert address("lms_home.privacy") == "/below/privacy"
    with app.test_request_context():
        assert address("lms_home.privacy") == "/privacy"


def test_what_a_host_adds_to_addresses_is_asked_each_time() -> None:
    host = Flask("host")
    tongues = iter(["en", "es"])

    @host.get("/<tongue>/page")
    def page(tongue: str) -> str:
        return tongue

    @host.url_defaults
    def add(endpoint: str, values: dict[str, Any]) -> None:
        values.setdefault("tongue", next(tongues))

    with host.test_request_context():
        assert [address("page"), address("page")] == ["/en/page", "/es/page"]
