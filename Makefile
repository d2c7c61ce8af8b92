# The two commands of the README: `make demo` and `make test`. Both need Python 3.11 and make alone.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo docs test lint types tests clean

demo: .venv/installed
	$(BIN)/vigil demo

test: lint types tests

lint: .venv/tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/tested
	$(BIN)/mypy

tests: .venv/tested
	$(BIN)/pytest

.venv/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Vigil needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/tested: .venv/installed
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@

docs: .venv/installed
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	$(BIN)/python docs/generate.py
	$(BIN)/zensical build --strict

clean:
	rm -rf .venv vigil-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
