"""The HTTP service: serves the model bundles that an environment names, and swaps them without a pause."""
