"""Writes a recipe for what a check built: a Dockerfile and a lock with which anyone reaches the same rung."""

from checker.reports.recipe.write import write_recipe

__all__ = ["write_recipe"]
