"""A dossier in words, section by section, in whatever language `say` speaks; page and paper print the same booklet."""

from lms.curriculum.rules.dossier.figures import Dossier, Kind
from lms.curriculum.rules.dossier.leaves import (
    Booklet,
    Facts,
    Heading,
    Leaf,
    Line,
    Links,
    Points,
    Say,
    Section,
    Table,
    Words,
)
from lms.curriculum.rules.dossier.proofs import exam, lessons, questions, terms
from lms.curriculum.rules.dossier.tables import agenda, homework, modules, spread


def booklet(d: Dossier, _: Say, span: Say, lang: str = "en") -> Booklet:
    """Write a dossier. `span` writes minutes as hours."""
    pathway = d.material.pathway
    return Booklet(
        lang,
        _("Course dossier: %(title)s", title=pathway.title),
        d.material.outline.title,
        _lead(d, _, span),
        _("%(pathway)s, version %(version)s, curriculum %(digest)s", pathway=pathway.id, version=pathway.version,
          digest=d.material.digest[:12]),
        _("What is in it"),
        (
            Section("course", _("The course"), _course(d, _, span)),
            Section("kinds", _("Hours by kind"), _kinds(d, _, span)),
            Section("agenda", _("Daily agenda"), agenda(d, _, span)),
            Section("competencies", _("Hours by competency"), spread(d, d.spreads[:1], _)),
            Section("frameworks", _("Hours by public framework"), spread(d, d.spreads[1:], _)),
            Section("modules", _("Modules and objectives"), modules(d, _, span)),
            Section("lessons", _("How the minutes of lessons were computed"), lessons(d, _)),
            Section("homework", _("Homework"), homework(d, _)),
            Section("questions", _("Questions in the banks"), questions(d, _)),
            Section("exam", _("The exam"), exam(d, _)),
            Section("terms", _("How students are assessed"), terms(d, _)),
            Section("unconfirmed", _("What is not confirmed"), _unconfirmed(d, _)),
            Section("sources", _("Sources"), _sources(d, _)),
        ),
    )  # fmt: skip


def _lead(d: Dossier, _: Say, span: Say) -> str:
    live = _("%(count)s days of class with %(live)s of training", count=len(d.days), live=span(d.live))
    asked = span(d.material.pathway.total_minutes)
    return _("%(asked)s asked for: %(live)s, homework and lessons beside them.", asked=asked, live=live)


def _course(d: Dossier, _: Say, span: Say) -> tuple[Leaf, ...]:
    pathway = d.material.pathway
    facts = [
        (_("Course"), d.material.outline.title),
        (_("Pathway"), _("%(title)s (%(id)s), version %(version)s", title=pathway.title, id=pathway.id,
                         version=pathway.version)),
        (_("In force from"), pathway.effective_from),
        (_("Rules compared on"), pathway.verified_on),
        (_("Hours asked for"), _minutes(pathway.total_minutes, _, span)),
        (_("Counted when all is done"), _minutes(d.counted, _, span)),
        (_("An hour of credit"), _("%(minutes)s minutes, breaks not counted", minutes=pathway.contact_hour_minutes)),
        (_("Approval"), _approval(d, _)),
        (_("Version of the curriculum"), d.material.digest),
    ]  # fmt: skip
    leaves: list[Leaf] = [Facts(tuple(facts))]
    leaves.append(Words(_("The version is a hash of every lesson, agenda, question and rule that this dossier was added up from. "
                          "The same hash stands in the record of each cohort that learns from it, and in each certificate.")))  # fmt: skip
    if d.missing:
        leaves += [Heading(_("What the curriculum does not hold yet")), Points(d.missing)]
    return tuple(leaves)


def _approval(d: Dossier, _: Say) -> str:
    pathway = d.material.pathway
    if not pathway.approval_number:
        return _("None is recorded. Nothing here says that a state or board has accepted this course.")
    return _("%(number)s, valid from %(start)s to %(end)s", number=pathway.approval_number,
             start=pathway.approval_from, end=pathway.approval_to)  # fmt: skip


def _minutes(minutes: int, _: Say, span: Say) -> str:
    return _("%(span)s (%(minutes)s minutes)", span=span(minutes), minutes=minutes)


def _kinds(d: Dossier, _: Say, span: Say) -> tuple[Leaf, ...]:
    names = kind_names(_)
    rows = [
        Line((names[one.modality], str(one.held), str(one.counted), str(one.least), _most(one, _)))
        for one in d.kinds
    ]  # fmt: skip
    least = sum(one.least for one in d.kinds)
    rows.append(Line((_("Together"), str(d.held), str(d.counted), str(least), ""), "sum"))
    head = (_("Kind"), _("Asked of students"), _("Counts here"), _("At least"), _("At most"))
    return (
        Words(
            _(
                "In minutes. A meeting stands under the way its guide is written for. Homework is what this pathway asks for."
            )
        ),
        Table(_("Minutes by kind of hour"), head, tuple(rows), (1, 0, 0, 0, 0)),
        *(Words(text) for text in _kind_notes(d, _, span)),
    )


def _most(one: Kind, _: Say) -> str:
    if not one.counts:
        return _("not counted")
    if one.needs_approval:
        return _("with approval")
    return _("no limit") if one.most is None else str(one.most)


def _kind_notes(d: Dossier, _: Say, span: Say) -> list[str]:
    pathway = d.material.pathway
    notes = [_("The pathway asks for %(asked)s in all.", asked=_minutes(pathway.total_minutes, _, span))]
    if any(one.counts and one.needs_approval for one in d.kinds):
        notes.append(
            _("“With approval”: counts only where the provider has recorded an approval for it; it is in no sum here.")
        )
    if any(one.held > one.counted for one in d.kinds):
        notes.append(
            _("What is asked of students and does not count is done all the same, and stays in their record of hours.")
        )
    notes.append(_credit(d, _))
    return notes


def _credit(d: Dossier, _: Say) -> str:
    pathway = d.material.pathway
    if pathway.self_paced_credit == "seat_time":
        return _(
            "Lessons are credited with the minutes measured while they are read, never more than the minutes claimed."
        )
    return _("A lesson is credited with its claimed minutes once it is done and at least %(floor)s percent of them were measured.",
             floor=pathway.reading_floor_percent)  # fmt: skip


def kind_names(_: Say) -> dict[str, str]:
    """Name each kind of hour."""
    return {
        "in_person": _("In person"),
        "live_virtual": _("By live video"),
        "homework": _("Homework"),
        "self_paced": _("Lessons"),
        "practicum": _("Practice"),
    }


def _unconfirmed(d: Dossier, _: Say) -> tuple[Leaf, ...]:
    points = d.material.pathway.unconfirmed
    if not points:
        return (Words(_("The pathway's file lists nothing.")),)
    return (Words(_("Nobody may rely on these before they are asked.")), Points(points))


def _sources(d: Dossier, _: Say) -> tuple[Leaf, ...]:
    rules = tuple((one.title, one.url) for one in d.material.pathway.sources)
    maps = tuple(
        (_("%(title)s, compared on %(day)s", title=one.title, day=one.verified_on), one.source)
        for one in d.material.competencies.frameworks
    )
    found: list[Leaf] = [Heading(_("Of the rules")), Links(rules)]
    if maps:
        found += [Heading(_("Of the frameworks")), Links(maps)]
    for module, sources in d.sources:
        found += [Heading(_("Of the lessons in %(module)s", module=module))]
        found += [Links(tuple((one.title, one.url) for one in sources))]
    return tuple(found)
