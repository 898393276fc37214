"""Seats, dates, offices, invitations, time terms: pure judgement, with the reason for every no."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ENROLLED, WITHDRAWN, FINISHED = "enrolled", "withdrawn", "finished"
TAKES_A_SEAT = (ENROLLED, FINISHED)
ROLES = ("student", "facilitator", "coordinator", "funder")
MOST_SEATS = 500
LONGEST = timedelta(days=3 * 366)
NEAR = timedelta(days=14)
INVITATION_LASTS = timedelta(days=14)
FACTOR = range(100, 401)
EXTRA = range(0, 601)
BREAKS = range(0, 241)

SENTENCES = {
    "": "",
    "full": "Every seat of this cohort is taken.",
    "promised": "Every seat of this cohort is taken or promised. Raise the number of seats, or end an invitation first.",
    "already": "This person already has a seat in this cohort.",
    "finished": "This person has already finished in this cohort.",
    "left": "This person is no longer enrolled, so nothing was changed.",
    "ends-before": "The last day must come after the first day.",
    "too-long": "A cohort lasts at most three years. Check the year of both days.",
    "seats": "Give a number of seats from 1 to 500.",
    "seats-taken": "More people than that already have a seat. Choose a larger number.",
    "early": "This is more than two weeks before the cohort's first day. Check the date.",
    "late": "This is more than two weeks after the cohort's last day. Check the date.",
    "gap": "This time does not exist on that day, because the clocks go forward. Choose a time an hour later.",
    "guide": "This meeting guide is not in the cohort's version of the curriculum.",
    "held": "This class is over. If somebody was not there, correct the attendance instead.",
    "cancelled": "This class was cancelled before.",
    "pathway": "This version of the curriculum does not hold everything this pathway asks for.",
    "same-release": "The cohort already learns from this version.",
    "scope": "Choose what the invitation is for: a cohort, a provider or a grant.",
    "used": "This link was used before. Sign in with your e-mail address and password.",
    "expired": "This link has ended. Ask the person who invited you for a new one.",
    "factor": "Give a factor from 100 to 400 percent; 150 is one and a half times the usual time.",
    "extra": "Give extra minutes from 0 to 600.",
    "breaks": "Give minutes of breaks from 0 to 240.",
    "other-provider": "This grant belongs to another provider.",
    "other-time": "This grant's dates and the cohort's dates do not meet.",
    "name": "Write a name.",
    "reason": "Write a short reason.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether something may be done; `why` is the key of a sentence when it may not."""

    allowed: bool
    why: str = ""

    @property
    def sentence(self) -> str:
        """The reason as a sentence."""
        return SENTENCES[self.why]


YES = Answer(True)


@dataclass(frozen=True, slots=True)
class TimeTerms:
    """How much more time a person has for anything timed: a factor, extra minutes, or no limit at all."""

    factor_percent: int = 100
    extra_minutes: int = 0
    untimed: bool = False

    @property
    def usual(self) -> bool:
        """Whether this is the same as for everybody."""
        return self == USUAL

    def limit_seconds(self, seconds: int) -> int | None:
        """Return a time limit under these terms; None when there is none. Never shorter than the usual one."""
        if self.untimed:
            return None
        return max(seconds, seconds * self.factor_percent // 100 + self.extra_minutes * 60)


USUAL = TimeTerms()


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One step in a seat's life, with the reason as it was written (empty for those who may not read it)."""

    status: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What an office or an invitation is for: ids of a provider, a cohort or a grant."""

    provider: int | None = None
    cohort: int | None = None
    grant: int | None = None

    @property
    def count(self) -> int:
        """How many of the three are given."""
        return sum(one is not None for one in (self.provider, self.cohort, self.grant))


def may_enrol(seats: int, taken: int, status: str = "") -> Answer:
    """Say whether one more person gets a seat; `status` is the seat they may have already (empty: none)."""
    if status == ENROLLED:
        return Answer(False, "already")
    if status == FINISHED:
        return Answer(False, "finished")
    return YES if taken < seats else Answer(False, "full")


def may_promise(seats: int, taken: int, promised: int) -> Answer:
    """Say whether one more student may be invited without promising a seat that is not there."""
    if taken >= seats:
        return Answer(False, "full")
    return YES if taken + promised < seats else Answer(False, "promised")


def cohort_problems(starts_on: date, ends_on: date, seats: int, taken: int = 0) -> dict[str, str]:
    """Return what is wrong with a cohort's figures: field → key of a sentence."""
    found = {}
    if ends_on <= starts_on:
        found["ends_on"] = "ends-before"
    elif ends_on - starts_on > LONGEST:
        found["ends_on"] = "too-long"
    if not 1 <= seats <= MOST_SEATS:
        found["seats"] = "seats"
    elif seats < taken:
        found["seats"] = "seats-taken"
    return found


def meeting_day(day: date, starts_on: date, ends_on: date) -> Answer:
    """Say whether a class fits a cohort: inside its dates, or within two weeks of them."""
    if day < starts_on - NEAR:
        return Answer(False, "early")
    return Answer(False, "late") if day > ends_on + NEAR else YES


def may_cancel(ends_at: datetime, cancelled_at: datetime | None, now: datetime) -> Answer:
    """Say whether a class can still be cancelled."""
    if cancelled_at is not None:
        return Answer(False, "cancelled")
    return YES if now < ends_at else Answer(False, "held")


def instant(local: datetime, zone: str) -> datetime | None:
    """Return the instant of a time on the wall; None for a time that the clocks skip.

    A time that happens twice is the first of the two.
    """
    there = local.replace(tzinfo=ZoneInfo(zone), fold=0)
    at = there.astimezone(UTC)
    return at if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local.replace(fold=0) else None


def meeting_end(starts_local: datetime, minutes: int, breaks: int, zone: str) -> datetime:
    """Return when a class ends: real minutes after it begins, also in the night the clocks change."""
    starts = starts_local if starts_local.tzinfo else starts_local.replace(tzinfo=ZoneInfo(zone))
    return starts.astimezone(UTC) + timedelta(minutes=minutes + breaks)


def fits_office(role: str, scope: Scope) -> Answer:
    """Say whether a role goes with what it is for; a coordinator of nothing is a founder."""
    if role not in ROLES or scope.count > 1:
        return Answer(False, "scope")
    if role in ("student", "facilitator"):
        fits = scope.cohort is not None
    elif role == "funder":
        fits = scope.grant is not None
    else:
        fits = scope.provider is not None or scope.count == 0
    return YES if fits else Answer(False, "scope")


def invitation_state(accepted_at: datetime | None, expires_at: datetime, now: datetime) -> Answer:
    """Say whether a link still works."""
    if accepted_at is not None:
        return Answer(False, "used")
    return YES if now < expires_at else Answer(False, "expired")


def accommodation_problems(factor_percent: int, extra_minutes: int, break_minutes: int = 0) -> dict[str, str]:
    """Return what is wrong with an accommodation's figures: field → key of a sentence."""
    found = {}
    if factor_percent not in FACTOR:
        found["factor_percent"] = "factor"
    if extra_minutes not in EXTRA:
        found["extra_minutes"] = "extra"
    if break_minutes not in BREAKS:
        found["break_minutes"] = "breaks"
    return found


def grant_problems(starts_on: date, ends_on: date) -> dict[str, str]:
    """Return what is wrong with a grant's dates: field → key of a sentence."""
    return {"ends_on": "ends-before"} if ends_on <= starts_on else {}


def may_fund(same_provider: bool, grant: tuple[date, date], cohort: tuple[date, date]) -> Answer:
    """Say whether a grant may pay a seat: the same provider, and days in common."""
    if not same_provider:
        return Answer(False, "other-provider")
    return YES if grant[0] <= cohort[1] and cohort[0] <= grant[1] else Answer(False, "other-time")


def sentences(problems: dict[str, str]) -> dict[str, str]:
    """Turn field → key into field → sentence."""
    return {name: SENTENCES[why] for name, why in problems.items()}


def cohort_state(starts_on: date, ends_on: date, today: date) -> str:
    """Say whether a cohort is `coming`, `running` or `over`."""
    if today < starts_on:
        return "coming"
    return "over" if today > ends_on else "running"


def meeting_state(starts_at: datetime, ends_at: datetime, cancelled_at: datetime | None, now: datetime) -> str:
    """Say whether a class is `coming`, on `now`, `held` or `cancelled`."""
    if cancelled_at is not None:
        return "cancelled"
    if now < starts_at:
        return "coming"
    return "now" if now < ends_at else "held"
