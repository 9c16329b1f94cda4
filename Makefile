# Everything happens in .venv, made from pyproject.toml and constraints.txt on first use.
PYTHON ?= python3
DEMO_OPTIONS ?=

VENV := .venv
BIN := $(VENV)/bin
TEST_READY := $(VENV)/.stamp-test
DOCS_READY := $(VENV)/.stamp-docs
DIST_READY := $(VENV)/.stamp-dist
PIP_OPTIONS := --quiet --disable-pip-version-check
INSTALL := $(CURDIR)/$(BIN)/python -m pip install $(PIP_OPTIONS) -c constraints.txt

.PHONY: demo test test-oldest test-newest lint types doctest examples docs figures types-of-pages dist clean

demo: $(TEST_READY)
	$(BIN)/python -m skgru.demo $(DEMO_OPTIONS)

# Two processes, each of which imports TensorFlow and compiles programs once. tests/conftest.py
# decides on the order of the files.
IN_TWO_PROCESSES := -n 2 --dist loadfile --no-loadscope-reorder

test: $(TEST_READY)
	$(BIN)/python -m pytest $(IN_TWO_PROCESSES)

# All tests with the lower bounds of pyproject.toml, and with the newest releases of everything. Each
# has an environment of its own; `make PYTHON=python3.12 test-newest` chooses its interpreter.
test-oldest: .venv-oldest/.stamp
	.venv-oldest/bin/python -m pytest $(IN_TWO_PROCESSES)

test-newest: .venv-newest/.stamp
	.venv-newest/bin/python -m pytest $(IN_TWO_PROCESSES)

.venv-oldest/.stamp: pyproject.toml tools/lower_bounds.py
	$(PYTHON) -m venv .venv-oldest
	$(PYTHON) tools/lower_bounds.py test > .venv-oldest/constraints.txt
	.venv-oldest/bin/python -m pip install $(PIP_OPTIONS) -c .venv-oldest/constraints.txt -e '.[test]'
	@touch $@

.venv-newest/.stamp: pyproject.toml
	$(PYTHON) -m venv .venv-newest
	.venv-newest/bin/python -m pip install $(PIP_OPTIONS) --upgrade --upgrade-strategy eager -e '.[test]'
	@touch $@

lint: $(TEST_READY)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .

types: $(TEST_READY)
	$(BIN)/python -m mypy

doctest: $(TEST_READY)
	$(BIN)/python -m pytest --doctest-modules skgru

# In a directory of their own, so that an example that writes files leaves none here.
examples: $(DOCS_READY)
	@set -e; scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; cd "$$scratch"; \
	for example in "$(CURDIR)"/examples/*.py; do \
		echo "== $$example"; \
		MPLBACKEND=Agg "$(CURDIR)/$(BIN)/python" "$$example"; \
	done

docs: $(DOCS_READY)
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

# The pictures of the guide, which are committed.
figures: $(DOCS_READY)
	$(BIN)/python docs/figures.py

# pyright over the code of README.md, the pages and the examples. It brings a node of its own.
types-of-pages: $(TEST_READY)
	$(INSTALL) 'pyright[nodejs]' pandas-stubs
	$(BIN)/python tools/check_types.py

# A release in dist/, tried in an empty environment.
dist: $(DIST_READY)
	$(BIN)/python tools/check_dist.py dist --tests

clean:
	rm -rf $(VENV) .venv-oldest .venv-newest build dist docs/_build docs/generated docs/auto_examples docs/sg_execution_times.rst demo_output
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find skgru tests examples docs -name __pycache__ -type d -prune -exec rm -rf {} +

$(TEST_READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "skgru needs Python 3.11 or newer, but '$(PYTHON)' is older or missing: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments: install its venv module (Debian: apt install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) -e '.[test]'
	@touch $@

$(DOCS_READY): $(TEST_READY)
	$(INSTALL) -e '.[docs]'
	@touch $@

$(DIST_READY): $(TEST_READY)
	$(INSTALL) -e '.[dist]'
	@touch $@
