# Two commands matter: `make demo` shows Peakend on real data, `make test` proves it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out
# Parallel test processes; pytest-xdist keeps tests that share a server in one of them.
WORKERS ?= auto

# How every page looks is the same on either database: once is enough.
LOOKS := --ignore tests/server/browser/test_browser_every_page.py

.PHONY: demo test check bench bench-small clean

demo: $(VENV)/.installed
	$(BIN)/peakend demo --out $(OUT)

test: $(VENV)/.installed-dev
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup
	PEAKEND_TEST_SITE=postgres $(BIN)/pytest -n $(WORKERS) --dist loadgroup tests/server $(LOOKS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff check src tests bench docs/*.py
	$(BIN)/ruff format --check src tests bench docs/*.py
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev
	$(BIN)/python bench/all.py

# Tries that every benchmark works, in a minute; judges nothing.
bench-small: $(VENV)/.installed-dev
	$(BIN)/python bench/all.py --small

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Peakend needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[server]' --constraint constraints.txt
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,spark,postgres,server]' --constraint constraints.txt
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) $(OUT) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
