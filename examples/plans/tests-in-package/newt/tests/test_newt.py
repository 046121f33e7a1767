import newt


def test_one(mocker):
    assert newt.ONE == 1
