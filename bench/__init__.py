"""Side by side in one run: what a pull request costs, what its bootstrap costs, and how fast the service answers."""
