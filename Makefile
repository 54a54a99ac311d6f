# make          the virtual environment, paperkit in it, and the reference paper built (no TeX needed)
# make test     every test; those that need TeX are skipped, with the reason, where there is none
# make lint     every gate but the tests
# make bench    the cost of a build, measured
# make clean    remove what the targets above made; the paper's own files stay
#
# PYTHON=/path/to/python make     another interpreter
# make test PYTEST_ARGS='-k seal' part of the tests

PYTHONS := $(if $(PYTHON),$(PYTHON),python3.13 python3.12 python3.11 python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST_ARGS ?=

.PHONY: paper test lint format bench clean
.DELETE_ON_ERROR:
# Two installations into one environment would meet.
.NOTPARALLEL:

paper: .venv/.project
	$(BIN)/paperkit build

test: .venv/.tools
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: .venv/.tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/check_shape.py

format: .venv/.tools
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.project
	$(BIN)/python benchmarks/cold_build.py

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find paperkit tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The interpreter is asked, not trusted by its name: a version manager's stub, or a Python whose venv module
# the system packages apart, is passed over. --clear also mends an environment whose Python was removed.
$(BIN)/python:
	@for python in $(PYTHONS); do \
	  if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "$$python -m venv .venv"; exec "$$python" -m venv --clear .venv; \
	  fi; \
	done; \
	echo "paperkit needs Python 3.11 or later with its venv module; tried: $(PYTHONS)." >&2; \
	echo "On Debian and Ubuntu: apt-get install python3-venv. Another interpreter: PYTHON=/path/to/python make" >&2; \
	exit 1

.venv/.project: pyproject.toml | $(BIN)/python
	$(PIP) --editable .
	@touch $@

.venv/.tools: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[test,lint]'
	@touch .venv/.project $@
