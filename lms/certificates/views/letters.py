"""The letters that a ruling on a question sends: one to each person whose result changed, about nobody else."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from lms.certificates.service import Outcome
from lms.cohorts.models import Enrolment
from lms.quizzes import rules as quiz_rules
from lms.quizzes import service as quizzes
from lms.records import service as records
from lms.web.gate import Visit


def tell_of_ruling(v: Visit, wish: quizzes.Wish, done: Outcome) -> int:
    """Write to everybody whose result a ruling changed, once however many of their attempts it was; returns how many."""
    theirs: dict[int, list[quizzes.Regraded]] = {}
    for one in sorted(done.changes, key=lambda one: one.attempt.id):
        theirs.setdefault(one.attempt.enrolment.person_id, []).append(one)
    told = [(changes[0].attempt.enrolment.person.email, changes) for changes in theirs.values()]
    for address, changes in told:
        if address:
            subject, body = _letter(v, wish, changes)
            records.write_message(v.s, "quiz.ruled", address, subject, body, now=v.now)
    return sum(bool(address) for address, _changes in told)


def _letter(v: Visit, wish: quizzes.Wish, changes: Sequence[quizzes.Regraded]) -> tuple[str, str]:
    settings = v.state.settings
    seat: Enrolment = changes[0].attempt.enrolment
    said = _(
        "A question that you were asked in a quiz was looked at again by %(name)s.", name=seat.cohort.provider.name
    )
    parts = [
        said + " " + _ruled(wish.kind),
        _("Why:") + "\n" + wish.reason.strip(),
        _("Your result changed:") + "\n" + "\n".join(map(_line, changes)),
        *([_lost()] if any(one.lost for one in changes) else []),
        _("Sign in to see it: %(link)s", link="\n".join(_link(settings.base_url, one) for one in changes)),
        settings.programme_name,
    ]
    return _("A quiz result of yours changed"), "\n\n".join(parts)


def _ruled(kind: quiz_rules.RulingKind) -> str:
    said = {
        "void": _("It counts for everybody now, whatever was answered."),
        "key": _("Another answer is right now."),
        "asked": _("It counts again as it was asked."),
    }
    return str(said[kind])


def _line(one: quizzes.Regraded) -> str:
    figures = {
        "quiz": one.attempt.title,
        "number": one.attempt.number,
        "before": quiz_rules.percent(one.before.points, one.before.out_of),
        "after": quiz_rules.percent(one.after.points, one.after.out_of),
    }
    line = _("%(quiz)s, attempt %(number)s: %(before)s %% before, %(after)s %% now.", **figures)
    return f"{line} {_stands(one)}"


def _stands(one: quizzes.Regraded) -> str:
    if one.after.passed is None:
        return str(_("Whether it is passed is decided when a person has graded the rest."))
    if one.lost:
        return str(_("It was passed, and now it is not."))
    if one.won:
        return str(_("Now it is passed."))
    return str(_("It is still passed.") if one.after.passed else _("It is still not passed."))


def _lost() -> str:
    return str(
        _(
            "You did nothing wrong. If another attempt of yours at it is passed, that one counts. If none is, talk with "
            "your facilitator about what is possible from here."
        )
    )


def _link(base_url: str, one: quizzes.Regraded) -> str:
    return base_url.rstrip("/") + url_for("lms_quizzes.result", code=one.attempt.code)
