PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
export ONCE ?=
ALL ?=

.PHONY: setup demo run test thorough screenshots spoken bench soak fuzz deaths start-time cover check format revision lock clean

setup: $(STAMP)

$(STAMP): requirements-dev.lock pyproject.toml
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Ringback needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: setup
	@$(BIN)/ringback demo $(if $(ONCE),--once "$$ONCE") $(if $(ALL),--all)

run: setup
	$(BIN)/ringback run

test: setup
	$(BIN)/pytest

# What takes too long for every day: rarer turns of a call that are told whole, and whatever waits on a real clock.
thorough: setup
	$(BIN)/pytest -m thorough

# The README's pictures, from the real page (docs/sandbox.md). Wants a Chromium.
screenshots: setup
	@$(BIN)/python -m tests.browser.screenshots docs/images

# Every scenario in real words on the real clock, a recording of each in out/ (docs/sandbox-speech.md). NAME: only these;
# FAST=1: on a clock that does not wait; FIGURES=1: what speech costs and how well it is understood.
spoken: setup
	@$(BIN)/python -m tests.spoken$(if $(FIGURES),.figures) $(if $(FAST),--fast) $(NAME)

# Long runs, whose figures are in docs/reliability.md. CALLS, FRAMES, SESSIONS, REQUESTS, TIMES: how many; SEED: a run once more.
soak: setup
	@$(BIN)/python -m tests.soak $(if $(CALLS),--calls $(CALLS))

fuzz: setup
	@$(BIN)/python -m tests.fuzz $(if $(FRAMES),--frames $(FRAMES)) $(if $(SESSIONS),--sessions $(SESSIONS)) \
		$(if $(REQUESTS),--requests $(REQUESTS)) $(if $(CALLS),--calls $(CALLS)) $(if $(SEED),--seed $(SEED))

deaths: setup
	@$(BIN)/python -m tests.deaths $(if $(TIMES),--times $(TIMES))

# From exec to the first 200 of /healthz (docs/operations.md).
start-time: setup
	@$(BIN)/python -m tests.start_time $(if $(TIMES),--times $(TIMES))

# The relay under load, beside the plainest relay there is (docs/performance.md). CALLS at a time, ROUNDS of so many SECONDS.
bench: setup
	@$(BIN)/python -m tests.bench $(if $(CALLS),--calls $(CALLS)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(ROUNDS),--rounds $(ROUNDS))

# The pure modules carry the rules: every branch of them is tested.
PURE := $(patsubst %,bridge/%.py,actions adoption briefing call carrier_call clock closing dialogue directions \
	disclosure ending errors events hearing hold inquiry interruption latency leave limits media_stream menu \
	model_session numbers opening parts pending phrases playout prices realtime recording recovery responder scene \
	sensitive session signals silence speech spending standing takeover tape tickets timeline timers toolbox tools transcript \
	twiml voice) \
	$(patsubst %,bot/%.py,booking budget buttons call_list call_view canary/errand canary/gates \
	canary/timeline cards chat contacts_view conversation doctor/accounts doctor/facts doctor/finding doctor/machine found \
	ics live lookup_view masking money_view oversight_view people_view plan preferences_view quiet rehearsal_view \
	report_view richtext short_answers summary timeline_view when wording zones)
empty :=
comma := ,

cover: setup
	$(BIN)/pytest --cov=bridge --cov=bot --cov-branch --cov-report= --ignore=tests/e2e
	$(BIN)/coverage report --show-missing --skip-covered --fail-under=100 \
		--include=$(subst $(empty) $(empty),$(comma),$(strip $(PURE)))

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# After a change of bot/tables.py or bridge/journal.py: the next step of the schema (bot/schema/versions), to be looked over.
# Without NAME it only shows what the revisions lack.
revision: setup
	@$(BIN)/python -m tests.revision $(NAME)

# The lock files hold every package with its hashes and no index address: what the product runs on, and with the tools.
PIN := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links --quiet

lock: setup
	$(BIN)/pip install --quiet uv
	$(PIN) --extra traces --extra sandbox --extra local --extra dev --output-file requirements-dev.lock
	$(PIN) --extra traces --constraint requirements-dev.lock --output-file requirements.lock

clean:
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache
