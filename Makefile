# `make` alone lists the targets. Each sets itself up first; where nothing is missing, that costs a look.
PYTHON ?= python3
SET_UP := @$(PYTHON) tools/setup.py
SUITE := gate helm3 promtool kubectl mermaid
SETS ?= gate helm3 promtool kubectl
export PATH := $(CURDIR)/.tools/bin:$(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help charts check test lint fmt docs bench fuzz tools lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

charts: ## write charts, Applications and reference pages from values/
	$(SET_UP) run
	@chartroom charts

check: ## say where a generated file differs from its source; write nothing
	$(SET_UP) run
	@chartroom charts --check

test: ## lint, then the whole suite, with the real command-line tools
	$(SET_UP) test $(SUITE)
	@$(MAKE) --no-print-directory lint
	@pytest -n 2 --dist loadfile --cov --cov-fail-under=90

lint: ## types, style, and which layer may know which
	$(SET_UP) test
	@ruff check .
	@ruff format --check --quiet . || { echo "the files above are not formatted; make fmt" >&2; exit 1; }
	@mypy
	@lint-imports --cache-dir .cache/import-linter

fmt: ## format the Python code, mend what ruff can mend
	$(SET_UP) test
	@ruff check --fix-only .
	@ruff format .

docs: ## write the reference pages (charts does too) and parse every diagram
	$(SET_UP) test mermaid
	@chartroom charts
	@node tools/mermaid/parse.mjs README.md docs

bench: ## measure the generator on a fleet of many services
	$(SET_UP) run
	@python -m bench

fuzz: ## the property tests again, with many more examples
	$(SET_UP) test $(SUITE)
	@pytest -n 2 -m hypothesis --hypothesis-profile=fuzz

tools: ## build command-line tools into .tools/bin (SETS="gate helm3 promtool kubectl")
	$(SET_UP) $(SETS)

lock: ## write the three locks again from pyproject.toml (needs uv)
	@sh requirements/lock.sh
