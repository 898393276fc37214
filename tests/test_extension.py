"""The extension: mounted anywhere, beside anything, state per application, and one refusal for each unsafe start."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import click
import pytest
import sqlalchemy as sa
from flask import Flask, Request
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect

from lms.accounts import service as accounts
from lms.accounts.models import Person
from lms.core.clock import FixedClock
from lms.core.db import Base, Database, unit_of_work
from lms.core.errors import StartupError
from lms.core.settings import Settings
from lms.extension import COMMANDS, LMS, ROOMS, TICKS
from lms.web.state import Identity
from tests import factories
from tests.conftest import SECRET

HOST = Settings(env="production", secret_key=SECRET, base_url="https://host.example")
Mount = Callable[..., Flask]


@pytest.fixture
def host() -> Flask:
    """A site that has a page and a secret of its own."""
    app = Flask("host")
    app.secret_key = "the host's own secret"
    app.add_url_rule("/", "front", lambda: "The host's own page")
    return app


@pytest.fixture
def mount(host: Flask, tmp_path: Path, fresh_url: str) -> Iterator[Mount]:
    """Mount the product in a host, on a database of its own with every table."""
    made: list[Flask] = []

    def start(app: Flask | None = None, settings: Settings = HOST, **more: Any) -> Flask:
        app = app or host
        LMS().init_app(app, settings=replace(settings, home=str(tmp_path), database_url=fresh_url), **more)
        with app.extensions["lms"].db.engine.execution_options(write=True).begin() as c:
            Base.metadata.create_all(c)
        made.append(app)
        return app

    yield start
    for app in made:
        app.extensions["lms"].db.engine.dispose()


def user(given: Request) -> Identity | None:
    name = given.headers.get("X-User", "")
    return Identity("host", name, f"{name.title()} of the host") if name else None


def test_everything_stands_under_the_prefix_and_the_host_keeps_its_own(mount: Mount) -> None:
    app = mount(url_prefix="/training/", clock=FixedClock(factories.NOON))
    ours = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("lms_")]
    assert len(ours) > 100
    assert [rule for rule in ours if not rule.startswith("/training/")] == []
    client = app.test_client()
    assert client.get("/").text == "The host's own page"
    page = client.get("/training/sign-in")
    assert page.status_code == 200
    assert 'href="/training/static/' in page.text
    assert 'href="/sign-in' not in page.text


def test_the_default_prefix_is_lms(mount: Mount) -> None:
    assert mount().test_client().get("/lms/sign-in").status_code == 200


def test_an_address_of_the_host_that_nobody_serves_stays_the_host_s_business(mount: Mount) -> None:
    assert "Not Found" in mount().test_client().get("/nowhere").text


def test_a_host_s_user_is_known_by_issuer_and_subject(mount: Mount) -> None:
    app = mount(identify=user)
    client = app.test_client()
    for _visit in range(2):
        assert client.get("/lms/you", headers={"X-User": "rosa"}).status_code == 200
    assert client.get("/lms/you").status_code == 401
    with unit_of_work(app.extensions["lms"].db, write=False) as s:
        person = s.scalars(sa.select(Person)).one()
        assert (person.issuer, person.subject, person.name) == ("host", "rosa", "Rosa of the host")
        assert (person.email, person.password_hash) == (None, None)


def test_a_host_s_sign_in_closes_ours(mount: Mount) -> None:
    app = mount(identify=user)
    answer = app.test_client().get("/lms/sign-in", headers={"X-User": "rosa"})
    assert answer.location == "/lms/"
    assert not app.extensions["lms"].owns_sign_in


def test_a_host_with_flask_login_must_say_who_its_users_are(host: Flask, mount: Mount) -> None:
    LoginManager().init_app(host)
    with pytest.raises(StartupError, match="identify="):
        mount()


def test_a_host_s_flask_login_is_left_as_it_was(host: Flask, mount: Mount) -> None:
    manager = LoginManager()
    manager.init_app(host)
    mount(identify=user)
    assert host.login_manager is manager  # type: ignore[attr-defined]


def test_a_host_s_own_csrf_protection_lets_our_forms_through_to_our_own(host: Flask, mount: Mount) -> None:
    CSRFProtect(host)
    host.add_url_rule("/own", "own", lambda: "taken", methods=["POST"])
    client = mount(identify=user).test_client()
    assert client.post("/own").status_code == 400
    answer = client.post("/lms/you", data={"name": "Rosa"}, headers={"X-User": "rosa"})
    assert answer.status_code == 400
    assert "What you typed" in answer.text or "Rosa" in answer.text


def test_settings_come_from_the_host_s_config(host: Flask, tmp_path: Path) -> None:
    host.config.update(LMS_SECRET_KEY=SECRET, LMS_ENV="demo", LMS_HOME=str(tmp_path), LMS_PROGRAMME_NAME="POEM")
    LMS().init_app(host)
    state = host.extensions["lms"]
    state.db.engine.dispose()
    assert (state.settings.programme_name, state.settings.home) == ("POEM", str(tmp_path))


def test_a_misspelt_key_of_the_host_s_config_is_named(host: Flask) -> None:
    host.config.update(LMS_SECRET_KEY=SECRET, LMS_PROGRAM_NAME="POEM")
    with pytest.raises(StartupError, match="LMS_PROGRAM_NAME is not a setting"):
        LMS().init_app(host)


def test_two_applications_in_one_process_share_nothing(mount: Mount) -> None:
    one = mount(url_prefix="/one", clock=FixedClock(factories.NOON))
    other = Flask("other")
    other.secret_key = "the other host's own secret"
    two = mount(other, url_prefix="/two")
    assert one.extensions["lms"] is not two.extensions["lms"]
    assert one.test_client().get("/one/sign-in").status_code == 200
    assert two.test_client().get("/two/sign-in").status_code == 200
    assert two.test_client().get("/one/sign-in").status_code == 404


def test_under_a_proxy_s_own_path_every_link_and_file_keeps_it(mount: Mount) -> None:
    page = mount(url_prefix="/training").test_client().get("/training/sign-in", base_url="https://host.example/site")
    assert 'href="/site/training/static/' in page.text
    assert 'href="/training/' not in page.text


def test_production_refuses_a_database_that_holds_the_demonstration(
    host: Flask, database: Database, database_url: str, tmp_path: Path
) -> None:
    with unit_of_work(database) as s:
        accounts.register(s, email="a@demo.example", name="Ada", password=None, is_demo=True, now=factories.NOON)
    settings = replace(HOST, home=str(tmp_path), database_url=database_url)
    with pytest.raises(StartupError, match="holds the demonstration"):
        LMS().init_app(host, settings=settings)
    LMS().init_app(Flask("demo"), settings=replace(settings, env="demo"))


def test_production_starts_among_real_people(
    host: Flask, database: Database, database_url: str, tmp_path: Path
) -> None:
    with unit_of_work(database) as s:
        factories.person(s)
    LMS().init_app(host, settings=replace(HOST, home=str(tmp_path), database_url=database_url))


def test_production_starts_on_a_database_without_tables_or_that_is_away(tmp_path: Path) -> None:
    """`lms migrate` has to start; and who watches sees 503 until the database is there."""
    for url in (f"sqlite:///{tmp_path}/empty.db", "postgresql://nobody@127.0.0.1:1/away"):
        app = Flask("host")
        LMS().init_app(app, settings=replace(HOST, home=str(tmp_path), database_url=url))
        app.extensions["lms"].db.engine.dispose()


def test_every_room_has_its_own_name_and_menu_order_is_settled() -> None:
    names = [room.name for room in ROOMS]
    assert len(set(names)) == len(names)
    assert all(name.startswith("lms_") for name in names)


def test_commands_and_due_work_are_gathered(app: Flask) -> None:
    group = cast(click.Group, app.cli.commands["lms"])
    context = click.Context(group)
    assert {"migrate", "curriculum", "demo", "worker", "tick", "first-coordinator"} <= set(group.list_commands(context))
    for name in COMMANDS:
        found = group.get_command(context, name)
        assert found is not None
        assert found.name == name
    assert group.get_command(context, "unheard-of") is None
    assert all(callable(due) for due in TICKS)


def test_support_lines_reach_every_page_s_frame(app: Flask) -> None:
    with app.test_request_context(), app.extensions["lms"].db.reader() as s:
        assert app.extensions["lms"].support_lines(s) == ()
