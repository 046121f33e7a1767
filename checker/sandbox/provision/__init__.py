"""What a worker sets up once: images, interpreters, the download cache."""
