# make run   opens the workbench          make test   lint, types, import rules, tests
# make bench measures the hot paths       make clean  removes what these made
# make differential   sends random commands to the engine and to real servers: COUNT=20000 SEED=7
#                     and plays the corpus of scripts, see tests/differential/scripts
# make pictures  makes the pictures of the README anew, one for each theme
# make snapshots writes what states of the workbench look like anew: look at the difference
# Each makes the environment it needs; only Python 3.11 or later must be there.

PYTHON ?= python3
COUNT ?= 2000
VENV := .venv
BIN := $(VENV)/bin

# Tests start redis-tui some hundreds of times: it would be compiled anew each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test lint types contracts check bench differential pictures snapshots format clean

run: $(VENV)/run.stamp
	@$(BIN)/redis-tui

test: lint
	@$(MAKE) --no-print-directory --jobs=3 types contracts check

lint: $(VENV)/test.stamp
	$(BIN)/ruff check redis_tui tests
	$(BIN)/ruff format --check redis_tui tests

types: $(VENV)/test.stamp
	$(BIN)/mypy

contracts: $(VENV)/test.stamp
	$(BIN)/lint-imports

check: $(VENV)/test.stamp
	$(BIN)/pytest -n auto --dist loadgroup

bench: $(VENV)/test.stamp
	$(BIN)/python -m tests.benchmarks

differential: $(VENV)/test.stamp
	$(BIN)/python -m tests.differential $(if $(SEED),--seed $(SEED)) --count $(COUNT)
	$(BIN)/python -m tests.differential scripts
	$(BIN)/python -m tests.differential expressions

pictures: $(VENV)/test.stamp
	$(BIN)/python -m tests.pictures

snapshots: $(VENV)/test.stamp
	SNAPSHOTS=write $(BIN)/pytest -q -n auto tests/tui/test_snapshots.py

format: $(VENV)/test.stamp
	$(BIN)/ruff format redis_tui tests
	$(BIN)/ruff check --fix redis_tui tests

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/run.stamp: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/test.stamp: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
