# Two commands: `make demo` shows the checker at work, `make test` proves it; both set everything up first.
.PHONY: setup demo test lint clean

PYTHON := .venv/bin/python

setup:
	@tools/setup-python
	@tools/setup-engine
	@tools/setup-redis

demo: setup
	@tools/demo

test: setup lint
	$(PYTHON) -m pytest

lint:
	@tools/setup-python
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
