"""Static files: published once per content hash, compressed beside, served as immutable."""

import gzip
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, request
from whitenoise import WhiteNoise

from lms.core.crypto import digest

STATIC = Path(__file__).parent / "static"
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Assets:
    """Where the published files lie and under which address; the hash is in the address, so a file never goes stale."""

    root: Path
    address: str

    def url(self, name: str) -> str:
        """Return the address of one file, below whatever path a server mounts the whole application at."""
        return request.script_root + self.address + name


def publish(home: Path, prefix: str) -> Assets:
    """Copy the static files to the home folder under their joint hash, with gzip twins; a second start copies nothing."""
    files = sorted(path for path in STATIC.rglob("*") if path.is_file())
    mark = digest("".join(f"{path.relative_to(STATIC)}:{digest(path.read_bytes())}\n" for path in files))[:12]
    target = home / "static" / mark
    if not target.is_dir():
        _copy(target)
    return Assets(target, f"{prefix}/static/{mark}/")


def serve(app: Flask, assets: Assets) -> None:
    """Let WhiteNoise answer for the published files before the application is asked."""
    noise = WhiteNoise(app.wsgi_app, max_age=_YEAR, allow_all_origins=False, immutable_file_test=lambda path, url: True)
    noise.add_files(str(assets.root), prefix=assets.address)
    app.wsgi_app = noise  # type: ignore[method-assign]


def _copy(target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copytree(STATIC, fresh, dirs_exist_ok=True)
    for path in [p for p in fresh.rglob("*") if p.suffix in (".css", ".js", ".svg", ".txt")]:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    fresh.chmod(0o755)
    try:
        # Two processes may start at once; the first rename wins and the second copy is thrown away.
        os.rename(fresh, target)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
