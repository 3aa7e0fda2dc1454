"""The bill of materials of a registered version: its files, its data and its packages, with their hashes."""
