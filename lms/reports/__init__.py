"""Funder statistics with disclosure control."""
