# `make demo` and `make test` need only git, make, a C compiler and any Python 3 with pip.
.PHONY: help setup demo test check train serve measure clean
.DEFAULT_GOAL := help

bin := .venv/bin

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

.venv/.ready: pyproject.toml uv.lock scripts/setup vendor/tensorflow-stand-in/pyproject.toml
	@scripts/setup

setup: .venv/.ready  ## install everything into .venv

demo: .venv/.ready  ## the whole product with demo data and two simulated phones
	@$(bin)/bot demo

test: .venv/.ready  ## every test, and the linters
	@scripts/test

check: .venv/.ready  ## check content, configuration and connections
	@$(bin)/bot check

train: .venv/.ready  ## train the model
	@$(bin)/bot train

serve: .venv/.ready  ## run the product with the settings of .env
	@$(bin)/bot serve

measure: .venv/.ready  ## times of accepting, of a turn and of the first reply, on this machine
	@$(bin)/python -W ignore scripts/measure.py

clean:  ## remove what was installed and trained, not the demo's database
	rm -rf .venv .tools models .rasa
