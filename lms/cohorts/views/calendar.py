"""The calendar of one's cohorts."""

from flask.typing import ResponseReturnValue

from lms.cohorts import policy, rules, service
from lms.cohorts.views.door import room
from lms.web.gate import Visit
from lms.web.pages import local, page


@room.get("/calendar", policy.CALENDAR)
def calendar(v: Visit) -> ResponseReturnValue:
    """Show the classes to come, and those that were."""
    lines = [
        (
            one,
            rules.meeting_state(one.starts_at, one.ends_at, one.cancelled_at, v.now),
            local(one.starts_at, one.cohort.zone).tzname(),
        )
        for one in service.calendar_of(v.s, v.actor)
    ]
    coming = [line for line in lines if line[0].ends_at > v.now]
    return page(
        "lms/cohorts/calendar.html",
        coming=coming,
        past=[line for line in reversed(lines) if line[0].ends_at <= v.now],
        first=next((one for one, state, _zone in coming if state != "cancelled"), None),
        several=len({one.cohort_id for one, _state, _zone in lines}) > 1,
    )
