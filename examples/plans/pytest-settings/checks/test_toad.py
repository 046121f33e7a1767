import pytest
import toad


@pytest.mark.skipif(not toad.COLD, reason="warm")
def test_toad():
    assert toad.COLD
