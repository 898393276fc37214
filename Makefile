# Groundwork. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PY ?= python3.11
PORT ?= 8000
HOST ?= 127.0.0.1
VENV := .venv
BIN := $(VENV)/bin
ONLY ?=
J ?= 2

.PHONY: help setup run test sure check format lint floors types templates migrations docs content bench faults lock migration chromium clean

help: ## Say what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/.run: requirements.txt
	@command -v $(PY) >/dev/null || { echo "Groundwork needs Python 3.11: install it, or name it with PY=/path/to/python3.11."; exit 1; }
	@$(PY) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' || { echo "Groundwork needs Python 3.11 or newer; $(PY) is older. Name another with PY=…"; exit 1; }
	@test -d $(VENV) || { $(PY) -m venv $(VENV) || { echo "Cannot make $(VENV) here: check that you may write in this folder and that Python's venv module is installed."; exit 1; }; }
	@echo "Installing what it needs (about half a minute the first time)…"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt
	@command -v $(PY) >/dev/null || { echo "Groundwork needs Python 3.11: install it, or name it with PY=/path/to/python3.11."; exit 1; }
	@test -d $(VENV) || $(PY) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.run

setup: $(VENV)/.dev ## Make .venv with everything a developer needs

run: $(VENV)/.run ## Start the demonstration (PORT=8000), the worker beside it, and say how to sign in
	@PORT=$(PORT) HOST=$(HOST) $(BIN)/python -m tools.run

chromium: ## Install the browser that journeys drive, where this machine allows it
	@tools/chromium

test: $(VENV)/.dev chromium ## Run the whole suite, browser journeys included (LMS_TEST_DATABASE_URL picks PostgreSQL)
	@$(BIN)/pytest -q -n $(J) --dist loadgroup

sure: setup format lint floors types templates migrations docs content test ## Everything that must hold before a commit lands

format: ## Check that the code is formatted (ruff format . mends it)
	@$(BIN)/ruff format --check -q .
lint: ## Lint
	@$(BIN)/ruff check -q .
floors: ## Check the floor plan
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
types: ## Check the types
	@$(BIN)/mypy
templates: ## Check that every template compiles and is well-formed
	@$(BIN)/djlint --lint --quiet lms
migrations: ## Check that the migrations give the tables the code expects
	@$(BIN)/pytest -q tests/house/test_migrations.py
docs: ## Check that settings, permissions, commands and locks are documented and current
	@$(BIN)/pytest -q tests/house/test_docs.py
content: ## Check curriculum and quizzes
	@LMS_ENV=demo LMS_SECRET_KEY=only-for-checking-content-0123456789 LMS_HOME=$$(mktemp -d) $(BIN)/flask --app wsgi lms curriculum check
check: $(VENV)/.run content ## The same, for authors

bench: setup ## Measure speed against a bare floor in the same run (ONLY=name)
	@$(BIN)/python -m tools.bench $(ONLY)
faults: setup ## Really kill, race and fill (ONLY=name)
	@$(BIN)/python -m tools.faults $(ONLY)

lock: ## Compile the hashed locks from pyproject.toml
	@$(BIN)/pip install -q uv
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 --extra postgres --extra redis -o requirements.txt pyproject.toml
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 --extra postgres --extra redis --group dev -o requirements-dev.txt pyproject.toml
migration: ## Write a migration for what changed in the models (NAME=what_changed)
	@$(BIN)/python -m tools.migration $(NAME)
clean: ## Remove caches; never touches instance/
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
