from rank_means import mean_ranks


def test_ties_share_their_rank():
    assert mean_ranks([[1.0, 1.0, 2.0]]) == [1.5, 1.5, 3.0]


def test_rows_are_averaged():
    assert mean_ranks([[1.0, 2.0], [2.0, 1.0]]) == [1.5, 1.5]
