"""Write a migration for what changed in the models: `python -m tools.migration what_changed`."""

import sys
import tempfile
from datetime import datetime
from pathlib import Path

from alembic import command

from lms.core.clock import SystemClock
from lms.records.cli import migrations


def main() -> None:
    """Compare the migrated schema with the models on a fresh SQLite file and write `YYYYMMDD_HHMM_slug.py`."""
    slug = "_".join(sys.argv[1:]).replace("-", "_")
    if not slug.isidentifier():
        sys.exit("Name the change: make migration NAME=what_changed")
    at: datetime = SystemClock().now()
    with tempfile.TemporaryDirectory() as folder:
        config = migrations(f"sqlite:///{Path(folder) / 'empty.db'}")
        config.set_main_option("file_template", f"{at:%Y%m%d_%H%M}_{slug}")
        command.upgrade(config, "head")
        command.revision(
            config, message=slug.replace("_", " ").capitalize(), autogenerate=True, rev_id=f"{at:%Y%m%d%H%M}"
        )


if __name__ == "__main__":
    main()
