"""Celery workers: thin tasks around the functions of `checker`."""
