"""What is taught and how it adds up, in words: the agenda, the crosswalks, the modules, the homework."""

from collections.abc import Sequence

from lms.curriculum.rules.dossier.agenda import DAY_MINUTES, Day, Session
from lms.curriculum.rules.dossier.figures import Dossier
from lms.curriculum.rules.dossier.leaves import Heading, Leaf, Line, Points, Say, Table, Words
from lms.curriculum.rules.dossier.spread import Spread


def agenda(d: Dossier, _: Say, span: Say) -> tuple[Leaf, ...]:
    """Each day with its blocks, the day's sum, and the sum of all days."""
    if not d.days:
        return (Words(_("This pathway has no meeting.")),)
    leaves: list[Leaf] = [
        Words(
            _("Meetings in the order they are taught, packed into days of at most %(most)s of training. Breaks are shown and never "
              "counted; breaks between meetings and meals come on top and are the provider's to set.", most=span(DAY_MINUTES))
        )
    ]  # fmt: skip
    titles = {module.id: module.title for module in d.material.modules}
    for day in d.days:
        leaves += [Heading(_("Day %(number)s", number=day.number)), _day(day, titles, _)]
    leaves += [Heading(_("All days")), _all_days(d, _)]
    return tuple(leaves)


def _day(day: Day, titles: dict[str, str], _: Say) -> Table:
    rows = [line for session in day.sessions for line in _session(session, titles, _)]
    rows.append(Line((_("Day %(number)s, training", number=day.number), str(day.minutes), str(day.minutes)), "sum"))
    head = (_("Block"), _("Minutes"), _("Training so far"))
    return Table(_("Agenda of day %(number)s, in minutes", number=day.number), head, tuple(rows), (1, 0, 0))


def _session(session: Session, titles: dict[str, str], _: Say) -> list[Line]:
    module = titles.get(session.module, session.module)
    title = _("%(module)s: %(title)s (%(minutes)s minutes; facilitators: %(count)s)", module=module, title=session.title,
              minutes=session.minutes, count=session.facilitators)  # fmt: skip
    blocks = [
        Line((_("%(title)s (not counted)", title=block.title), str(block.minutes), ""), "aside")
        if block.is_break
        else Line((block.title, str(block.minutes), str(block.running)))
        for block in session.blocks
    ]
    return [Line((title, "", ""), "sum"), *blocks]


def _all_days(d: Dossier, _: Say) -> Table:
    rows = [
        Line((_("Day %(number)s", number=day.number), str(day.minutes), str(day.breaks)))
        for day in d.days
    ]  # fmt: skip
    breaks = sum(day.breaks for day in d.days)
    rows.append(Line((_("All days"), str(d.live), str(breaks)), "sum"))
    head = (_("Day"), _("Training"), _("Breaks, not counted"))
    return Table(_("Training of all days, in minutes"), head, tuple(rows), (1, 0, 0))


def spread(d: Dossier, spreads: Sequence[Spread], _: Say) -> tuple[Leaf, ...]:
    """One table per spread, each column with its sum."""
    if not spreads:
        return (Words(_("This curriculum maps to no public framework.")),)
    leaves: list[Leaf] = [
        Words(
            _("In minutes. Each meeting, homework and lesson is shared out by the weights its authors gave it, to whole minutes, so "
              "that each column sums to the whole. Where only part of a kind counts, that part is shared as the whole kind is.")
        )
    ]  # fmt: skip
    for one in spreads:
        if one.title:
            leaves.append(Heading(one.title))
        leaves.append(_spread(one, _))
    return tuple(leaves)


def _spread(one: Spread, _: Say) -> Table:
    ours = one.id == "ours"
    name = _("Competency") if ours else _("Entry")
    rows = [Line((title or _("Outside this framework"), *map(str, figures))) for _id, title, figures in one.rows]
    rows.append(Line((_("Together"), *map(str, one.sums)), "sum"))
    head = (name, _("Meetings"), _("Homework"), _("Lessons"), _("Counts here"))
    caption = _("Minutes by our competencies") if ours else _("Minutes by %(framework)s", framework=one.title)
    return Table(caption, head, tuple(rows), (1, 0, 0, 0, 0))


def modules(d: Dossier, _: Say, span: Say) -> tuple[Leaf, ...]:
    """Each module: what it is for, its objectives, and its minutes."""
    leaves: list[Leaf] = []
    titles = d.material.titles
    for number, module in enumerate(d.material.modules, 1):
        live = sum(one.minutes for one in module.meetings)
        reading = sum(one.minutes for one in module.lessons)
        leaves += [
            Heading(f"{number}. {module.title}"),
            Words(module.summary),
            Points(module.objectives),
            Words(
                _("Meetings %(live)s, lessons %(lessons)s. Competencies: %(names)s.", live=span(live), lessons=span(reading),
                  names="; ".join(titles.get(id_, id_) for id_ in module.competencies))
            ),
        ]  # fmt: skip
    return tuple(leaves)


def homework(d: Dossier, _: Say) -> tuple[Leaf, ...]:
    """Each homework with its minutes and the reason for them; the sum holds what the pathway asks for."""
    if not d.homework:
        return (Words(_("This pathway has no homework.")),)
    rows = [
        Line((f"{one.module}: {one.title}", one.reason, one.hand_in, str(one.minutes)))
        for one in d.homework
        if one.asked
    ]
    asked = sum(one.minutes for one in d.homework if one.asked)
    rows.append(Line((_("Asked for"), "", "", str(asked)), "sum"))
    rows += [
        Line((_("%(title)s (not asked for here)", title=f"{one.module}: {one.title}"), one.reason, one.hand_in, str(one.minutes)),
             "aside")
        for one in d.homework
        if not one.asked
    ]  # fmt: skip
    head = (_("Homework"), _("Why that many minutes"), _("What is handed in"), _("Minutes"))
    return (
        Words(_("A homework counts when a facilitator has accepted what was handed in.")),
        Table(_("Homework, in minutes"), head, tuple(rows), (3, 4, 4, 0)),
    )
