"""The standalone application: Flask plus `LMS().init_app(app, url_prefix="")`."""

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.core.clock import Clock
from lms.core.crypto import Keyring
from lms.core.settings import Settings
from lms.extension import LMS
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
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app
