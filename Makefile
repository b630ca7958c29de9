# A machine needs make and Python 3.11 or later; everything else is installed into .venv and .data.
# `make demo` is the way in. `make test` is what CI runs.

PYTHON ?= python3
UV     ?= $(or $(shell command -v uv 2>/dev/null),.data/uv-venv/bin/uv)
BIN    := .venv/bin
MANAGE := $(BIN)/python manage.py
# Runs a command with PostgreSQL and Redis up, and stops what that took.
SERVED := $(BIN)/python -m platform_app.embedded run
# Tests have servers of their own, which may forget everything in a crash.
TESTED := BAITIAO_DATA_DIR=.data/test BAITIAO_EMBEDDED_FSYNC=off $(SERVED)
CATALOGS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
SELF   := $(MAKE) --no-print-directory

.DEFAULT_GOAL := help
.PHONY: help setup assets run worker demo smoke bench bench-lines lighthouse lighthouse-lines test check check-lines pytest fuzz format schema messages stop

help: ## What there is
	@sed -n 's/^\([a-z][a-z-]*\):.*## /  make \1|/p' Makefile | awk -F'|' '{printf "%-18s%s\n", $$1, $$2}'

# --- What the rest stands on ---------------------------------------------------------------------

.data/uv-venv/bin/uv:
	@echo "Installing uv into .data/uv-venv"
	@$(PYTHON) -m venv .data/uv-venv || { echo "Python cannot make a venv here. On Debian: apt-get install python3-venv"; exit 1; }
	@.data/uv-venv/bin/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

.venv/.stamp: pyproject.toml uv.lock | $(UV)
	@$(UV) sync --locked --quiet
	@touch $@

%.mo: %.po .venv/.stamp
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

setup: .venv/.stamp $(CATALOGS) ## Install the Python packages of uv.lock, compile the catalogs
	@:

assets: setup ## Fetch the front-end files of package-lock.json
	@$(BIN)/python -m platform_app.assets

# --- Running ---------------------------------------------------------------------------------------

demo: assets ## Two partners with 180 days of life, and everything running
	@$(MANAGE) demo

run: assets ## The development server
	@DEBUG=$${DEBUG:-1} $(MANAGE) runserver

worker: setup ## One Celery worker with the timetable
	@$(BIN)/celery -A platform_app.celery worker --beat --concurrency 2 --schedule .data/beat

smoke: assets ## Start everything on free ports, live one credit life over HTTP, stop
	@BAITIAO_DATA_DIR=.data/smoke BAITIAO_EMBEDDED_FSYNC=off $(SERVED) $(MANAGE) smoke

bench: setup ## Measure; NAME=... measures one thing
	@$(SERVED) $(SELF) bench-lines

bench-lines:
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) bench $(NAME)

lighthouse: assets ## Lighthouse over the pages people wait for, on a phone with a slow line
	@BAITIAO_DATA_DIR=.data/smoke $(SERVED) $(SELF) lighthouse-lines

lighthouse-lines:
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) bench pages --json

stop: setup ## Stop the servers that development commands left running
	@$(BIN)/python -m platform_app.embedded stop

# --- Proving -----------------------------------------------------------------------------------------

test: assets ## Every check, then every test
	@$(TESTED) $(SELF) check-lines pytest

check: assets ## Format, lint, imports, types, templates, migrations, schema, messages
	@$(TESTED) $(SELF) check-lines

check-lines:
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports --no-logo > .data/lint-imports.txt || { cat .data/lint-imports.txt; exit 1; }
	$(BIN)/mypy
	$(BIN)/djlint --quiet --check templates
	$(BIN)/djlint --quiet --lint templates
	$(MANAGE) check
	$(MANAGE) makemigrations --check
	$(MANAGE) spectacular --validate --fail-on-warn --file .data/openapi.yaml
	diff -u docs/openapi.yaml .data/openapi.yaml
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true $(BIN)/node node_modules/@redocly/cli/bin/cli.js lint --format=summary docs/openapi.yaml
	$(MANAGE) check_messages
	$(BIN)/codespell

pytest:
	@$(BIN)/pytest -n 2 --dist worksteal --durations 25

fuzz: setup ## schemathesis against the running server: FUZZ_EXAMPLES=60 an operation
	@$(TESTED) $(BIN)/pytest -n 0 -p no:randomly tests/fuzz/fuzz_api.py

# --- Writing -----------------------------------------------------------------------------------------

format: setup ## Let the tools rewrite what they own
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .
	@$(BIN)/djlint --quiet --reformat templates || true

schema: setup ## Write docs/openapi.yaml anew
	@$(SERVED) $(MANAGE) spectacular --validate --fail-on-warn --file docs/openapi.yaml

messages: setup ## Complete the zh_Hans catalog
	@$(MANAGE) messages
