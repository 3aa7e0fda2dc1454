"""What is in the repository: its commits, what DVC tracks in them, and the branch that stores it."""
