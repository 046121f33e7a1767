import kelp


def test_kelp():
    assert kelp
