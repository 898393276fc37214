"""Builds the demonstration through every room's services, on a simulated clock."""
