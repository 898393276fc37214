import pytest

from lms.core import errors


@pytest.mark.parametrize(
    ("kind", "status"), [(errors.NotFound, 404), (errors.Denied, 403), (errors.Conflict, 409), (errors.Invalid, 422)]
)
def test_a_refusal_has_a_status_and_a_sentence(kind: type[errors.LmsError], status: int) -> None:
    assert kind("Say this.").status == status
    assert kind("Say this.").sentence == "Say this."


def test_invalid_names_the_fields() -> None:
    assert errors.Invalid("Look again.", {"on": "That day is to come."}).problems == {"on": "That day is to come."}
