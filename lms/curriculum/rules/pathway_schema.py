"""The keys of `pathways/<id>.yaml`: what one jurisdiction asks for."""

from typing import Annotated, Literal

from pydantic import Field

from lms.curriculum.rules.sheet import Day, Id, Minutes, Percent, Sheet, SourceIn, Words


class ApprovalIn(Sheet):
    """A state's approval of this course."""

    number: Words
    valid_from: Day
    valid_to: Day


class ModalityIn(Sheet):
    """What a pathway says about one kind of hour."""

    min_minutes: Minutes = 0
    max_minutes: Minutes | None = None
    counts: bool = True
    needs_approval: bool = False


class AtLeastIn(Sheet):
    """The minutes one competency asks for."""

    min_minutes: Minutes


class HoursIn(Sheet):
    """The hours a pathway asks for."""

    total_minutes: Minutes
    modalities: dict[Literal["in_person", "live_virtual", "homework", "self_paced", "practicum"], ModalityIn]
    competencies: dict[Id, AtLeastIn] = Field(default_factory=dict)


class AttendanceIn(Sheet):
    """How much of the live hours a student attends."""

    min_percent: Percent
    make_up: bool


class RequiredIn(Sheet):
    """A list of what must be done."""

    required: list[str] = Field(default_factory=list)


class ExamIn(Sheet):
    """Which quiz is the exam."""

    quiz: Id


class PracticeIn(Sheet):
    """Practice claims."""

    min_minutes: Minutes = 0
    max_minutes_per_day: Annotated[int, Field(ge=1, le=1440)] = 480


class CertificateIn(Sheet):
    """What the certificate says."""

    title: Words
    wording: Words
    valid_months: Annotated[int, Field(ge=1, le=600)] | None
    note: str = ""


class AgreementIn(Sheet):
    """Something a student accepts before a certificate."""

    id: Id
    title: Words
    text: Words


class PathwayIn(Sheet):
    """`pathways/<id>.yaml`: what one jurisdiction asks for."""

    title: Words
    offered: bool = True
    jurisdiction: Id
    version: Annotated[int, Field(ge=1)]
    effective_from: Day
    verified_on: Day
    sources: Annotated[list[SourceIn], Field(min_length=1)]
    unconfirmed: list[Words] = Field(default_factory=list)
    approval: ApprovalIn | None
    contact_hour_minutes: Literal[50, 60]
    self_paced_credit: Literal["completion", "seat_time"]
    reading_floor_percent: Percent
    hours: HoursIn
    attendance: AttendanceIn
    lessons: Literal["all"] = "all"
    modules: Annotated[list[Id], Field(min_length=1)]
    quizzes: RequiredIn = Field(default_factory=RequiredIn)
    exam: ExamIn | None
    narratives: RequiredIn = Field(default_factory=RequiredIn)
    homework: RequiredIn = Field(default_factory=RequiredIn)
    practice: PracticeIn = Field(default_factory=PracticeIn)
    certificate: CertificateIn
    agreements: list[AgreementIn] = Field(default_factory=list)
