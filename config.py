"""The deployment's settings, read from the environment; each one is described in lms/core/settings.py."""

from lms.core.settings import Settings

__all__ = ["Settings"]
