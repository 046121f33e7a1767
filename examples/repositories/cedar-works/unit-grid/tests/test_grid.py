from unit_grid import grid


def test_grid_has_n_points():
    assert len(grid(10)) == 10


def test_grid_starts_at_zero():
    assert grid(4)[0] == 0.0
