"""What stands is told from what arrived; `test_history.py` compares it with the database for any interleaving."""

from lms.quizzes import rules
from tests.factories import NOON


def test_only_what_was_saved_stands_and_the_last_of_it() -> None:
    def arrived(choice: int, sequence: int, taken: rules.Taken) -> rules.Arrived:
        return rules.Arrived(1, (choice,), False, sequence, NOON, None, taken)

    told = rules.replay([arrived(0, 1, "saved"), arrived(1, 5, "saved"), arrived(2, 3, "stale"), arrived(3, 9, "late")])
    assert told == {1: rules.Held((1,), False, 5, NOON)}


def test_an_attempt_from_before_does_not_know_what_was_kept_for_later() -> None:
    arrived = rules.Arrived(1, (2,), False, 1, NOON, None, "saved")
    held = {1: rules.Held((2,), True, 1, NOON)}
    assert not rules.tells_the_same([arrived], held)
    assert rules.tells_the_same([arrived], held, whole=False)
    assert not rules.tells_the_same([], held, whole=False)
