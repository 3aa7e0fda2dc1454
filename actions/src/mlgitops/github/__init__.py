"""GitHub as the actions need it: the event, the REST calls, and what a trusted job does with a run's artifact."""
