"""The faults that the software has to survive, each made to happen for real by the tests that carry its name."""
