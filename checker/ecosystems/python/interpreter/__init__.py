"""Which Python the code was written for."""
