# weft: build, try, test and install. `make help` lists the targets.

SWIFT    ?= swift
PREFIX   ?= /usr/local
TOPOLOGY ?= topologies/bridge.yaml
SECONDS  ?= 30

BUILD_PACKAGES := libmnl-dev pkg-config
TEST_PACKAGES  := iproute2 iptables nftables iputils-ping tcpdump python3 python3-yaml util-linux procps
UML_PACKAGES   := user-mode-linux kmod
RELEASE_FLAGS  := -c release --static-swift-stdlib --product weft
RELEASE_WEFT   := .build/release/weft
TEST_BINARY    := .build/debug/weftPackageTests.xctest
IN_SANDBOX     := Tests/Scripts/sandbox
REPORTED       := Tests/Scripts/report
# What talks to the kernel is tested on the second one too.
UML_SUITES     := LinkTests|LinkAddressTests|LinkRouteTests|LinkNeighbourTests|SocketTests

.DEFAULT_GOAL := help
.PHONY: help deps deps-build deps-test build release demo test test-unit test-kernel test-uml fuzz lint format bench install uninstall clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

deps: deps-test ## install with apt what building and testing need and this machine lacks
	@Tests/Scripts/deps --optional $(UML_PACKAGES)

deps-test:
	@Tests/Scripts/deps $(BUILD_PACKAGES) $(TEST_PACKAGES)

deps-build:
	@Tests/Scripts/deps $(BUILD_PACKAGES)

build: deps-build ## build everything for debugging
	$(SWIFT) build

release: deps-build ## build .build/release/weft, with Swift's libraries inside
	$(SWIFT) build $(RELEASE_FLAGS)

demo: deps-test release ## bring a topology up, prove it and take it down again, in private namespaces
	@$(IN_SANDBOX) Tests/Scripts/demo $(RELEASE_WEFT) $(TOPOLOGY)

test: deps ## run every test: as root in private namespaces, else under `unshare -rnm`
	$(SWIFT) build --build-tests
	@$(REPORTED) $(IN_SANDBOX) $(TEST_BINARY) --testing-library swift-testing
	@$(REPORTED) Tests/Scripts/test-uml $(TEST_BINARY) '$(UML_SUITES)'

test-unit: deps-test ## run the tests that need no privileges
	$(SWIFT) test --skip KernelTests --skip CommandTests

test-kernel: deps-test ## run the tests that make kernel objects
	$(SWIFT) build --build-tests
	@$(REPORTED) $(IN_SANDBOX) $(TEST_BINARY) --testing-library swift-testing --filter 'KernelTests|CommandTests'

test-uml: deps ## run under User Mode Linux what needs another kernel than this
	$(SWIFT) build --build-tests
	@$(REPORTED) Tests/Scripts/test-uml $(TEST_BINARY) '$(UML_SUITES)'

fuzz: build ## let libFuzzer try the YAML parser and the netlink decoder, SECONDS (30) each
	@Tests/Scripts/fuzz $(SECONDS)

lint: deps-build ## check format and, with warnings as errors, the build
	$(SWIFT) format lint --strict -r Sources Tests Package.swift
	$(SWIFT) build --build-tests

format: ## format the sources in place
	$(SWIFT) format -i -r Sources Tests Package.swift

bench: deps-test release ## measure apply and down next to `ip -batch`
	@$(IN_SANDBOX) Tests/Scripts/bench $(RELEASE_WEFT)

install: release ## install weft below PREFIX (/usr/local)
	install -D -m 755 $(RELEASE_WEFT) $(DESTDIR)$(PREFIX)/bin/weft

uninstall: ## remove what `make install` installed
	rm -f $(DESTDIR)$(PREFIX)/bin/weft

clean: ## remove everything that was built
	$(SWIFT) package clean
	rm -rf .build
