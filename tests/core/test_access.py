import pytest

from lms.core.access import STRANGER, Actor, Permission, anyone, decide, nobody, signed_in

MEMBER = Actor(person_id=1, code="P", name="Robin")


@pytest.mark.parametrize(
    ("allow", "sees", "actor", "subject", "status"),
    [
        (anyone, nobody, STRANGER, None, 200),
        (signed_in, nobody, STRANGER, None, 401),
        (signed_in, nobody, MEMBER, None, 200),
        (nobody, nobody, MEMBER, object(), 404),
        (nobody, anyone, MEMBER, object(), 403),
        (nobody, nobody, MEMBER, None, 403),
        (nobody, anyone, STRANGER, object(), 401),
    ],
)
def test_the_evaluator(allow: object, sees: object, actor: Actor, subject: object, status: int) -> None:
    decision = decide(Permission("p", "promise", allow, sees), actor, subject)  # type: ignore[arg-type]
    assert (decision.status, decision.allowed) == (status, status == 200)


@pytest.mark.parametrize(
    ("actor", "role"),
    [
        (STRANGER, "visitor"),
        (MEMBER, "member"),
        (Actor(1, seats={1: 1}), "student"),
        (Actor(1, facilitates=frozenset({1}), seats={1: 1}), "facilitator"),
        (Actor(1, coordinates=frozenset({1}), facilitates=frozenset({1})), "coordinator"),
        (Actor(1, founder=True), "coordinator"),
        (Actor(1, funds=frozenset({1})), "funder"),
    ],
)
def test_the_first_page_follows_the_role(actor: Actor, role: str) -> None:
    assert actor.role == role
