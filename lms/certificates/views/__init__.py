"""The pages of certificates: desk, sheet and public check; a question that was wrong; certificates to look at again."""

from lms.certificates.views import again, desk, regrading
from lms.certificates.views.front import room

__all__ = ["again", "desk", "regrading", "room"]
