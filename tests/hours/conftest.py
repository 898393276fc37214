"""Every room's tables are known before the test database is made: its pages ask more rooms than this one."""

import lms.app  # noqa: F401
