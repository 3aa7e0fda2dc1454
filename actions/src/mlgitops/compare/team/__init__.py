"""Metrics of a team's own, run in the project's environment."""
