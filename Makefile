# Everything happens in .venv; each step of the set-up is stamped and runs again when pyproject.toml changes.
VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/.made
RUNS := $(VENV)/.runs
TESTS := $(VENV)/.tests
SET_UP := tools/set-up

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help play test check lint types layers wheel soak fuzz clean

help: ## show this
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16
	@echo '  Options go in ARGS: make play ARGS="--chart blues-bb --tempo 180"'

play: $(RUNS) ## play with it: sets up what it needs, then opens the terminal UI
	@$(BIN)/improv play $(ARGS)

test: $(TESTS) ## run all tests
	@$(BIN)/python -m pytest $(ARGS)

check: lint types layers wheel ## run all that is checked besides the tests

lint: $(TESTS) ## style: ruff
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(TESTS) ## types: mypy --strict
	@$(BIN)/mypy --strict

layers: $(TESTS) ## who may import whom: import-linter
	@$(BIN)/lint-imports

wheel: $(TESTS) ## build the wheel, install it elsewhere, and run it there
	@$(BIN)/python tools/check_wheel.py

soak: $(TESTS) ## ten hours of playing in simulated time, measured; ARGS="--real 60" over real ports
	@$(BIN)/python -m tools.soak $(ARGS)

fuzz: $(TESTS) ## the laws of the stage, tried for hours
	@$(BIN)/python -m pytest tests/laws --hypothesis-profile=fuzz $(ARGS)

clean: ## remove what was set up and built
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(MADE):
	@$(SET_UP) venv
	@touch $@

$(RUNS): $(MADE) pyproject.toml
	@$(SET_UP) play
	@touch $@

$(TESTS): $(MADE) pyproject.toml
	@$(SET_UP) test
	@touch $@ $(RUNS)
