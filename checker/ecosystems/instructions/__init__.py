"""What pages, scripts and build files tell a reader to run; the same for every language."""
