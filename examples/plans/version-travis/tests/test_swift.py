import swift


def test_swift():
    assert swift
