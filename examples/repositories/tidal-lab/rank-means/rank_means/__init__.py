"""Means of ranks, with ties shared."""


def mean_ranks(rows):
    """Return the mean rank of every column; the smallest value of a row has rank 1."""
    totals = [0.0] * len(rows[0])
    for row in rows:
        for column, value in enumerate(row):
            below = sum(other < value for other in row)
            equal = sum(other == value for other in row)
            totals[column] += below + (equal + 1) / 2
    return [total / len(rows) for total in totals]
