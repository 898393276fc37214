"""Groundwork: the training software for peer support programmes."""

__version__ = "0.1.0"
