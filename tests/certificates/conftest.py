"""Every table is known before the test database is made."""

import lms.extension  # noqa: F401
