# Two commands for a fresh machine: `make demo` and `make test`. Both set up what they need in .venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

PO := reports/locales/zh/LC_MESSAGES/seabed.po

.PHONY: demo test lint format messages atlas mutants examples benchmark clean

demo: $(READY)  ## check an example and write an HTML and a PDF brief into out/
	mkdir -p out
	$(BIN)/seabed check examples/eastern-ccz.geojson --applicant tmc-usa --activity exploitation --mineral nodules
	$(BIN)/seabed brief examples/eastern-ccz.geojson --applicant tmc-usa --activity exploitation --mineral nodules -o out/brief.html
	$(BIN)/seabed brief examples/eastern-ccz.geojson --applicant tmc-usa --activity exploitation --mineral nodules -o out/brief.pdf

test: lint  ## everything CI asks for
	$(BIN)/pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(READY)  ## collect the sentences to translate, keep their translations, and compile them
	$(BIN)/python -m babel.messages.frontend --quiet extract -F reports/locales/babel.cfg -k plural:1,2 \
	    --add-location=file --sort-by-file --no-wrap --project=seabed -o $(VENV)/seabed.pot .
	$(BIN)/python -m babel.messages.frontend --quiet update -l zh -D seabed -i $(VENV)/seabed.pot -o $(PO) \
	    --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/python reports/locales/compile.py

atlas: $(READY)  ## rebuild geodata/atlas.gpkg from the public sources (minutes)
	$(BIN)/pip install --quiet -e '.[build]'
	$(BIN)/python -m geodata.build

mutants: $(READY)  ## change the rules one thing at a time: do the cases notice? (a minute)
	$(BIN)/python tests/law/mutation.py

examples: $(READY)  ## write the briefs of examples/briefs/plan.yaml anew (a minute)
	$(BIN)/python examples/briefs/build.py

benchmark: $(READY)  ## slow measurements, apart from the tests
	$(BIN)/python -m benchmarks

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet -e '.[dev]'
	touch $@

clean:
	rm -rf out dist build
