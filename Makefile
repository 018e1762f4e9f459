# `make` alone lists the targets. Each sets itself up first; where nothing is missing, that costs a look.
PYTHON ?= python3
SET_UP := @$(PYTHON) tools/setup.py
SUITE := gate helm3 promtool kubectl mermaid axe
SETS ?= gate helm3 promtool kubectl
# Set-up itself runs with the machine's Python; all else with what set-up made.
RUN := @PATH="$(CURDIR)/.tools/bin:$(CURDIR)/.venv/bin:$$PATH"

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help charts check plan apply demo test lint fmt docs bench fuzz tools lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

charts: ## write charts, Applications and reference pages from values/
	$(SET_UP) run
	$(RUN) chartroom charts

check: ## judge everything: drift, schemas, every rule; write nothing
	$(SET_UP) run gate
	$(RUN) chartroom check $(CHECK)

plan: ## show what is to be done to the machines (ENV=prod OUT=plan.json DRIFT=1)
	@$(PYTHON) tools/setup.py run >&2
	$(RUN) provision --env $(or $(ENV),prod) plan $(if $(OUT),--out $(OUT)) $(if $(DRIFT),--drift)

apply: ## carry out an approved plan (ENV=prod PLAN=plan.json); without PLAN, ask
	@$(PYTHON) tools/setup.py run >&2
	$(RUN) provision --env $(or $(ENV),prod) apply $(PLAN)

demo: ## a whole site in this terminal, simulated: Proxmox, Talos, Kubernetes; nothing real is touched
	$(SET_UP) test
	$(RUN) provision demo

test: ## lint, then the whole suite, with the real command-line tools
	$(SET_UP) test $(SUITE)
	@$(MAKE) --no-print-directory lint
	$(RUN) pytest -n 2 --dist loadfile --cov --cov-fail-under=90

lint: ## types, style, and which layer may know which
	$(SET_UP) test
	$(RUN) ruff check .
	$(RUN) ruff format --check --quiet . || { echo "make fmt formats the files above" >&2; exit 1; }
	$(RUN) mypy
	$(RUN) lint-imports --no-logo --cache-dir .cache/import-linter

fmt: ## format the Python code, mend what ruff can mend
	$(SET_UP) test
	$(RUN) ruff check --fix-only .
	$(RUN) ruff format .

docs: ## write the reference pages (charts does too) and parse every diagram
	$(SET_UP) test mermaid
	$(RUN) chartroom charts
	$(RUN) node tools/mermaid/parse.mjs README.md docs

bench: ## measure the generator on a fleet of many services
	$(SET_UP) run gate kubeconform
	$(RUN) python -m bench
	$(RUN) python -m bench gate

fuzz: ## the property tests again, with many more examples
	$(SET_UP) test $(SUITE)
	$(RUN) pytest -n 2 -m hypothesis --hypothesis-profile=fuzz --timeout=3600

tools: ## build command-line tools into .tools/bin (SETS="gate helm3 promtool kubectl")
	$(SET_UP) $(SETS)

lock: ## write the three locks again from pyproject.toml (needs uv)
	@sh requirements/lock.sh
