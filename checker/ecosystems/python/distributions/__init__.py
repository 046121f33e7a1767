"""What is known about packages and the modules they bring."""
