# make demo   sees it work; make test   passes the tests. Both make their own virtual environment in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types unit gate install install-dev clean docs

demo: install
	$(BIN)/groundswell demo

test: install-dev lint types unit gate

install: $(VENV)/installed

install-dev: $(VENV)/installed-dev

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	# pip 23 fails to resolve lxml's extras: bring pip up to date first
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[dev,baseline,tables]"
	touch $@ $(VENV)/installed

lint: install-dev
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check src tests

types: install-dev
	$(BIN)/mypy

unit: install-dev
	$(BIN)/python -m pytest -m "not slow"

gate: install-dev
	$(BIN)/groundswell evaluate --gate

docs: install-dev
	$(BIN)/python -m groundswell.cli.write_docs

clean:
	rm -rf $(VENV) build dist
