"""The page of all support lines, for anybody, signed in or not."""

from flask.typing import ResponseReturnValue

from lms.core.access import PUBLIC
from lms.curriculum import service
from lms.web.gate import Visit
from lms.web.pages import page
from lms.web.room import Room

room = Room("curriculum", __name__)


@room.get("/support-lines", PUBLIC)
def lines(v: Visit) -> ResponseReturnValue:
    """List every support line with its hours, languages and policy on emergency services, and when it was checked."""
    return page("lms/curriculum/lines.html", lines=service.support_lines(v.s).lines)
