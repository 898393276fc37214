"""Builds the demonstration through the services that the pages use, on a simulated clock."""

from lms.demo.service.build import ZONE, Account, Built, build, is_built, refuse_real_people

__all__ = ["ZONE", "Account", "Built", "build", "is_built", "refuse_real_people"]
