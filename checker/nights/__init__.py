"""The nightly run: its targets, its jobs, and what changed since the last one."""
