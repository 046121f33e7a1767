from snowy_owl import TABLE


def test_table():
    assert TABLE == ()
