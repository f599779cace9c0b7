# Each target is one line over a command that README.md also shows: make is a convenience.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
READY := $(VENV)/.ready

help: ## lister les cibles
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

report: $(READY) ## préparer data/processed et faire le rapport (reports/official/rapport.html)
	@$(RUN) rncp_analytics report

test: $(READY) ## tests rapides, puis notebooks comparés chiffre par chiffre (nbval)
	$(RUN) pytest -q -n auto --dist loadfile -m "not slow" tests rncp_analytics --doctest-modules
	$(RUN) pytest -q --nbval --nbval-current-env notebooks

test-slow: $(READY) ## tests lents : rapports entiers, Ctrl-C, imports interrompus, grandes cohortes
	$(RUN) pytest -q -m slow tests

lab: $(READY) ## ouvrir JupyterLab sur le notebook 00
	@$(RUN) rncp_analytics lab

notebooks: $(READY) ## ré-exécuter les notebooks sur place
	$(RUN) nbconvert --to notebook --inplace --execute --ExecutePreprocessor.record_timing=False --log-level ERROR notebooks/*.ipynb

bench: $(READY) ## temps de la protection du secret et d'une session entière
	$(RUN) benchmarks.bench_protection
	$(RUN) benchmarks.bench_cohort

check: $(READY) ## style, types et couches
	$(RUN) ruff check . && $(RUN) ruff format --check . && $(RUN) mypy && $(VENV)/bin/lint-imports

lock: ## recalculer requirements.lock (demande uv)
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --output-file requirements.lock

clean: ## retirer ce qui a été produit (ni l'environnement, ni data/raw)
	rm -rf reports data/processed/[!.]* build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(READY): requirements.lock pyproject.toml
	@echo "Préparation de l'environnement dans $(VENV) (une à trois minutes)…"
	@$(PYTHON) -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) and 'Python 3.11, 3.12 ou 3.13 est nécessaire : make PYTHON=python3.12 …')"
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(RUN) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: help report test test-slow lab notebooks bench check lock clean
