# The only entry point. `make` lists what there is.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build test lint generate verify golden bench fuzz vectors mutate demo demo-up demo-down cfm chart ci clean

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

CONFIGURATION ?= Debug
MODEL ?=
DIR ?= ../shared/vectors
MINUTES ?= 2
SEED ?=
PART ?=
DEEP ?=
TARGETS ?=
TOOLS := $(CURDIR)/.demo/bin
BUILD := dotnet build ConfidentialOperator.sln --nologo -v quiet -c $(CONFIGURATION)
GENERATORS := Rendering.Tests Attestation.Tests Cli.Tests
LAB = dotnet run --no-build --project tests/Lab -c $(CONFIGURATION) --

help: ## lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

setup:
	@.ci/install $(TOOLS)

build: ## compiles everything, warnings as errors
	@$(BUILD)

test: setup build ## runs all tests; the last line counts them
	@KUBECTL=$(TOOLS)/kubectl .ci/test

demo: setup build ## shows the main job on this machine: sealed model, attested pod, sealed answer (MODEL=DIR adds a model)
	@KUBECTL=$(TOOLS)/kubectl $(LAB) demo $(if $(MODEL),--model "$(abspath $(MODEL))")

demo-up: setup build cfm ## starts the demonstration and leaves it running
	@KUBECTL=$(TOOLS)/kubectl $(LAB) up $(if $(MODEL),--model "$(abspath $(MODEL))")

demo-down: ## stops what demo-up started
	@$(LAB) down

cfm: ## builds the command line tool to bin/cfm
	@dotnet publish trust/Cli --nologo -v quiet -c Release -o bin

lint: ## checks the format of the code
	@dotnet format whitespace ConfidentialOperator.sln --verify-no-changes --no-restore

generate: build ## writes the generated files: definition, reference pages, golden objects
	@for project in $(GENERATORS); do UPDATE_GOLDEN=1 dotnet run --no-build --project tests/$$project -c $(CONFIGURATION) -- -trait Writes=Files >/dev/null; done

golden: generate ## the same as generate: golden objects are generated files

verify: ## fails when a generated file is not up to date
	@before=$$(git status --porcelain -- crds docs tests/Golden; git diff -- crds docs tests/Golden | sha256sum); \
	$(MAKE) --no-print-directory generate; \
	after=$$(git status --porcelain -- crds docs tests/Golden; git diff -- crds docs tests/Golden | sha256sum); \
	[ "$$before" = "$$after" ] || { echo "generated files were out of date; they are written now: look at git diff and commit them"; exit 1; }

bench: ## measures; a JSON line per metric and round (BENCH=attestation, or names of metrics)
	@dotnet run --project tests/Benchmarks -c Release -- $(BENCH)

vectors: ## judges recorded evidence (DIR: a folder with its manifest.json); the last line counts right and wrong
	@dotnet build tests/Vectors --nologo -v quiet -c Release
	@dotnet run --no-build --project tests/Vectors -c Release -- "$(abspath $(DIR))"

mutate: ## changes trust/Attestation in one place at a time and looks whether the tests notice (PART: a name; DEEP=1: every decision)
	@dotnet build tests/Attestation.Tests --nologo -v quiet -c Release
	@dotnet build tests/Mutation --nologo -v quiet -c Release
	@dotnet run --no-build --project tests/Mutation -c Release -- artifacts/bin/Attestation.Tests/release "$(wildcard $(abspath $(DIR)))" "$(PART)" $(if $(DEEP),deep,rules)

fuzz: ## feeds changed inputs to every parser that strangers reach (MINUTES: for all together; SEED, TARGETS)
	@dotnet build tests/Fuzz --nologo -v quiet -c Release
	@dotnet run --no-build --project tests/Fuzz -c Release -- $(MINUTES) $(or $(SEED),$$RANDOM) $(TARGETS)

chart: build ## checks that an API server takes the resource definition and its examples
	@dotnet run --no-build --project tests/ApiServer.Tests -c $(CONFIGURATION) -- -class "*ConfidentialModelTests"

ci: setup ## what guards main: format, build, generated files, all tests
	@$(MAKE) --no-print-directory build
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory verify
	@KUBECTL=$(TOOLS)/kubectl .ci/test

clean: ## removes what was built
	@rm -rf artifacts bin
