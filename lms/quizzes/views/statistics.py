"""How the questions of a quiz did, for the people who write and teach them."""

from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.cohorts import service as cohorts
from lms.core.crypto import digest
from lms.core.errors import NotFound
from lms.curriculum import service as curriculum
from lms.quizzes import policy, rules, service
from lms.quizzes.views.front import room
from lms.web.gate import Visit
from lms.web.pages import page


@room.get("/items", policy.ITEMS)
def items(v: Visit) -> ResponseReturnValue:
    """List the quizzes that were sat in these cohorts."""
    return page("lms/quizzes/items.html", quizzes=service.sat_quizzes(v.s, v.actor), enough=rules.ENOUGH)


@room.get("/items/<quiz>", policy.ITEMS)
def items_of(v: Visit) -> ResponseReturnValue:
    """Show each question of a quiz: how hard it was, whether it tells people apart, and what was chosen."""
    lines = {line.quiz: line for line in service.sat_quizzes(v.s, v.actor)}
    line = lines.get(v.args["quiz"])
    if line is None:
        raise NotFound
    figures = rules.figures(service.sat_attempts(v.s, v.actor, line.quiz))
    support = curriculum.support_lines(v.s)
    return page(
        "lms/quizzes/items_of.html",
        line=line,
        figures=figures,
        enough=rules.ENOUGH,
        providers=cohorts.providers_of(v.s, v.actor),
        words=digest,
        most=service.MOST_ATTEMPTS,
        fill=lambda html: Markup(curriculum.fill_lines(html, support)),  # noqa: S704 - sanitised when compiled
    )
