"""Side by side in one run: what a pull request costs above the plain work in it, and what its bootstrap costs."""
