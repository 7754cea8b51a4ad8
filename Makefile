# `make demo` and `make test` each work as the first command in a fresh clone: they make .venv and install pinned versions.
PYTHON ?= python3
BIN := .venv/bin
CATALOGUES := $(wildcard packstation/locale/*/LC_MESSAGES/packstation.po)
export PIP_CONSTRAINT := $(CURDIR)/.ci/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The tests start the program some hundred times: it is compiled once.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-long lint bench screenshot messages clean

demo: .venv/installed-to-run
	$(BIN)/packstation demo

# The types are checked beside the tests, which leave the second core idle now and then.
test: .venv/installed-to-develop
	@$(MAKE) --no-print-directory lint > .venv/lint.log 2>&1 & lint=$$!; \
	$(BIN)/python -m pytest -n 4 --dist worksteal -m "not long"; tests=$$?; \
	wait $$lint && cat .venv/lint.log || { cat .venv/lint.log; echo "lint failed"; exit 1; }; \
	exit $$tests

test-long: .venv/installed-to-develop
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -n 3 --dist worksteal

lint: .venv/installed-to-develop
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache > .venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }

bench: .venv/installed-to-develop
	$(BIN)/python -m tests.bench

screenshot: .venv/installed-to-develop
	$(BIN)/python -m tests.end_to_end.screenshot docs

messages: .venv/installed-to-develop
	$(BIN)/python -m packstation.locale.compile_catalogues --update

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed-to-run: pyproject.toml .ci/constraints.txt $(CATALOGUES) | .venv/bin/python
	@echo "Installing into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet -e .
	@touch $@

.venv/installed-to-develop: pyproject.toml .ci/constraints.txt $(CATALOGUES) | .venv/bin/python
	@echo "Installing into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet -e '.[dev]'
	@touch $@ .venv/installed-to-run

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
