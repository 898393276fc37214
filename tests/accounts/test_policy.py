from dataclasses import dataclass

from lms.accounts import policy
from lms.core.access import STRANGER, Actor, decide

ME = Actor(person_id=1, code="ME", name="Me")


@dataclass
class Browser:
    person_id: int


def test_only_my_own_browser_is_mine_to_sign_out() -> None:
    assert decide(policy.END_SESSION, ME, Browser(1)).status == 200
    assert decide(policy.END_SESSION, ME, Browser(2)).status == 404
    assert decide(policy.END_SESSION, STRANGER, Browser(1)).status == 401
    assert not policy.own_session(ME, None)


def test_an_account_is_for_the_signed_in() -> None:
    for permission in (policy.SEE, policy.CHANGE):
        assert decide(permission, ME, None).allowed
        assert decide(permission, STRANGER, None).status == 401


def test_permissions_have_one_name_each() -> None:
    names = [permission.name for permission in policy.PERMISSIONS]
    assert len(set(names)) == len(names)
    assert all(permission.promise for permission in policy.PERMISSIONS)
