# The two commands of the README: `make demo` and `make test`. Both need Python 3.11 and make alone.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: bench demo docs faults growth interop test lint types tests clean

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

# Programs that we did not write check what we give out: Go's, tlog-scales, openssl.
interop: .venv/tested
	$(BIN)/python tests/interop/install.py .venv-interop
	$(BIN)/pytest tests/interop --interop

# The long form of tests/faults, some minutes; prints the table of docs/explanation/faults.md.
faults: .venv/tested
	VIGIL_FAULTS=long $(BIN)/pytest tests/faults

# Floors, peers and Vigil side by side, some minutes; writes the table of docs/explanation/performance.md.
BENCH ?= --facts 100000 1000000
bench: .venv/tested
	$(BIN)/python -m tests.benchmarks.install .venv-bench
	$(BIN)/python -m tests.benchmarks.table $(BENCH) --peers .venv-bench --write docs/explanation/performance.md

# Ledgers of several sizes, an hour or more; writes the table and the plot of docs/explanation/scale.md.
PEOPLE ?= 100000 300000 1000000 2600000
growth: .venv/tested
	$(BIN)/python -m tests.benchmarks.growth --people $(PEOPLE) --into docs/explanation

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
	rm -rf .venv .venv-interop .venv-bench vigil-demo build .mypy_cache .ruff_cache .pytest_cache .hypothesis
