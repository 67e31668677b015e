# Two commands: `make demo` shows Tollgate at work, `make test` proves it. Everything else is for
# its developers (CONTRIBUTING.md).

CARGO ?= cargo
NEXTEST := $(shell $(CARGO) nextest --version >/dev/null 2>&1 && echo yes)

.PHONY: overload crowd demo test test-reloads test-sdks eval-pii check fmt peers bench deb deny fuzz clean

## Builds the release binary, replays recorded agent telemetry through it and prints what passed.
demo:
	$(CARGO) build --release --locked -p tollgate
	@python3 tests/demo/demo.py target/release/tollgate

## Formatting, lints, every test. Optional parts that are missing say so in one line.
test: check
ifeq ($(NEXTEST),yes)
	$(CARGO) nextest run --workspace --locked --no-fail-fast
	$(CARGO) test --workspace --locked --doc -q
else
	$(CARGO) test --workspace --locked --no-fail-fast -q
endif
	$(CARGO) build --release --locked -p tollgate
	@python3 tests/sdk/run.py target/release/tollgate
	@python3 tests/kafka/run.py target/release/tollgate

## A hundred reloads under load, half of them bad; for the night.
test-reloads:
	TOLLGATE_RELOADS=100 $(CARGO) test --release --locked -p acceptance --test reload -- --nocapture

## All agents on real SDKs, the heavy ones too; for the night.
test-sdks:
	$(CARGO) build --release --locked -p tollgate
	@python3 tests/sdk/run.py target/release/tollgate --only agents --heavy

## How well private data is found, beside Presidio, which is installed into target/; for the night.
eval-pii:
	$(CARGO) build --release --locked -p pii --example scan
	@python3 crates/pii/eval/run.py target/release/examples/scan

check:
	$(CARGO) fmt --all -- --check
	$(CARGO) clippy --workspace --all-targets --locked -q -- -D warnings

fmt:
	$(CARGO) fmt --all

## Builds the Go collector that tests and the bench compare with; needs Go.
peers:
	$(CARGO) run -q -p xtask -- peers

## CPU, throughput, latency and memory beside a bare proxy and the Go collector.
bench:
	$(CARGO) run -q -p xtask -- bench

## A Debian package with a service, into target/; needs dpkg-deb.
deb:
	$(CARGO) build --release --locked -p tollgate
	@packaging/deb/build.sh target/release/tollgate target

## Ten times more than the backend takes, for two minutes, beside the Go collector.
overload:
	$(CARGO) run --release --locked -q -p acceptance --example overload

## 10,000 connections that do nothing, or slowly; needs 20,000 open files.
crowd:
	$(CARGO) build --release --locked -p tollgate
	ulimit -n 20000 && CROWD=10000 TOLLGATE_BIN=$(or $(CARGO_TARGET_DIR),$(CURDIR)/target)/release/tollgate \
	  $(CARGO) test --locked -p acceptance --test crowd -- --nocapture

## Licences, sources, advisories; needs cargo-deny.
deny:
	$(CARGO) deny check

clean:
	$(CARGO) clean
