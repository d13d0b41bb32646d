# Each target does all the set-up it needs. Nothing but make, git and Python 3.11 is assumed.
PYTHON ?= python3
CHANNEL ?= local
BUNDLE ?=
FILE ?= crosscraft-bundle.tar
LAB_ARGS ?=
TEST_ARGS ?=
SOAK_ARGS ?=
BENCH_ARGS ?=
MUTANTS ?=
PINS_ARGS ?=
bin := .venv/bin
# Only for maintainers: uv is no part of the environment.
uv := build/uv/bin/uv
# Several files at once, each in order, as the cells of a notebook share a kernel. xdist would leave
# files of few tests to the end, which are the slow ones.
at_once := --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder
all_tests := -m pytest --nbval $(at_once) -m "not hub"

# What `make test` tries a few times: jobs of tests/soak, and what hypothesis makes up.
long_tests := -m pytest tests/soak tests/unit tests/system -m "soak or hypothesis" \
  --soak --hypothesis-profile soak --timeout 0

# Set-up leaves these packages out. Without a network, the tests that need them are skipped.
add_packages = $(if $(filter local,$(CHANNEL)),-@$(bin)/crosscraft channel add --all)

.DEFAULT_GOAL := help
.PHONY: help setup setup-browser lab build test test-packages test-offline test-engines test-newest
.PHONY: test-answers test-browser test-hub bundle lint notebooks screenshots site bench mutants soak pins update

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

# Through the environment: a shell reads no part of either as its own.
export CHANNEL BUNDLE FILE

# -S: it needs the standard library alone, and is asked each time.
setup: ## set up: .venv, then the channel (CHANNEL=local, conda-forge, a URL or a folder)
	@$(PYTHON) -S crosscraft/setup/bootstrap.py --channel "$$CHANNEL" $${BUNDLE:+--bundle "$$BUNDLE"}

lab: setup ## open JupyterLab on the welcome page (LAB_ARGS="--port 9999" passes options on)
	@exec $(bin)/crosscraft lab $(LAB_ARGS)

build: setup ## build the finished package for both processors, and run it on both
	@exec $(bin)/crosscraft answer-key

test: setup ## run every test and every notebook (TEST_ARGS="-k name" passes options on)
	$(add_packages)
	@exec $(bin)/python $(all_tests) $(TEST_ARGS)

test-answers: setup ## hand in more known answers to the exercises than `make test` does
	@exec $(bin)/python -m pytest tests/system/exercises -k known_answer --more-answers $(at_once) $(TEST_ARGS)

test-packages: setup ## add to the local channel what tests need and set-up leaves out
	@exec $(bin)/crosscraft channel add --all

# The site's pages at once, and JupyterLab's alone. Status 5: TEST_ARGS leave none of the site's.
site_tests := tests/browser/test_site.py
test-browser: setup-browser site ## use the notebooks and the site in a real browser (TEST_ARGS as above)
	@$(bin)/python -m pytest $(site_tests) --numprocesses logical --maxprocesses 4 $(TEST_ARGS) || test $$? = 5
	@exec $(bin)/python -m pytest tests/browser --ignore $(site_tests) $(TEST_ARGS)

screenshots: setup-browser site ## make the pictures in docs/images again
	@exec $(bin)/python -m pytest tests/browser --screenshots docs/images -k picture

setup-browser: setup ## what test-browser needs: Playwright, Sphinx, Debian's Chromium and Firefox without root
	@$(bin)/python -m crosscraft.setup.extras browser site
	@$(bin)/python -m tests.support.browser.chromium && exec $(bin)/python -m tests.support.browser.firefox

test-offline: setup ## the same with no network but loopback, where the machine permits that
	$(add_packages)
	@exec .ci/offline $(bin)/python $(all_tests) $(TEST_ARGS)

test-engines: setup ## the same recipes with the real rattler-build and pixi, where they are on PATH
	@$(bin)/python -m pytest tests/system/engines $(TEST_ARGS); status=$$?; \
	  $(bin)/python -m tests.support.real_engines && exit $$status

test-newest: setup $(uv) ## the same on the newest releases of everything, in .venv-newest
	@$(uv) venv --quiet --clear --seed --python $(bin)/python .venv-newest
	@$(uv) pip install --python .venv-newest --editable . --group build --group test
	@.venv-newest/bin/crosscraft channel use "$$CHANNEL"
	$(add_packages)
	@exec .venv-newest/bin/python $(all_tests) $(TEST_ARGS)

test-hub: setup ## a JupyterHub here, and a room of learners in it (needs node; TEST_ARGS=--soak for 30)
	@$(bin)/python -m crosscraft.setup.extras hub && $(bin)/python deploy/local/proxy.py
	@exec $(bin)/python -m pytest tests/system/test_hub.py $(TEST_ARGS)

bundle: setup ## one file to set up other machines from, with no network (FILE=name)
	@exec $(bin)/crosscraft bundle "$$FILE"

lint: setup ## check style, types, spelling, and the rules for notebooks and files
	@$(bin)/python -m crosscraft.setup.extras lint && exec .ci/lint

notebooks: setup ## run the notebooks and store their outputs
	@exec $(bin)/python -m tools.notebooks

site: setup ## the series as pages to read, in build/site (SITE_REPOSITORY=owner/name adds links)
	@$(bin)/python -m crosscraft.setup.extras site && exec $(bin)/python -m tools.site.make

bench: setup ## measure against the bare tools, in ratios (BENCH_ARGS="--quick")
	@$(bin)/python -m crosscraft.setup.extras bench && exec $(bin)/python -m benchmarks.run $(BENCH_ARGS)

mutants: setup ## change what guards people, show what no test notices (MUTANTS="store output")
	@$(bin)/python -m crosscraft.setup.extras mutants && exec $(bin)/python -m tools.mutants $(MUTANTS)

soak: setup ## kill, crowd, damage and fill disks for an hour (SOAK_ARGS="-k crowds --rounds 5")
	@exec $(bin)/python $(long_tests) $(SOAK_ARGS)

# For every supported Python at once. uv keeps the pins of the file that it writes.
pip_compile = $(uv) pip compile pyproject.toml --quiet --universal --python-version 3.11 \
  --generate-hashes --no-annotate --custom-compile-command "make pins" $(PINS_ARGS)

pins: $(uv) ## pin what pyproject.toml adds, and move no other pin
	@$(pip_compile) --group build --group test --output-file requirements.txt
	@for group in lint site browser hub bench mutants; do \
	  $(pip_compile) --group $$group --constraint requirements.txt \
	    --output-file requirements/$$group.txt || exit; done

update: ## move every pin to the newest release, and test
	@$(MAKE) pins PINS_ARGS=--upgrade && $(MAKE) test

$(uv): | $(bin)/python
	@$(bin)/python -m pip install --quiet --target build/uv uv

$(bin)/python:
	@$(MAKE) setup
