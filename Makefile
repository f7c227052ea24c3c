.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
ALLURE := .venv/allure/.installed
# requirements-run.lock leaves out what only developers need.
LOCK ?= requirements.lock
# Compiled modules are kept: without them every start of Python costs seconds.
unexport PYTHONDONTWRITEBYTECODE

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED): $(LOCK) pyproject.toml quilt_stack/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; say make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv==0.13.9
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $(LOCK)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable . --editable ./quilt_stack
	@touch $@

$(ALLURE): $(INSTALLED) reports/allure/package.json reports/allure/package-lock.json
	$(BIN)/python -c 'from reports.node import ensure_allure; ensure_allure()'
	@touch $@

setup: $(INSTALLED) $(ALLURE) ## install everything into .venv; no network is needed afterwards

lock: ## renew both locks from both pyproject.toml
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra development --no-header --quiet pyproject.toml quilt_stack/pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --constraints requirements.lock --no-annotate --no-header --quiet pyproject.toml quilt_stack/pyproject.toml -o requirements-run.lock

lint: $(INSTALLED) ## ruff and the type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint ## the project's own tests
	$(BIN)/pytest -c tests/pytest.ini tests -n 2 --dist loadfile $(ARGS)

acceptance: $(INSTALLED) ## the features on the embedded deployment, in both modes, with the report
	$(BIN)/acceptance run $(ARGS)

.PHONY: help setup lock lint test acceptance
