"""Runs a workflow file for one event under act, one process for each job."""
