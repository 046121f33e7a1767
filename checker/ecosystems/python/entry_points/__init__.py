"""What can be started, and with which arguments."""
