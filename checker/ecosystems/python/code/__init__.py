"""What the repository imports and provides."""
