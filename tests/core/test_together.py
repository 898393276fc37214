from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.together import arm, ask, flag
from lms.records.models import Audit, Throttle
from tests import factories

AT = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_arms_of_different_tables_come_back_in_one_statement(s: Session, count_queries) -> None:  # type: ignore[no-untyped-def]
    s.add_all([Throttle(key="a", at=AT), Audit(at=AT, actor="P", verb="did", subject="x")])
    person = factories.person(s)
    s.flush()
    arms = [
        arm("try", Throttle.id, Throttle.key, instants=[Throttle.at]),
        arm("deed", Audit.id, Audit.verb, words=[Audit.actor], numbers=[7]),
        arm("person", 3, factories.Person.code, numbers=[flag(factories.Person.is_demo)]).where(
            factories.Person.id == person.id
        ),
    ]
    with count_queries() as counted:
        found = ask(s, tuple(arms))
    assert len(counted) == 1
    [tried], [deed], [who] = found["try"], found["deed"], found["person"]
    assert (tried.key, tried.at, tried.at2, tried.number) == ("a", AT, None, None)
    assert (deed.key, deed.word, deed.number, deed.word2, deed.at) == ("did", "P", 7, None, None)
    assert (who.of, who.key, who.number) == (3, person.code, 0)


def test_an_instant_keeps_its_zone_whichever_arm_comes_first(s: Session) -> None:
    s.add(Throttle(key="a", at=AT))
    s.flush()
    empty = arm("none", Audit.id, Audit.verb).where(sa.false())
    for arms in ([empty, arm("try", Throttle.id, Throttle.key, instants=[Throttle.at])],):
        assert ask(s, tuple(arms))["try"][0].at == AT
        assert ask(s, tuple(arms[::-1]))["try"][0].at == AT


def test_an_arm_does_not_take_more_than_it_holds() -> None:
    with pytest.raises(ValueError, match="at most"):
        arm("wide", Throttle.id, Throttle.key, words=["a", "b", "c", "d", "e"])
