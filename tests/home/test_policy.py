import pytest

from lms.core.access import Actor, decide
from lms.home.policy import LETTERS, TRAVEL


@pytest.mark.parametrize(
    ("actor", "letters", "travel"),
    [
        (Actor(person_id=1, coordinates=frozenset({1})), 200, 200),
        (Actor(person_id=1, founder=True), 200, 200),
        (Actor(person_id=1, facilitates=frozenset({1})), 403, 200),
        (Actor(person_id=1, seats={1: 1}), 403, 403),
        (Actor(person_id=1, funds=frozenset({1})), 403, 403),
        (Actor(person_id=1), 403, 403),
        (Actor(), 401, 401),
    ],
)
def test_who_sees_letters_and_who_looks_at_another_day(actor: Actor, letters: int, travel: int) -> None:
    assert decide(LETTERS, actor, None).status == letters
    assert decide(TRAVEL, actor, None).status == travel
