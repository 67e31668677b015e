"""What looks private and is not: ids, times, counts, versions, placeholders, names of things."""

import base64
import datetime
import functools

from . import shapes
from .doc import Doc, Fact, Mark, trap
from .secrets import made_uuid
from .shapes import B62, DIGITS, HEX, UPPER, some

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def moment(rng):
    return datetime.datetime(2023, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=rng.randrange(130_000_000))


def broken_luhn(rng):
    body = rng.choice(("4", "51", "37", "6011")) + some(rng, DIGITS, 12)
    right = shapes.luhn_digit(body)
    return body + rng.choice([digit for digit in DIGITS if digit != right])


def broken_iban(rng):
    return f"DE{rng.randint(1, 9):02}{some(rng, DIGITS, 18)}"[:-1] + "X"


def vector(rng):
    return "[" + ", ".join(f"{rng.uniform(-1, 1):.{rng.choice((8, 16))}f}" for _ in range(rng.randint(8, 24))) + "]"


def uuid7(rng):
    at = int(moment(rng).timestamp() * 1000)
    return f"{at >> 16:08x}-{at & 0xFFFF:04x}-7{some(rng, HEX, 3)}-{rng.choice('89ab')}{some(rng, HEX, 3)}-{some(rng, HEX, 12)}"


def epoch(digits):
    return lambda rng: str(
        int(moment(rng).timestamp() * 10 ** (digits - 10)) + (rng.randrange(10 ** (digits - 10)) if digits > 10 else 0)
    )


def response_id(rng):
    prefix, length = rng.choice(
        (
            ("chatcmpl-", 29),
            ("msg_01", 22),
            ("toolu_01", 22),
            ("call_", 24),
            ("run_", 24),
            ("resp_", 48),
            ("req_011C", 20),
            ("gen-", 20),
            ("thread_", 24),
            ("asst_", 24),
        )
    )
    return prefix + some(rng, B62, length)


def certificate(rng):
    kind = rng.choice(("CERTIFICATE", "PUBLIC KEY"))
    body = base64.b64encode(shapes.random_bytes(rng, 90)).decode()
    return f"-----BEGIN {kind}-----\\nMII{body}\\n-----END {kind}-----"


PLACEHOLDERS = ("your-api-key-here", "${OPENAI_API_KEY}", "<password>", "{{ secrets.token }}", "xxxxxxxxxxxxxxxx", "changeme",
                "sk-...", "********", "%s", "null", "os.environ['API_KEY']", "process.env.API_KEY", "AKIAIOSFODNN7EXAMPLE",
                "REDACTED", "[REDACTED]", "...", "None", "true", "YOUR_TOKEN", "$DB_PASSWORD", "secretKeyRef", "vault:secret/data/app#key")  # fmt: skip
MODELS = ("gpt-4-0613", "gpt-4o-2024-08-06", "claude-3-5-sonnet-20241022", "claude-opus-4-5-20251101", "gemini-1.5-pro-002",
          "mistral-large-2411", "text-embedding-3-large", "anthropic.claude-3-haiku-20240307-v1:0", "o1-preview-2024-09-12")  # fmt: skip
THINGS = (
    "nginx-ingress",
    "Node Gateway",
    "get_weather",
    "Claude Opus",
    "Cloud Build",
    "checkout",
    "Grafana Loki",
    "Visual Studio",
    "Main Branch",
    "search_documents",
    "Redis Cluster",
    "Default Policy",
)
NOT_MAIL = (
    "git@github.com:acme/payments.git",
    "icon@2x.png",
    "lodash@4.17.21",
    "@types/node",
    "@app.route",
    "root@web-01",
    "deploy@build-7",
    "actions/checkout@v4",
    "user@host",
    "pkg:npm/%40angular/core@16.2.0",
)

# class: (draw, key, words)
TABLE = {
    "trace_id": (lambda rng: some(rng, HEX, 32), "trace_id", "trace id"),
    "span_id": (lambda rng: some(rng, HEX, 16), "span_id", "span id"),
    "traceparent": (lambda rng: f"00-{some(rng, HEX, 32)}-{some(rng, HEX, 16)}-01", "traceparent", "traceparent"),
    "uuid4": (made_uuid, "request_id", "request id"),
    "uuid7": (uuid7, "event_id", "event id"),
    "ulid": (lambda rng: "01J" + some(rng, CROCKFORD, 23), "job_id", "job id"),
    "ksuid": (lambda rng: "2" + some(rng, B62, 26), "message_id", "message id"),
    "snowflake": (lambda rng: "1" + some(rng, DIGITS, 17, 18), "tweet_id", "post id"),
    "git_sha": (lambda rng: some(rng, HEX, 40), "commit", "commit"),
    "git_sha_short": (lambda rng: rng.choice("abcdef") + some(rng, HEX, 6, 8), "revision", "revision"),
    "sha256": (lambda rng: "sha256:" + some(rng, HEX, 64), "digest", "image digest"),
    "md5": (lambda rng: some(rng, HEX, 32), "checksum", "checksum"),
    "etag": (lambda rng: f'W/"{some(rng, HEX, 32)}"', "etag", "ETag"),
    "epoch_s": (epoch(10), "created_at", "created at"),
    "epoch_ms": (epoch(13), "timestamp", "timestamp"),
    "epoch_us": (epoch(16), "start_us", "start"),
    "epoch_ns": (epoch(19), "start_time_unix_nano", "start time"),
    "compact_time": (lambda rng: moment(rng).strftime("%Y%m%d%H%M%S"), "run_at", "run"),
    "iso_time": (lambda rng: moment(rng).strftime("%Y-%m-%dT%H:%M:%S.") + some(rng, DIGITS, 9) + "Z", "time", "time"),
    "plain_date": (lambda rng: moment(rng).strftime(rng.choice(("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y"))), "due_date", "due date"),
    "build_number": (lambda rng: f"hosted-eu-{moment(rng):%Y%m%d}-{rng.randint(1, 30):02}", "build", "build"),
    "order_number": (lambda rng: rng.choice(("ORD-", "SO", "#")) + some(rng, DIGITS, 8, 10), "order_number", "order"),
    "invoice": (lambda rng: f"INV-{rng.randint(2022, 2026)}-{some(rng, DIGITS, 6)}", "invoice_number", "invoice"),
    "isbn": (lambda rng: f"978-{some(rng, DIGITS, 1)}-{some(rng, DIGITS, 4)}-{some(rng, DIGITS, 4)}-{some(rng, DIGITS, 1)}", "isbn", "ISBN"),
    "semver": (lambda rng: f"{rng.randint(0, 20)}.{rng.randint(0, 40)}.{rng.randint(0, 99)}-rc.{rng.randint(1, 9)}", "version", "version"),
    "four_part_version": (lambda rng: f"v{rng.randint(1, 30)}.{rng.randint(0, 99)}.{rng.randint(0, 9999)}.{rng.randint(0, 999)}", "driver_version", "driver version"),
    "model_name": (lambda rng: rng.choice(MODELS), "model", "model"),
    "response_id": (response_id, "gen_ai.response.id", "response id"),
    "token_count": (lambda rng: str(rng.randint(10, 200_000)), "gen_ai.usage.input_tokens", "input tokens"),
    "max_tokens": (lambda rng: str(rng.choice((256, 1024, 4096, 128000))), "max_tokens", "max tokens"),
    "duration_ns": (lambda rng: some(rng, "123456789", 1) + some(rng, DIGITS, 8, 9), "duration_ns", "duration"),
    "bytes": (lambda rng: some(rng, "123456789", 1) + some(rng, DIGITS, 8, 11), "memory_bytes", "memory"),
    "kafka_offset": (lambda rng: some(rng, "123456789", 1) + some(rng, DIGITS, 8, 10), "offset", "offset"),
    "pod": (lambda rng: f"checkout-{some(rng, 'bcdf456789', 9, 10)}-{some(rng, 'bcdfghjklm', 5)}", "k8s.pod.name", "pod"),
    "embedding": (vector, "embedding", "embedding"),
    "broken_card": (broken_luhn, "batch_no", "batch"),
    "broken_iban": (broken_iban, "reference", "reference"),
    "impossible_ssn": (lambda rng: f"{rng.choice(('000', '666'))}-{some(rng, DIGITS, 2)}-{some(rng, DIGITS, 4)}", "part", "part number"),
    "nine_digits": (lambda rng: some(rng, "123456789", 1) + some(rng, DIGITS, 8), "sequence", "sequence"),
    "ten_digits": (lambda rng: some(rng, "23456789", 1) + some(rng, DIGITS, 9), "record", "record"),
    "eleven_digits": (lambda rng: some(rng, "123456789", 1) + some(rng, DIGITS, 10), "article", "article"),
    "sixteen_digits": (lambda rng: rng.choice("0789") + some(rng, DIGITS, 15), "counter", "counter"),
    "not_mail": (lambda rng: rng.choice(NOT_MAIL), "ref", "reference"),
    "placeholder": (lambda rng: rng.choice(PLACEHOLDERS), "api_key", "API key"),
    "key_id": (lambda rng: some(rng, HEX, 16), "kms_key_id", "key id"),
    "public_key": (certificate, "public_key", "public key"),
    "key_name": (lambda rng: rng.choice(("id", "user_id", "tenant")), "primary_key", "primary key"),
    "token_type": (lambda rng: rng.choice(("input", "output", "bearer", "cache_read")), "token_type", "token type"),
    "thing_name": (lambda rng: rng.choice(THINGS), "name", "service"),
    "clock": (lambda rng: f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}", "at", "at"),
    "cpp_scope": (lambda rng: rng.choice(("std::vec::Vec", "a::b::c", "tokio::net::TcpStream", "fe::ab::Cd")), "symbol", "symbol"),
    "fictional_phone": (lambda rng: f"({rng.randint(201, 989)}) 555-01{some(rng, DIGITS, 2)}".replace("11)", "12)"), "sample", "sample"),
    "coordinates_coarse": (lambda rng: f"{rng.uniform(-60, 70):.2f}, {rng.uniform(-170, 170):.2f}", "tile", "tile"),
    "price": (lambda rng: f"{rng.randint(1, 9999)}.{some(rng, DIGITS, 2)} {rng.choice(('EUR', 'USD'))}", "amount", "amount"),
    "hash_like_coin": (lambda rng: rng.choice("13") + some(rng, HEX, 33), "fingerprint", "fingerprint"),
    "s3_key": (lambda rng: f"s3://logs/{moment(rng):%Y/%m/%d}/part-{some(rng, DIGITS, 5)}-{made_uuid(rng)}.parquet", "object", "object"),
    "base64_text": (lambda rng: base64.b64encode(b"The quick brown fox number " + some(rng, DIGITS, 6).encode()).decode(), "payload", "payload"),
    "fingerprint_tls": (lambda rng: ":".join(some(rng, HEX, 2).upper() for _ in range(20)), "thumbprint", "certificate thumbprint"),
    "hex_color": (lambda rng: "#" + some(rng, HEX, 6), "color", "colour"),
    "port_host": (lambda rng: f"worker-{rng.randint(1, 99)}:{rng.randint(1024, 65535)}", "peer", "peer"),
    "asset_tag": (lambda rng: some(rng, UPPER, 2) + some(rng, DIGITS, 7), "asset", "asset"),
}  # fmt: skip


def make(name, row, rng):
    """One trap of a row."""
    draw, key, words = row
    return trap(name, draw(rng), key, words)


def loopback(rng):
    """An address all the same: right if found, no loss if not."""
    text = rng.choice(("127.0.0.1", "10.0.3.17", "192.168.1.20", "0.0.0.0", "::1"))
    return Fact(Doc(((text, Mark("may", "IP_ADDRESS")),)), "listen", "listening on")


MAKERS = {name: ((functools.partial(make, name, row), 1),) for name, row in TABLE.items()}
MAKERS["loopback"] = ((loopback, 1),)
