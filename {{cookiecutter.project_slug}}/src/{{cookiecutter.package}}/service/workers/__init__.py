"""Several processes that answer at one address."""
