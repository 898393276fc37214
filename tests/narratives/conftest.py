"""What the tests of this room share."""

import lms.extension  # noqa: F401 - every room's tables are known before the database is made
