"""Chance in training: both sides of a comparison trained again, with paired seeds."""
