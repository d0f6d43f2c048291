# Every target is one call of tools/fleet.mjs, which sets up whatever is missing first. `make help` lists them.

.DEFAULT_GOAL := help
SHELL := /bin/sh

STACK ?= test
# What is live is never meant by default, nor by a script's variable that is empty.
STACK_GIVEN := $(if $(filter-out file,$(origin STACK)),$(value STACK))

# Values go through the environment and untouched: with $(value …) a `$HOME` or a quote in CMD reaches the command as
# it was typed.
define hand-over
ifdef $(1)
override $(1) := $$(value $(1))
export $(1)
endif
endef
$(foreach name,STACK CMD NAME FROM TARGET NEW IMPORT PATIENCE FOLLOW YES BASE OUT REVIEWED FOR BRANCH PULL COMMIT AGREED ENDPOINT ENV_FILE DOCKER_LOGIN BEHAVE BESIDE,$(eval $(call hand-over,$(name))))

FLEET := node tools/fleet.mjs

# A report's exit code is 0 for no change, 2 for ordinary ones, 3 for what a person must look at, 1 for a failure. make
# ends with 0 or 2 whatever it is told: that there are ordinary changes is no failure. The code is in .review/exit-code.
reviewed = $(FLEET) $(1) || { code=$$?; [ $$code -eq 2 ] || exit $$code; }

## In the sandbox, on this machine only
.PHONY: up preview watch down status exec shell
up: ## bring a stack up on a real control plane here; BEHAVE=storage-db:slow-20s makes pods late or fail, BESIDE=<stack> takes that one's cluster (STACK=test)
	@$(FLEET) up
preview: ## what would change in the sandbox (STACK=test)
	@$(FLEET) preview
watch: ## follow rollouts until they settle; FOLLOW=yes goes on after (STACK=test)
	@$(FLEET) watch
down: ## take the stack and its sandbox away, leaving nothing (STACK=test)
	@$(FLEET) down
status: ## which sandboxes there are and how they fare
	@$(FLEET) status
exec: ## run a command inside the sandbox: make exec CMD='kubectl get pods -A' (STACK=test)
	@$(FLEET) exec
shell: ## a shell with the sandbox's kubeconfig and engine in place (STACK=test)
	@$(FLEET) shell

## What a change does, for whoever reviews it (docs/review.md)
.PHONY: review diff
review: ## the report of a change, without live access: make review STACK=prod|all BASE=master (STACK=test)
	@$(call reviewed,review)
diff: ## every object that a change changes, line by line, without a cluster: make diff STACK=prod BASE=master OUT=folder (STACK=test)
	@$(FLEET) diff

## Live: plain pulumi does all else (docs/live.md)
.PHONY: live-preview live-drift live-up
live-preview: ## the report of what pulumi up would change live, drift told apart (STACK=…|all)
	@$(if $(STACK_GIVEN),$(call reviewed,live-preview),$(error STACK=… is missing: which live stack))
live-drift: ## what was changed live without the program; an alarm for production (STACK=…|all)
	@$(if $(STACK_GIVEN),$(call reviewed,live-drift),$(error STACK=… is missing: which live stack))
live-up: ## pulumi up of a live stack, rolled back if it fails and its file says so; YES=yes agrees beforehand, REVIEWED=report.json to that alone (STACK=…)
	@$(if $(STACK_GIVEN),$(FLEET) live-up,$(error STACK=… is missing: which live stack))

## Steps of a pipeline (docs/live.md, Pipelines)
.PHONY: tasks live-tools live-login live-logout join-reports comment merged alarm
tasks: ## what a pipeline does with which stack, by .github/stacks.json: make tasks FOR=review|push|drift|hand BRANCH=develop (STACK=…)
	@$(FLEET) tasks
live-tools: ## the official CLI and its plugins, in the pinned versions; what logs in at a cluster that the stack makes at Google (STACK=…)
	@$(FLEET) live-tools
live-login: ## the kubeconfig out of KUBE_CONFIG into the file that KUBECONFIG names; where the stack needs Google, a log-in there into that of GOOGLE_APPLICATION_CREDENTIALS (STACK=…)
	@$(if $(STACK_GIVEN),$(FLEET) live-login,$(error STACK=… is missing: which live stack))
live-logout: ## those files away again
	@$(FLEET) live-logout
join-reports: ## one report of those in the folders of FROM, for all stacks; AGREED=yes where somebody agreed to its risk
	@$(call reviewed,join-reports)
comment: ## a report as the one comment of a pull request, through the forge's API: make comment FROM=.review PULL=12
	@$(FLEET) comment
merged: ## which run has reviewed what was merged: make merged COMMIT=<hash> BRANCH=master
	@$(FLEET) merged
alarm: ## an issue about a stack's drift, open as long as there is some: make alarm FROM=.review (STACK=…)
	@$(if $(STACK_GIVEN),$(FLEET) alarm,$(error STACK=… is missing: which live stack))

## A stack that runs, in the sandbox or live
.PHONY: adopt hosts policy verify
adopt: ## take what runs already into a stack's state; YES=yes agrees beforehand: make adopt STACK=prod TARGET=sandbox|live
	@$(FLEET) adopt
hosts: ## every endpoint and record of a stack: make hosts STACK=prod TARGET=sandbox|live
	@$(FLEET) hosts
policy: ## hold what runs against every rule of docs/policy.md: make policy STACK=prod TARGET=sandbox|live
	@$(FLEET) policy
verify: ## dial every endpoint of a stack and ask for every record: make verify STACK=prod TARGET=live
	@$(FLEET) verify

## Spacemesh networks (docs/spacemesh.md)
.PHONY: genesis list rewards network-release from-spacecraft
genesis: ## write the moment of genesis into the stack file, once (STACK=…)
	@$(if $(STACK_GIVEN),$(FLEET) genesis,$(error STACK=… is missing: which network))
list: ## every network with its pages, image and config: make list TARGET=sandbox|live
	@$(FLEET) list
rewards: ## what the accounts of a network's miners were paid: make rewards STACK=spacemesh-mini TARGET=live ENDPOINT=host:port
	@$(if $(STACK_GIVEN),$(FLEET) rewards,$(error STACK=… is missing: which network))
network-release: ## the node's builds with the network's config, and a draft of a release (STACK=… TARGET=live)
	@$(if $(STACK_GIVEN),$(FLEET) network-release,$(error STACK=… is missing: which network))
from-spacecraft: ## a stack file out of go-spacecraft's config file and environment: make from-spacecraft FROM=devnet.json NAME=spacemesh-mine
	@$(FLEET) from-spacecraft

## Checking
.PHONY: check test bench
check: ## format, lint, types, unit and golden tests: under a minute
	@$(FLEET) check
test: ## everything: the checks above, the judges, and the sandbox end to end
	@$(FLEET) test
bench: ## speed and size against a flat program, as ratios; FOR=networks,check measures some parts alone
	@$(FLEET) bench

## Stacks
.PHONY: new-stack keys images preflight doctor lint-stacks
new-stack: ## start a stack file from another: make new-stack NAME=mine FROM=test
	@$(FLEET) new-stack
keys: ## list, make (NEW=name) or import (IMPORT=file, ENV_FILE=.env, DOCKER_LOGIN=config.json) the secrets a stack lacks: make keys STACK=test TARGET=sandbox|live
	@$(FLEET) keys
images: ## write the digest that each image's tag has now into the stack file: make images STACK=prod TARGET=live
	@$(FLEET) images
preflight: ## hold each image, as its registry has it, against what runs it: make preflight STACK=prod TARGET=sandbox|live
	@$(FLEET) preflight
doctor: ## faults of a stack's config, locks, state, secrets, versions, nodes, disks, each with its mend: make doctor STACK=prod TARGET=sandbox|live
	@$(FLEET) doctor
lint-stacks: ## look through every stack file for plain-text secrets, sandbox settings, and hosts that two stacks keep the record of
	@$(FLEET) lint-stacks

## Writing files of this repository anew
.PHONY: format golden schema standins picture
format: ## format every file
	@$(FLEET) format
golden: ## rewrite the golden files; review the difference
	@$(FLEET) golden
schema: ## rewrite the JSON schemas of the stack files and of a report
	@$(FLEET) schema
standins: ## rewrite the cloud stand-ins' input checks from the SDKs
	@$(FLEET) standins
picture: ## draw the README's picture of the test environment anew
	@$(FLEET) picture

## Set-up (every target above does this by itself)
.PHONY: tools help
tools: ## fetch or build every tool now
	@$(FLEET) install
help: ## this list
	@awk -f tools/help.awk -v columns="$$(tput cols 2>/dev/null || echo 80)" Makefile

# A word that is no target: make's own message names no way on.
.DEFAULT:
	@echo "make: there is no target '$@'; make help lists them" >&2; exit 1
