"""The base image takes its packages from where debootstrap took them."""

from __future__ import annotations

from checker.sandbox.provision.base_image import make_apt_sources


def test_updates_come_from_the_same_mirror() -> None:
    assert make_apt_sources("deb http://mirror.example/debian bookworm main\n") == (
        "deb http://mirror.example/debian bookworm main\n"
        "deb http://mirror.example/debian bookworm-updates main\n"
        "deb http://mirror.example/debian-security bookworm-security main\n"
    )


def test_a_mirror_of_another_shape_has_no_security_address_to_guess() -> None:
    assert "security" not in make_apt_sources("deb http://mirror.example/mirrors/deb12 bookworm main\n")
