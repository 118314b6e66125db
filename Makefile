# make demo   the published RNN campaign on an emulated Cortex-M4: CSV and figures
# make test   everything CI checks
# make riscv  compiler and emulator of the RISC-V boards, which nothing else needs
# All set up what is missing first; a second time nothing is set up again.

VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test riscv lint reference bench sbom setup clean

demo: setup
	$(BIN)/hilbench run experiments/rnn.yaml

test: setup lint
	$(BIN)/pytest -n 2 --dist worksteal

riscv: $(VENV)/.riscv

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# The campaign whose rows and figures are committed: published training, 50 epochs.
reference: setup
	$(BIN)/hilbench run experiments/rnn_published.yaml --results results/reference --figures figures/reference
	$(BIN)/python docs/update.py

# Ratios and times, each printed from one run.
bench: setup
	$(BIN)/python tools/bench_kernels.py
	$(BIN)/hilbench run experiments/placement.yaml
	$(BIN)/python tools/bench_shares.py
	$(BIN)/python tools/bench_turnaround.py
	$(BIN)/python tools/bench_plugin.py
	$(BIN)/python tools/bench_campaign.py

# What is installed, as CycloneDX; the program that writes it has an environment of its own.
sbom: setup
	.ci/sbom $(VENV) sbom.json

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml .ci/requirements.lock .ci/build.lock .ci/setup
	.ci/setup $(VENV)

$(VENV)/.riscv: $(VENV)/.ready
	.ci/setup $(VENV) riscv

clean:
	rm -rf $(VENV) $(VENV)-sbom results/*.csv
