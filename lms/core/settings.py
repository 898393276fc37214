"""Every setting the product reads: name, type, default, and what it is for. Nothing else reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lms.core.errors import StartupError

ENVIRONMENTS = ("production", "demo", "test")
_BUNDLE = Path(__file__).parent.parent / "bundle"
_ROOT = Path(__file__).parent.parent.parent


def content_root(name: str) -> Path:
    """Return where `curriculum`, `quizzes` or `migrations` lie: inside the wheel, or beside the package in a checkout."""
    bundled = _BUNDLE / name
    return bundled if bundled.is_dir() else _ROOT / name


def _setting(default: Any, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True)
class Settings:
    """The deployment's settings; each field `x` is read from `LMS_X`."""

    env: str = _setting("production", "`production`, `demo` or `test`. Real people belong in production only.")
    home: str = _setting(
        "instance", "The folder for all that the product writes: database, queue, published files, mail in the demo."
    )
    secret_key: str = _setting(
        "", "Signs cookies and seals stories. At least 32 characters. To rotate: `new,old`. Required in production."
    )
    database_url: str = _setting("", "SQLite or PostgreSQL address. Empty: `lms.db` in the home folder.")
    curriculum_dir: str = _setting("", "Where the curriculum is read from. Empty: the one that came with the product.")
    quizzes_dir: str = _setting("", "Where the quizzes are read from. Empty: the ones that came with the product.")
    base_url: str = _setting(
        "http://127.0.0.1:8000", "The public address, used in letters and on certificates. Must be https in production."
    )
    programme_name: str = _setting("Groundwork", "The programme's short name, shown at the top of every page.")
    programme_tagline: str = _setting("Peer Support Training", "Shown beside the name.")
    time_zone: str = _setting("America/New_York", "The zone for pages that belong to no cohort.")
    mail_from: str = _setting("training@localhost", "The sender of letters.")
    smtp_url: str = _setting(
        "", "`smtp://user:password@host:587` (STARTTLS) or `smtps://…`. Empty: letters are written to the home folder."
    )
    redis_url: str = _setting("", "The job queue for many machines. Empty: a file in the home folder.")
    session_hours: int = _setting(12, "Hours without a click after which a person signs in again.")
    proxy_hops: int = _setting(0, "How many trusted proxies stand in front (for the client's address and https).")
    insecure_cookies: bool = _setting(False, "Send cookies over plain http. Refused in production.")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read every `LMS_*` variable; an unknown one or a wrong value refuses to start, in one sentence."""
        given = {k: v for k, v in (os.environ if environ is None else environ).items() if k.startswith("LMS_")}
        return cls.from_mapping({k: v for k, v in given.items() if not k.startswith("LMS_TEST_")})

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> "Settings":
        """Build settings from `LMS_*` keys, such as a host application's config."""
        known = {"LMS_" + f.name.upper(): f for f in fields(cls)}
        for key in given:
            if key.startswith("LMS_") and key not in known:
                raise StartupError(f"{key} is not a setting; docs/operating.md lists them all.")
        values = {known[k].name: _typed(k, v, known[k].type) for k, v in given.items() if k in known}
        return cls(**values)

    @property
    def production(self) -> bool:
        """Whether this is the real thing."""
        return self.env == "production"

    @property
    def home_path(self) -> Path:
        """The home folder."""
        return Path(self.home).resolve()

    @property
    def database(self) -> str:
        """The database's address, with the embedded default filled in."""
        return self.database_url or f"sqlite:///{self.home_path / 'lms.db'}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets, newest first."""
        return tuple(part for part in self.secret_key.split(",") if part)

    @property
    def curriculum_path(self) -> Path:
        """The folder of the curriculum."""
        return Path(self.curriculum_dir) if self.curriculum_dir else content_root("curriculum")

    @property
    def quizzes_path(self) -> Path:
        """The folder of the quizzes."""
        return Path(self.quizzes_dir) if self.quizzes_dir else content_root("quizzes")

    def check(self) -> None:
        """Refuse what would be unsafe or could not work, in one sentence that says what to do."""
        self._check_safety()
        self._check_sense()

    def _check_sense(self) -> None:
        if not self.base_url.startswith(("https://", "http://")):
            raise StartupError(
                f"LMS_BASE_URL is {self.base_url!r}; it must be an address like https://training.example"
            )
        if self.session_hours < 1 or self.proxy_hops < 0:
            raise StartupError("LMS_SESSION_HOURS must be 1 or more, and LMS_PROXY_HOPS 0 or more.")
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            raise StartupError(
                f"LMS_TIME_ZONE is {self.time_zone!r}; it must be a zone like America/New_York."
            ) from None

    def _check_safety(self) -> None:
        if self.env not in ENVIRONMENTS:
            raise StartupError(f"LMS_ENV is {self.env!r}; it must be production, demo or test.")
        if not self.secrets or min(map(len, self.secrets)) < 32:
            raise StartupError(
                "LMS_SECRET_KEY is missing or shorter than 32 characters; set it to a long random text and keep it outside the database."
            )
        if self.production and self.insecure_cookies:
            raise StartupError(
                "LMS_INSECURE_COOKIES is on; production sends its cookies over https only, so remove it."
            )
        if self.production and not self.base_url.startswith("https://"):
            raise StartupError(
                "LMS_BASE_URL must start with https:// in production; cookies and links would travel in the open."
            )


def _typed(key: str, value: Any, wanted: Any) -> Any:
    name = wanted if isinstance(wanted, str) else wanted.__name__
    if name == "bool":
        return value if isinstance(value, bool) else _truth(key, str(value))
    if name == "int":
        try:
            return int(value)
        except ValueError:
            raise StartupError(f"{key} is {value!r}; it must be a whole number.") from None
    return str(value)


def _truth(key: str, value: str) -> bool:
    if value.lower() not in ("1", "0", "true", "false", "yes", "no", ""):
        raise StartupError(f"{key} is {value!r}; it must be true or false.")
    return value.lower() in ("1", "true", "yes")
