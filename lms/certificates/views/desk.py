"""The student's way to the certificate, the coordinator's desk, the sheet, and the public check."""

from datetime import date, timedelta

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.certificates import forms, policy, rules, service
from lms.certificates.models import Certificate
from lms.certificates.views.front import load_certificate, load_seat, me, room
from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.core.access import PUBLIC, Actor
from lms.core.errors import Invalid, NotFound
from lms.core.ids import group, normalise
from lms.curriculum import service as curriculum
from lms.records import service as records
from lms.web.gate import Misses, Visit
from lms.web.pages import download, full_date, hours_minutes, page

# A code has about 59 bits: nobody finds one by trying, and nobody is to try.
GUESSES = Misses("verify", 30, timedelta(hours=1))


def _my_seat(s: Session, actor: Actor) -> Enrolment | None:
    return cohorts.seat_of(s, actor)


# The student


@room.get("/certificate", policy.OWN, subject=_my_seat)
def mine(v: Visit) -> ResponseReturnValue:
    """Show what stands between the student and the certificate, or the certificate."""
    return _mine(v, None)


@room.post("/certificate/agreement", policy.ACCEPT, subject=_my_seat)
def accept(v: Visit) -> ResponseReturnValue:
    """Accept an agreement."""
    form = forms.AgreementForm(v.form)
    if not form.accepts():
        return _mine(v, form)
    words = form.words.data or ""
    service.accept_agreement(v.s, v.subject, form.agreement.data or "", words=words, now=v.now)
    flash(_("Kept, with today's date."))
    return v.go("lms_certificates.mine")


def _mine(v: Visit, refused: forms.AgreementForm | None) -> ResponseReturnValue:
    seat: Enrolment = v.subject
    v.zone = seat.cohort.zone
    held = service.of_person(v.s, seat.person_id)
    here = [one for one in held if one.enrolment_id == seat.id]
    return page(
        "lms/certificates/mine.html",
        422 if refused else 200,
        seat=seat,
        outline=curriculum.outline(v.s, seat.cohort.release),
        case=service.judged(v.s, seat, now=v.now),
        refused=refused,
        certificate=here[0] if here else None,
        face=rules.face_from(here[0].face) if here else None,
        earlier=[one for one in held if not here or one.id != here[0].id],
        standing=lambda one: rules.standing(one.valid_until, one.revoked_at, v.now),
        address=_base(v) + "/verify/" + here[0].code if here else "",
        staff=_names(cohorts.facilitators_of(v.s, seat.cohort_id)),
        coordinators=_names(cohorts.coordinators_of(v.s, seat.cohort.provider_id)),
        printed=group,
    )


@room.get("/certificates/of/<code>/transcript", policy.TRANSCRIPT, subject=load_seat)
def transcript(v: Visit) -> ResponseReturnValue:
    """Show hours, quizzes passed and texts accepted, to print: no scores, no words of anybody."""
    seat: Enrolment = v.subject
    v.zone = seat.cohort.zone
    return page(
        "lms/certificates/transcript.html",
        seat=seat,
        facts=service.facts_for(v.s, [seat], now=v.now)[seat.id],
        outline=curriculum.outline(v.s, seat.cohort.release),
        certificates=[one for one in service.history_of(v.s, seat.id) if one.revoked_at is None],
        mine=v.actor.person_id == seat.person_id,
        printed=group,
    )


# The staff


@room.get("/certificates", policy.LIST)
def index(v: Visit) -> ResponseReturnValue:
    """Show who is ready, issued, revoked and on the way, cohort by cohort."""
    boards = service.boards_of(v.s, v.actor, now=v.now)
    again = service.changed_since(v.s, [one for board in boards for one in board.issued], now=v.now)
    return page("lms/certificates/index.html", boards=boards, again=again, face_of=rules.face_from, printed=group)


@room.get("/certificates/of/<code>", policy.PERSON, subject=load_seat)
def person(v: Visit) -> ResponseReturnValue:
    """Show one person's verdict with its evidence, and the certificates they have."""
    seat: Enrolment = v.subject
    v.zone = seat.cohort.zone
    return page(
        "lms/certificates/person.html",
        seat=seat,
        case=service.judged(v.s, seat, now=v.now),
        outline=curriculum.outline(v.s, seat.cohort.release),
        certificates=service.history_of(v.s, seat.id),
        standing=lambda one: rules.standing(one.valid_until, one.revoked_at, v.now),
        reason=lambda one: service.revoked_reason(v.s, one),
        staff=_names(cohorts.facilitators_of(v.s, seat.cohort_id)),
        issues=policy.ISSUE_PAGE.allow(v.actor, seat),
        runs=policy.PACKET.allow(v.actor, seat),
        printed=group,
    )


@room.get("/certificates/of/<code>/issue", policy.ISSUE_PAGE, subject=load_seat)
def confirm(v: Visit) -> ResponseReturnValue:
    """Show exactly what the certificate would say."""
    seat: Enrolment = v.subject
    v.zone = seat.cohort.zone
    by = me(v)
    try:
        draft = service.draft(v.s, seat, by=by, now=v.now, wording=_wording(v))
    except Invalid as refused:
        return page("lms/certificates/unprintable.html", 422, seat=seat, sentence=refused.sentence)
    form = forms.IssueForm(values={"mark": draft.mark})
    return page("lms/certificates/confirm.html", seat=seat, draft=draft, face=draft.face, form=form)


@room.post("/certificates/of/<code>/issue", policy.ISSUE, subject=load_seat)
def issue(v: Visit) -> ResponseReturnValue:
    """Issue the certificate that was read, and tell its holder."""
    seat: Enrolment = v.subject
    v.zone = seat.cohort.zone
    form = forms.IssueForm(v.form)
    mark = (form.mark.data or "") if form.accepts() else ""
    if not mark:
        return v.go("lms_certificates.confirm", code=seat.code)
    made = service.issue(
        v.s,
        seat,
        by=me(v),
        base_url=_base(v),
        now=v.now,
        wording=_wording(v),
        mark=mark,
        tell=lambda new: _tell(v, seat.person.email, new),
    )
    flash(_("Issued. %(name)s can download it now.", name=made.holder))
    return v.go("lms_certificates.person", code=seat.code)


def _tell(v: Visit, address: str | None, made: Certificate) -> None:
    if not address:
        return
    body = _(
        "Your certificate was issued. Sign in and open %(link)s to download it.\n\n"
        "Anyone you give the code %(code)s to can check it at %(check)s.",
        link=_base(v) + "/certificate",
        code=group(made.code),
        check=_base(v) + "/verify",
    )
    records.write_message(v.s, "certificate", address, _("Your certificate is here"), body, now=v.now)


@room.get("/certificates/<code>/revoke", policy.REVOKE_PAGE, subject=load_certificate)
def revoking(v: Visit) -> ResponseReturnValue:
    """Ask why."""
    return _revoking(v, forms.RevokeForm())


@room.post("/certificates/<code>/revoke", policy.REVOKE, subject=load_certificate)
def revoke(v: Visit) -> ResponseReturnValue:
    """Revoke, with a reason."""
    form = forms.RevokeForm(v.form)
    if not form.accepts():
        return _revoking(v, form, 422)
    made = service.revoke(v.s, v.subject, reason=form.reason.data or "", by=me(v), now=v.now)
    flash(_("Revoked. The public check says so from now on."))
    return v.go("lms_certificates.person", code=made.enrolment.code)


def _revoking(v: Visit, form: forms.RevokeForm, status: int = 200) -> ResponseReturnValue:
    made: Certificate = v.subject
    return page("lms/certificates/revoke.html", status, certificate=made, form=form, printed=group)


@room.get("/certificates/<code>/packet", policy.PACKET, subject=load_certificate)
def packet(v: Visit) -> ResponseReturnValue:
    """Show the frozen evidence as a page."""
    made: Certificate = v.subject
    v.zone = made.enrolment.cohort.zone
    opened = service.packet_of(v.s, made)
    release = curriculum.by_digest(v.s, opened.evidence.face.release)
    if release is None:
        raise NotFound
    return page(
        "lms/certificates/packet.html",
        certificate=made,
        packet=opened,
        outline=curriculum.outline(v.s, release),
        verified=date.fromisoformat(opened.evidence.pathway.verified_on),
        printed=group,
    )


@room.get("/certificates/<code>/packet.json", policy.PACKET, subject=load_certificate)
def packet_file(v: Visit) -> ResponseReturnValue:
    """Send the frozen evidence, byte for byte what its hash was made of."""
    text = service.packet_of(v.s, v.subject).text
    return download(text.encode(), "application/json", f"packet-{group(v.subject.code)}.json")


@room.get("/certificates/<code>.pdf", policy.SHEET, subject=load_certificate)
def sheet(v: Visit) -> ResponseReturnValue:
    """Send the sheet exactly as it was issued."""
    return download(service.pdf_of(v.s, v.subject), "application/pdf", f"certificate-{group(v.subject.code)}.pdf")


# The public


@room.get("/verify", PUBLIC)
def check(v: Visit) -> ResponseReturnValue:
    """Ask for a code, and go to its page."""
    form = forms.CheckForm(request.args)
    if "code" not in request.args:
        return page("lms/certificates/check.html", form=form)
    typed = normalise(form.code.data or "") if form.accepts() else ""
    if typed:
        return v.go("lms_certificates.verify", code=typed)
    if not form.errors:
        form.refuse("code", _("Type the code that stands on the certificate."))
    return page("lms/certificates/check.html", 422, form=form)


@room.get("/verify/<code>", PUBLIC, throttle=GUESSES)
def verify(v: Visit) -> ResponseReturnValue:
    """Say whether a certificate is real and valid; the same calm page when there is none."""
    found = service.find(v.s, v.args["code"])
    standing = rules.standing(found.valid_until, found.revoked_at, v.now) if found else "unknown"
    answer = page(
        "lms/certificates/verify.html",
        200 if found else 404,
        certificate=found,
        standing=standing,
        face=rules.face_from(found.face) if found and standing != "revoked" else None,
        code=group(normalise(v.args["code"])[:40]),
        form=forms.CheckForm(),
    )
    # Whoever holds the code may open the page; a search engine need not list the names.
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _base(v: Visit) -> str:
    path: str = url_for("lms_certificates.check").removesuffix("/verify")
    return str(v.state.settings.base_url).rstrip("/") + path


def _wording(v: Visit) -> service.Wording:
    language = str(get_locale() or "en")
    return service.Wording(_, full_date, hours_minutes, v.state.settings.programme_name, language)


def _names(people: list[Person]) -> str:
    between: str = _(" or ")
    return between.join(one.name for one in people)
