"""Practice claims: when one can be sent, and what an answer to it needs."""

from datetime import date

MINUTES_A_DAY = 24 * 60


def claim_problems(
    on: date, minutes: int, *, claimed: int, starts_on: date, today: date, competency_known: bool
) -> dict[str, str]:
    """Return what does not fit, by field. `claimed` is what was already claimed for that day: no day has 25 hours."""
    found = {}
    if on > today:
        found["on"] = "That day is still to come. Claim practice once it has happened."
    elif on < starts_on:
        found["on"] = f"Your cohort began on {_written(starts_on)}. Practice before that day does not count here."
    if not 1 <= minutes <= MINUTES_A_DAY:
        found["minutes"] = "Write between 1 minute and 24 hours."
    elif minutes + claimed > MINUTES_A_DAY:
        found["minutes"] = "With what you have sent for that day already, this makes more than 24 hours."
    if not competency_known:
        found["competency"] = "Choose what you practised from the list."
    return found


def answer_problems(outcome: str, minutes: int, reason: str, *, asked: int, correction: bool) -> dict[str, str]:
    """Return what an answer lacks, by field: returning, counting less than was asked, or a correction needs a reason."""
    if outcome not in ("approved", "returned"):
        return {"outcome": "Choose whether these hours count."}
    found = {}
    if outcome == "approved" and not 1 <= minutes <= asked:
        found["minutes"] = f"Write between 1 and {asked} minutes; the student asked for {asked}."
    if (outcome == "returned" or minutes != asked or correction) and not reason.strip():
        found["reason"] = "Write a short reason. The student will read it."
    return found


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
