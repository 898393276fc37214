"""A question that was wrong: what another key or none would change, looked at before it is done."""

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.certificates import forms, policy, service
from lms.certificates.views.front import me, room
from lms.certificates.views.letters import tell_of_ruling
from lms.cohorts import service as cohorts
from lms.cohorts.models import Provider
from lms.core.access import Actor
from lms.core.errors import Conflict, Invalid, NotFound
from lms.curriculum import service as curriculum
from lms.quizzes import rules as quiz_rules
from lms.quizzes import service as quizzes
from lms.web.gate import Visit
from lms.web.pages import page


def _provider(s: Session, actor: Actor, code: str, **more: object) -> Provider | None:
    return cohorts.provider_by_code(s, code)


@room.get("/certificates/regrade/<code>/<quiz>/<item>", policy.REGRADE_PAGE, subject=_provider)
def regrading(v: Visit) -> ResponseReturnValue:
    """Show a question with its key, who holds it, and what was ruled about it."""
    case = _case(v, request.args.get("words", ""))
    return _shown(v, case, forms.RegradeForm.blank(case.question, _right(case), case.seen, case.overruled))


@room.post("/certificates/regrade/<code>/<quiz>/<item>", policy.REGRADE, subject=_provider)
def regrade(v: Visit) -> ResponseReturnValue:
    """Show what a ruling would change and change nothing; or do it, as it was looked at."""
    case = _case(v, v.form.get("words", ""))
    form = forms.RegradeForm(v.form).offer(case.question, case.overruled)
    if not form.accepts():
        return _shown(v, case, form, status=422)
    try:
        if v.form.get("act") != "apply":
            return _shown(v, case, form, _tried(v, case, form))
        mark, lose = form.mark.data or "", form.lose.data or []
        wish = _wish(case, form)
        done = service.regrade(v.s, case, wish, mark=mark, lose=lose, by=me(v), now=v.now)
    except (Invalid, Conflict) as refused:
        return _refused(v, case, form, refused)
    told = tell_of_ruling(v, wish, done)
    said = "Ruled, and %(num)s attempt was marked again.", "Ruled, and %(num)s attempts were marked again."
    written = "%(num)s person gets a letter.", "%(num)s people get a letter."
    flash(ngettext(*said, len(done.changes)) + " " + ngettext(*written, told))
    return v.go("lms_certificates.regrading", **v.args, words=case.words)


def _case(v: Visit, words: str) -> quizzes.Case:
    found = quizzes.case_of(v.s, v.subject.id, v.args["quiz"], v.args["item"], words)
    if found is None:
        raise NotFound
    return found


def _right(case: quizzes.Case) -> tuple[str, ...]:
    """Return the texts that are right by now."""
    ruling = case.rulings[0].ruling if case.rulings else None
    if ruling is not None and ruling.kind == "key":
        return ruling.right
    return tuple(option.text for option in case.question.item.options if option.correct)


def _wish(case: quizzes.Case, form: forms.RegradeForm) -> quizzes.Wish:
    return quizzes.Wish(form.ruled, form.texts(case.question), form.reason.data or "", form.version)


def _tried(v: Visit, case: quizzes.Case, form: forms.RegradeForm) -> service.Outcome:
    return service.preview(v.s, case, _wish(case, form), by=me(v), now=v.now)


def _refused(v: Visit, case: quizzes.Case, form: forms.RegradeForm, refused: Invalid | Conflict) -> ResponseReturnValue:
    """Show the page again with what is standing by now; nothing typed is lost."""
    if isinstance(refused, Invalid):
        for name, sentence in refused.problems.items():
            form.refuse(name, _(sentence))
        return _shown(v, case, form, _tried(v, case, form) if "lose" in refused.problems else None, 422)
    if form.version != case.seen:
        # Somebody ruled in between: their ruling stands on the page, and is looked at before anything is tried.
        form.seen.data = str(case.seen)
        return _shown(v, case, form, None, 409, refused.sentence)
    return _shown(v, case, form, _tried(v, case, form), 409, refused.sentence)


def _shown(
    v: Visit,
    case: quizzes.Case,
    form: forms.RegradeForm,
    outcome: service.Outcome | None = None,
    status: int = 200,
    sentence: str = "",
) -> ResponseReturnValue:
    support = curriculum.support_lines(v.s)
    form.words.data = case.words
    form.mark.data = outcome.mark if outcome else ""
    return page(
        "lms/certificates/regrade.html",
        status,
        provider=v.subject,
        case=case,
        item=case.question.item,
        form=form,
        outcome=outcome,
        sentence=_(sentence) if sentence else "",
        keyed=case.question.item.type in quiz_rules.KEYED,
        by_person=case.question.by_person,
        names=accounts.names_of(v.s, {one.by for one in case.rulings}),
        title=next(one.title for one in case.attempts if one.quiz == case.quiz),
        percent=quiz_rules.percent,
        parts=quiz_rules.stem_parts,
        fill=lambda html: Markup(curriculum.fill_lines(html, support)),  # noqa: S704 - sanitised when compiled
    )
