"""Side by side in one run: what the pipeline of a pull request costs above the plain work in it."""
