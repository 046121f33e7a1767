"""pixi: its manifest, what it has installed, and its tasks."""
