"""Two sites in one process, each with the product on its own database and below its own path."""

import os
import sys
from pathlib import Path

from alembic import command as alembic
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

from lms.extension import LMS
from lms.records.cli import migrations


def site(name: str, prefix: str) -> Flask:
    home = Path(os.environ["SITE_HOME"]) / name
    url = f"sqlite:///{home / 'site.db'}"
    home.mkdir(parents=True)
    alembic.upgrade(migrations(url), "head")
    app = Flask(name)
    app.config.update(
        SECRET_KEY=f"the secret of {name}",
        SESSION_COOKIE_PATH=f"/{name}",
        LMS_SECRET_KEY=os.environ["SITE_LMS_SECRET"] + name,
        LMS_DATABASE_URL=url,
        LMS_HOME=str(home),
        LMS_BASE_URL=f"https://{name}.example",
        LMS_PROGRAMME_NAME=f"Programme {name}",
    )
    LMS().init_app(app, url_prefix=prefix)
    return app


both = DispatcherMiddleware(Flask("nothing"), {"/north": site("north", "/learn"), "/south": site("south", "")})

if __name__ == "__main__":
    server = make_server("127.0.0.1", int(sys.argv[1]), both, threaded=True)
    print("ready", server.server_port, flush=True)  # noqa: T201
    server.serve_forever()
