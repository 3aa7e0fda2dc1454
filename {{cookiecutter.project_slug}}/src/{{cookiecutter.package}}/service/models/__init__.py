"""Models as they are loaded: bundles, what they take and give, and the types made of that."""
