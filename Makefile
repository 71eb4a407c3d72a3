# Everything a newcomer needs: `make` lists it. ONCE=1 or CI make the demo end by itself.

.DEFAULT_GOAL := help
.PHONY: help setup demo talk test check lint bench bench-voice conversations soak clean
.NOTPARALLEL:

# The pins were made with 3.11; the first of these that works is taken. Or: make PYTHON=… setup
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3 python; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
	>/dev/null 2>&1 && { echo $$python; break; }; done)
VENV := .venv
RUN := $(VENV)/bin/python -m
SETUP = $(if $(PYTHON),$(PYTHON) -m tools.setup,$(error No Python 3.11 or newer with its venv module was found: install one (Debian: apt install python3 python3-venv) or name it: make PYTHON=/path/to/python3))
UNIT := tests/ingest tests/app tests/contract tests/tools tests/bench $(wildcard tests/test_*.py)
# Unit tests wait for clocks and sockets more than they compute: three at a time on two cores take half as long as one.
TOGETHER := -n 3 --dist loadfile
# In real rooms what is measured is also what else the machine does: a claim that fails is looked at once more, and named.
AGAIN := --reruns 1 --only-rerun AssertionError --only-rerun TimeoutError -r R
PYTEST_OPTIONS ?=

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: ## virtual environment, servers, models, console: all that the others need
	@$(SETUP)

demo: ## ask the avatar a recorded question, see what happens, then keep running (ONCE=1: end)
	@$(SETUP)
	@$(RUN) tools.demo $(if $(ONCE)$(CI),--once)

talk: ## start everything, for you to talk to the avatar in the browser
	@$(SETUP)
	@$(RUN) tools.demo --talk

check: ## lint, types and unit tests: for every minute
	@$(SETUP) packages
	@$(MAKE) --no-print-directory lint
	$(RUN) pytest -q $(TOGETHER) $(PYTEST_OPTIONS) $(UNIT)

lint: ## lint and types
	@$(SETUP) packages
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy

test: ## everything: lint, types, unit, live, browser and quality tests
	@$(SETUP) all
	@$(MAKE) --no-print-directory lint
	$(RUN) pytest $(TOGETHER) $(PYTEST_OPTIONS) $(UNIT)
	$(RUN) pytest $(AGAIN) $(PYTEST_OPTIONS) tests/live tests/browser
	$(RUN) pytest $(PYTEST_OPTIONS) tests/quality

bench: ## how fast it is on this machine
	@$(SETUP)
	$(RUN) bench

bench-voice: ## how soon spoken questions are answered aloud (QUESTIONS=0: all; MODEL=1.5b; NOISE=1; PACED=1)
	@$(SETUP)
	$(RUN) bench.talk $(if $(QUESTIONS),--questions $(QUESTIONS)) $(if $(COMPARED),--compared $(COMPARED)) $(if $(MODEL),--model $(MODEL)) $(if $(NOISE),--noise) $(if $(PACED),--paced)

conversations: ## hold three conversations, record and transcribe them (MODEL=1.5b)
	@$(SETUP)
	$(RUN) bench.talk.conversations $(if $(MODEL),--model $(MODEL))

soak: ## talk, barge in and come again for SOAK_S seconds (1800), and count what leaks
	@$(SETUP)
	GROUNDLING_SOAK_S=$(or $(SOAK_S),1800) $(RUN) pytest -q $(PYTEST_OPTIONS) tests/live/test_soak.py

clean: ## remove what was made
	@$(if $(PYTHON),$(PYTHON) -m tools.clean,rm -rf .venv .groundling app/console/dist app/console/node_modules)
