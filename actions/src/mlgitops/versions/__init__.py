"""Versions of models: git tags of bundles that can be fetched back whole."""
