# `make demo` shows the checker at work, `make test` proves it; both set everything up first.
# `make unit` proves what needs no engine, Redis or browser: under four minutes on two processors.
.PHONY: setup demo test unit plans browser lint bench bench-arguments clean

PYTHON := .venv/bin/python

setup:
	@tools/setup-python
	@tools/setup-engine
	@tools/setup-redis

demo: setup
	@tools/demo

test: setup browser lint unit
	$(PYTHON) -m pytest -m "$(REAL)"

# Compiled modules are kept: each of some hundred processes would compile the checker anew.
unexport PYTHONDONTWRITEBYTECODE
REAL := docker or redis or browser or slow

unit:
	@tools/setup-python
	$(PYTHON) -m pytest --numprocesses auto --dist worksteal -m "not ($(REAL))"

# Golden plans: writes tests/golden/snapshots again and names those that changed
plans:
	@tools/setup-python
	@$(PYTHON) tests/golden/golden_plans.py

browser:
	@tools/setup-browser

lint:
	@tools/setup-python
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports

# make bench MIRROR=folder REPOSITORIES=list [RESULTS=folder] [JOBS=n]: renews both sections of docs/benchmarks.md
RESULTS := results/bench
BENCH = --mirror $(MIRROR) $(foreach list,$(REPOSITORIES),--repositories $(list)) --results $(RESULTS) --write docs/benchmarks.md

bench: bench-arguments setup
	$(PYTHON) -m tools.bench funnel $(BENCH) $(if $(JOBS),--jobs $(JOBS))
	$(PYTHON) -m tools.bench newcomer $(BENCH)

bench-arguments:
	@test -n "$(MIRROR)" && test -n "$(REPOSITORIES)" || \
	  { echo "usage: make bench MIRROR=folder REPOSITORIES=list" >&2; exit 2; }

clean:
	rm -rf .venv .grimp_cache .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
