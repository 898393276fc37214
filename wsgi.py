"""What gunicorn and the `flask` command load. `config.Settings` describes every setting."""

import sys

from config import Settings
from lms.app import create_app
from lms.core.errors import StartupError

try:
    app = create_app(Settings.from_env())
except StartupError as refused:
    sys.exit(f"Groundwork did not start. {refused}")
