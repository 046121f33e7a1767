"""What authors state as containers: Dockerfiles, `docker run`, compose files, devcontainers."""
