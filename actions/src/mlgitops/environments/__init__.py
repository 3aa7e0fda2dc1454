"""The desired state: environments as files, what they mean, and how they are edited."""
