"""Zeros before the first sale of a product: rows in which it did not exist yet."""

from __future__ import annotations

import numpy as np

# Zeros at the start that are no part of a series are at least so many, and more than this multiple
# of the longest run of zeros after them.
LEAST_ZEROS, TIMES_OTHERS = 3, 2

# Values other than 0 after them, at least. With fewer of them, sales may be rare.
LEAST_SALES = 8


def n_before_first_sale(values: np.ndarray) -> int:
    """Number of rows at the start of targets (n_rows, n_targets) before the first sale; 0 if zeros
    there may be values like others.
    """
    if not len(values) or not (values[0] == 0).all():
        return 0
    is_sale = (np.isfinite(values) & (values != 0)).any(axis=1)
    sales = np.flatnonzero(is_sale)
    if len(sales) < LEAST_SALES or np.nanmin(values) < 0:
        return 0
    longest = max(int(np.diff(sales).max()) - 1, len(values) - 1 - int(sales[-1]))
    n_zeros = int(sales[0])
    return n_zeros if n_zeros >= LEAST_ZEROS and n_zeros > TIMES_OTHERS * longest else 0
