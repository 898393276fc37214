"""`LMS().init_app(app)`: lists the rooms, holds state, maps errors, registers commands, checks before serving."""

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module

import click
import sqlalchemy as sa
from flask import Flask, g
from flask.cli import AppGroup
from flask_babel import Babel
from flask_login import LoginManager, UserMixin
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts import views as accounts_views
from lms.certificates import service as certificates
from lms.certificates import views as certificates_views
from lms.cohorts import service as cohorts
from lms.cohorts import views as cohorts_views
from lms.core import mail, queue
from lms.core.access import Actor
from lms.core.clock import Clock, SystemClock
from lms.core.crypto import Keyring
from lms.core.db import Database, open_database, unit_of_work
from lms.core.errors import StartupError
from lms.core.settings import Settings
from lms.curriculum import service as curriculum
from lms.curriculum import views as curriculum_views
from lms.home import views as home_views
from lms.hours import views as hours_views
from lms.learning import service as learning
from lms.learning import views as learning_views
from lms.narratives import views as narratives_views
from lms.quizzes import service as quizzes
from lms.quizzes import views as quizzes_views
from lms.records import service as records
from lms.reports import service as reports
from lms.reports import views as reports_views
from lms.web import assets, pages, tongue
from lms.web.room import refuse_unguarded
from lms.web.state import Identify, Identity, Line, Mailer, State

ROOMS = (
    accounts_views.room,
    curriculum_views.room,
    cohorts_views.room,
    quizzes_views.room,
    narratives_views.room,
    learning_views.room,
    hours_views.room,
    certificates_views.room,
    home_views.room,
    reports_views.room,
)
COMMANDS: Mapping[str, str] = {
    "curriculum": "lms.curriculum.cli",
    "demo": "lms.demo.cli",
    "end-sessions": "lms.accounts.cli",
    "first-coordinator": "lms.cohorts.cli",
    "migrate": "lms.records.cli",
    "tick": "lms.records.cli",
    "worker": "lms.records.cli",
}
"""Each command and where it is written."""
TICKS: tuple[Callable[[Session, datetime], object], ...] = (
    quizzes.close_expired,
    learning.settle_due,
    certificates.finish_due,
    reports.release_due,
    accounts.tidy,
    records.tidy,
)


class LMS:
    """The product as a Flask extension; one instance may set up several applications."""

    def init_app(
        self,
        app: Flask,
        *,
        url_prefix: str = "/lms",
        identify: Identify | None = None,
        clock: Clock | None = None,
        mailer: Mailer | None = None,
        settings: Settings | None = None,
    ) -> None:
        """Mount everything under `url_prefix`.

        `identify(request)` returns who the host has signed in; without it the product has its own sign-in. Settings
        come from `app.config` keys that start with `LMS_`. Raises StartupError, with a sentence that says what to do,
        for unsafe settings, an address without a permission, or a demonstration in production's database.
        """
        settings = settings or Settings.from_mapping({k: v for k, v in app.config.items() if k.startswith("LMS_")})
        settings.check()
        database = _database(settings)
        _refuse_demonstration(settings, database)
        state = _state(app, settings, database, url_prefix.rstrip("/"), identify, clock or SystemClock(), mailer)
        app.extensions["lms"] = state
        _languages(app)
        pages.set_up(app)
        assets.serve(app, state.assets)
        for room in ROOMS:
            app.register_blueprint(room, url_prefix=url_prefix.rstrip("/") or None)
        refuse_unguarded(app, ROOMS)
        _step_aside(app)
        app.cli.add_command(_commands())


def _database(settings: Settings) -> Database:
    try:
        if sa.make_url(settings.database).get_backend_name() not in ("sqlite", "postgresql", "postgres"):
            raise sa.exc.ArgumentError
        return open_database(settings.database, Keyring.of(settings.secrets))
    except ModuleNotFoundError as missing:
        raise StartupError(
            f"LMS_DATABASE_URL needs {missing.name}; install it, for PostgreSQL with: pip install 'groundwork-lms[postgres]'"
        ) from None
    except sa.exc.ArgumentError:
        raise StartupError(
            "LMS_DATABASE_URL is not an address of SQLite or PostgreSQL, like postgresql://user:password@host/name."
        ) from None
    except OSError as refused:
        raise _unwritable(refused) from None


def _unwritable(refused: OSError) -> StartupError:
    return StartupError(
        f"It cannot write to {refused.filename} ({refused.strerror}); name a folder of its own in LMS_HOME."
    )


def _refuse_demonstration(settings: Settings, database: Database) -> None:
    """Keep production off a database whose passwords stand on the sign-in page.

    A database that is away or has no tables yet is no reason to refuse: `lms migrate` has to start too.
    """
    if not settings.production:
        return
    try:
        with unit_of_work(database, write=False) as s:
            found = accounts.has_demo_people(s)
    except sa.exc.DBAPIError:
        found = False
    finally:
        # gunicorn may fork after this: a connection must not be shared by two processes.
        database.engine.dispose()
    if found:
        raise StartupError(
            "LMS_DATABASE_URL names a database that holds the demonstration, whose passwords everybody knows; "
            "production needs an empty one."
        )


def _state(
    app: Flask,
    settings: Settings,
    database: Database,
    prefix: str,
    identify: Identify | None,
    clock: Clock,
    mailer: Mailer | None,
) -> State:
    try:
        published, wake = assets.publish(settings.home_path, prefix), queue.waker(settings)
    except OSError as refused:
        raise _unwritable(refused) from None
    return State(
        settings=settings,
        db=database,
        keys=Keyring.of(settings.secrets),
        clock=clock,
        people=_People(database),
        support_lines=_support_lines,
        assets=published,
        rooms=ROOMS,
        mailer=mailer or mail.mailer_for(settings),
        wake=wake,
        identify=identify,
        owns_sign_in=_sign_in(app, identify),
        ticks=TICKS,
    )


class _People:
    """Joins accounts and cohorts into an actor, so that the door imports no room."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_token(self, s: Session, token: str, now: datetime) -> Actor | None:
        """Return the actor of a living session, or None."""
        return cohorts.actor_by_token(s, token, now=now)

    def still_here(self, s: Session, token: str, now: datetime) -> None:
        """Let a session's lifetime start again, now that its person has sent something."""
        accounts.still_here(s, token, now=now)

    def by_identity(self, identity: Identity, now: datetime) -> Actor:
        """Return the actor of a host's user, making the person on the first visit."""
        with unit_of_work(self._database, write=False) as s:
            person = accounts.person_by_identity(s, identity.issuer, identity.subject)
            if person:
                return cohorts.actor_for(s, person, now=now)
        with unit_of_work(self._database) as s:
            person = accounts.adopt(s, identity.issuer, identity.subject, name=identity.name, now=now)
            return cohorts.actor_for(s, person, now=now)

    def owner_of(self, s: Session, token: str) -> str:
        """Return the code of the person whose session this is or was; empty if unknown."""
        return accounts.owner_of_token(s, token)


class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """What Flask-Login holds: the session's token and the actor behind it."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        """Return the server-side session's secret, not the person's id: a session can be ended by deleting its row."""
        return self.token


def _sign_in(app: Flask, identify: Identify | None) -> bool:
    if hasattr(app, "login_manager"):
        if identify is None:
            raise StartupError(
                "This application has its own Flask-Login; pass identify= so that its users are known here."
            )
        return False
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(_by_token)
    if identify is not None:
        manager.request_loader(_by_request)
    manager.init_app(app)
    return identify is None


def _by_token(token: str) -> SignedIn | None:
    visit = g.get("lms_visit")
    actor = visit.state.people.by_token(visit.s, token, visit.now) if visit else None
    return SignedIn(token, actor) if actor else None


def _by_request(request: object) -> SignedIn | None:
    visit = g.get("lms_visit")
    identity = visit.state.identify(request) if visit else None
    return SignedIn("", visit.state.people.by_identity(identity, visit.now)) if visit and identity else None


def _support_lines(s: Session) -> tuple[Line, ...]:
    return tuple(
        Line(x.name, x.display, x.call, x.text, x.text_word, x.strip, x.foot) for x in curriculum.support_lines(s).lines
    )


def _languages(app: Flask) -> None:
    if "babel" not in app.extensions:
        app.config.setdefault("BABEL_DOMAIN", "lms")
        Babel(app)
        # Nobody else's templates use Babel here, so ours may have the quicker one.
        app.jinja_env.globals["_"] = tongue.say
        app.jinja_env.globals["ngettext"] = tongue.say_number


def _step_aside(app: Flask) -> None:
    """Tell a host's own CSRFProtect that our forms carry our own token."""
    protect = app.extensions.get("csrf")
    if protect is not None:
        for room in ROOMS:
            protect.exempt(room)


class _Commands(AppGroup):
    """The commands, each read when it is called: a web server needs no migrations, no checker and no demonstration."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Read one command."""
        if cmd_name not in COMMANDS:
            return None
        found: list[click.Command] = import_module(COMMANDS[cmd_name]).COMMANDS
        return next(command for command in found if command.name == cmd_name)


def _commands() -> click.Group:
    return _Commands("lms", help="Groundwork: migrate, curriculum, demo, worker and the rest.")
