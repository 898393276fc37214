from dataclasses import dataclass

import pytest

from lms.core.access import Actor, decide
from lms.reports.policy import LIST_GRANTS, READ_GRANT


@dataclass(frozen=True)
class Grant:
    id: int = 7
    provider_id: int = 3


@pytest.mark.parametrize(
    ("actor", "reads", "lists"),
    [
        (Actor(person_id=1, funds=frozenset({7})), 200, 200),
        (Actor(person_id=1, funds=frozenset({8})), 404, 200),
        (Actor(person_id=1, coordinates=frozenset({3})), 200, 200),
        (Actor(person_id=1, coordinates=frozenset({4})), 404, 200),
        (Actor(person_id=1, founder=True), 404, 200),
        (Actor(person_id=1, facilitates=frozenset({1})), 404, 403),
        (Actor(person_id=1, seats={1: 1}), 404, 403),
        (Actor(), 401, 401),
    ],
)
def test_who_reads_a_grant_s_report(actor: Actor, reads: int, lists: int) -> None:
    assert decide(READ_GRANT, actor, Grant()).status == reads
    assert decide(LIST_GRANTS, actor, None).status == lists
