import pytest
from flask import Flask

from lms.core.access import PUBLIC, PUBLIC_WRITE, SIGNED_IN
from lms.core.errors import StartupError
from lms.web.room import Room, refuse_unguarded


def test_a_form_needs_a_permission_to_write() -> None:
    room = Room("trial", __name__)
    with pytest.raises(StartupError, match="/send accepts forms but signed-in is a permission to read"):
        room.post("/send", SIGNED_IN)


def test_each_route_is_a_door_with_its_own_method() -> None:
    room = Room("trial", __name__)

    @room.get("/see", PUBLIC)
    def see(v: object) -> str:
        return ""

    @room.post("/send", PUBLIC_WRITE, travels=True)
    def send(v: object) -> str:
        return ""

    app = Flask(__name__)
    app.register_blueprint(room, url_prefix="/training")
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    assert {name: (str(rule), sorted(rule.methods or ())) for name, rule in rules.items()} == {
        "lms_trial.see": ("/training/see", ["GET", "HEAD", "OPTIONS"]),
        "lms_trial.send": ("/training/send", ["OPTIONS", "POST"]),
    }
    assert (room.doors["see"].method, room.doors["send"].method) == ("GET", "POST")
    assert (room.doors["see"].travels, room.doors["send"].travels) == (False, True)
    refuse_unguarded(app, (room,))


@pytest.mark.parametrize("way", ["route", "add_url_rule", "blueprint"])
def test_a_route_without_a_permission_stops_the_start(way: str) -> None:
    room, app = Room("trial", __name__), Flask(__name__)
    if way == "route":
        room.route("/open")(lambda: "")
    if way == "add_url_rule":
        room.add_url_rule("/open", "open", lambda: "")
    app.register_blueprint(room)
    if way == "blueprint":
        app.add_url_rule("/open", "lms_other.open", lambda: "")
    with pytest.raises(StartupError, match="/open has no permission"):
        refuse_unguarded(app, (room,))


def test_a_host_s_own_pages_are_its_own_affair() -> None:
    app = Flask(__name__)
    app.add_url_rule("/about", "about", lambda: "")
    refuse_unguarded(app, ())
