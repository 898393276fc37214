"""The standalone application: Flask plus `LMS().init_app(app, url_prefix="")`."""

from flask import Flask, make_response
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.core.access import PUBLIC
from lms.core.clock import Clock
from lms.core.crypto import Keyring
from lms.core.errors import NotFound
from lms.core.settings import Settings
from lms.extension import LMS
from lms.web import pages
from lms.web.gate import Door, Visit, pass_gate
from lms.web.state import Mailer


def create_app(settings: Settings, *, clock: Clock | None = None, mailer: Mailer | None = None) -> Flask:
    """Build the standalone application; refuses unsafe settings with one sentence (StartupError)."""
    settings.check()
    app = Flask("lms", static_folder=None, template_folder="web/templates", instance_path=str(settings.home_path))
    app.jinja_env.undefined = StrictUndefined
    app.config.update(
        SECRET_KEY=Keyring.of(settings.secrets).web_secret(),
        SESSION_COOKIE_NAME="groundwork",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://") and not settings.insecure_cookies,
        TESTING=settings.env == "test",
    )
    LMS().init_app(app, url_prefix="", clock=clock, mailer=mailer, settings=settings)
    app.register_error_handler(HTTPException, _nowhere)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _nowhere(error: HTTPException) -> ResponseReturnValue:
    """Answer an address that nobody serves with a page of ours: the support lines stand there too."""
    if (error.code or 500) >= 500:
        return error

    def lost(v: Visit) -> ResponseReturnValue:
        if not isinstance(error, MethodNotAllowed):
            return pages.refusal_of_http(error)
        answer = make_response(pages.refusal(NotFound(), 405))
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return answer

    return pass_gate(Door(lost, "GET", PUBLIC, None, None), {})
