"""The history of an attempt, for a dispute: its steps, everything that arrived, and whether both tell the same."""

from flask.typing import ResponseReturnValue

from lms.accounts import service as accounts
from lms.quizzes import policy, rules, service
from lms.quizzes.views.front import load_attempt, room
from lms.web.gate import Read, Visit
from lms.web.pages import page


def reads(v: Visit) -> Read | None:
    """Name the private text on the page: the reasons that were typed, if there are any."""
    if not any(step.reason for step in service.steps_of(v.s, v.subject)):
        return None
    return Read("attempt", v.subject.code, v.subject.enrolment.person.code)


@room.get("/attempts/<code>/history", policy.HISTORY_PAGE, subject=load_attempt, reads=reads)
def history(v: Visit) -> ResponseReturnValue:
    """Show what happened to an attempt, step by step, and when each answer arrived; not what was answered."""
    v.zone = v.subject.enrolment.cohort.zone
    steps, arrived = service.steps_of(v.s, v.subject), service.arrived_for(v.s, v.subject)
    # Before steps were written down, what arrived did not say whether it was kept for later.
    whole = bool(steps) and steps[0].kind == "started"
    return page(
        "lms/quizzes/history.html",
        attempt=v.subject,
        stands=service.state_of(v.subject, now=v.now),
        steps=steps,
        arrived=arrived,
        same=rules.tells_the_same(arrived, service.shut_answers_of(v.s, v.subject), whole),
        aside=sum(one.taken in rules.ASIDE for one in arrived),
        names=accounts.names_of(v.s, {step.by for step in steps}),
    )
