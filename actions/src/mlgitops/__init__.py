"""Machine learning by git review: what the actions of this repository do, as one command-line tool."""
