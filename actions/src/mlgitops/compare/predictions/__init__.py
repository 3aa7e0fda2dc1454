"""Prediction files, and whether two of them speak of the same rows. Order is not identity: rows are joined by id."""

from mlgitops.compare.predictions.file import read
from mlgitops.compare.predictions.rows import Alignment, Predictions, align, group_codes

__all__ = ["Alignment", "Predictions", "align", "group_codes", "read"]
