from robin import X


def test_robin():
    assert X.name == "x"
