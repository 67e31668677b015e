//! How fast texts are scanned: MB/s on one core, all default detectors on.
//!
//! `cargo bench -p pii --bench scan [-- part of a name]`. Records are of 2 KiB. The fastest of several repeats
//! counts: what the code costs when nothing disturbs it.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]
#![expect(clippy::disallowed_types, reason = "measures real time")]

use std::{fmt::Write as _, hint::black_box, time::Instant};

use pii::{Context, Engine, Finding, Policy};

const RECORD: usize = 2048;
const BYTES: usize = 4 << 20;
const REPEATS: usize = 7;

fn main() {
    let engine = Engine::new(&Policy::default()).unwrap();
    let prose = repeated(PROSE);
    let json = repeated(JSON);
    measure(&engine, "clean prose", &prose);
    measure(&engine, "clean chat", &repeated(CHAT));
    measure(&engine, "GenAI JSON", &json);
    measure(
        &engine,
        "GenAI JSON, escaped twice",
        &repeated(&JSON.replace('\\', "\\\\").replace('"', "\\\"")),
    );
    measure(&engine, "logs with times and ids", &logs());
    measure(&engine, "prose with one finding a KB", &planted(&prose));
    measure(&engine, "GenAI JSON with one finding a KB", &planted(&json));
    measure(
        &engine,
        "CJK",
        &repeated("请总结一下这篇文章的主要内容，并且列出三个要点。模型会根据上下文给出答案。"),
    );
    measure(&engine, "base64", &base64());
    for (name, unit) in FLOODS {
        measure(&engine, name, &unit.repeat(BYTES / unit.len()));
    }
}

const FLOODS: &[(&str, &str)] = &[
    ("hostile: @", "@"),
    ("hostile: a@", "a@"),
    ("hostile: a@b.", "a@b."),
    ("hostile: digits", "1234567890"),
    ("hostile: single digits", "1 "),
    ("hostile: dates", "2024-01-31 "),
    ("hostile: card-like", "4111 1111 1111 1112 "),
    ("hostile: dotted", "1.1."),
    ("hostile: hyphens", "-"),
    ("hostile: sk-", "sk-"),
    ("hostile: eyJ", "eyJhbGciOiJ-"),
    ("hostile: \\u", "\\u0040"),
    ("hostile: %", "%40"),
    ("hostile: %25", "%25"),
    ("hostile: backslashes", "\\"),
    ("hostile: key=", "key="),
    ("hostile: password:", "password: "),
    ("hostile: ://", "a://"),
    ("hostile: colons", "a1:"),
    ("hostile: BEGIN", "-----BEGIN PRIVATE KEY "),
    ("hostile: Mr. A", "Mr. A "),
    ("hostile: street numbers", "12 Ab "),
    ("hostile: zero width", "a\u{200b}"),
    ("hostile: full width", "１"),
];

const PROSE: &str = "The exporter keeps a queue in front of the network, so that a slow backend does not stop the \
    pipeline. When the queue is full, new batches are refused and the client is told to try again later. Every batch \
    is counted once, and what was dropped is counted under its reason. Settings that nobody changes have defaults \
    which are written down in the documentation of each component. In most cases nothing has to be configured at all. ";

const CHAT: &str = "Could you help me plan a trip along the coast? I would like to see small towns, eat well and avoid \
    crowds. We have nine days and prefer trains over cars. Sure! Start in the north, stay two nights in the old harbour, \
    then follow the line south. Do you want me to look up the timetable as well? Yes please, and tell me what it costs. ";

const JSON: &str = "{\"role\":\"user\",\"content\":\"Summarise the incident report in three sentences, then list what was \
    done about it.\\nKeep the tone neutral.\"},{\"role\":\"assistant\",\"content\":\"The service was slow because a \
    cache had been emptied. Requests were sent to the database, which queued them.\\nIt was fixed by warming the cache.\",\
    \"tool_calls\":[{\"type\":\"function\",\"function\":{\"name\":\"search_documents\",\"arguments\":\"{\\\"query\\\": \
    \\\"cache warming\\\", \\\"limit\\\": 10}\"}}],\"finish_reason\":\"stop\"},";

const FINDINGS: &[&str] = &[
    " ada@example.org ",
    " 4111 1111 1111 1111 ",
    " 415-555-2671 ",
    " 10.20.30.40 ",
    " GB29NWBK60161331926819 ",
    " AKIAQ3EGWZ5K7JXNPTLM ",
    " Dear Ms. Lovelace ",
    " 536-22-1234 ",
];

fn repeated(unit: &str) -> String {
    unit.repeat(BYTES / unit.len())
}

/// The text with one finding after each KiB.
fn planted(text: &str) -> String {
    let findings = FINDINGS.iter().cycle();
    let parts = text.as_bytes().chunks(1024).zip(findings);
    parts.map(|(part, finding)| format!("{}{finding}", String::from_utf8_lossy(part))).collect()
}

/// A small generator of numbers that look random and are the same every time.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state ^ *state >> 29
}

fn logs() -> String {
    let (mut out, mut state) = (String::new(), 1);
    while out.len() < BYTES {
        let (a, b, c) = (random(&mut state), random(&mut state), random(&mut state) % 1000);
        writeln!(out, "2026-03-14T09:26:53.{c:03}Z INFO gateway request done trace_id={a:016x}{b:016x} status=200 duration_ms={c}").unwrap();
    }
    out
}

fn base64() -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut state = 7;
    (0..BYTES)
        .map(|_| char::from(*LETTERS.get((random(&mut state) >> 40) as usize % 64).unwrap()))
        .collect()
}

fn measure(engine: &Engine, name: &str, text: &str) {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part.as_str())) {
        return;
    }
    // Blobs and floods come as one value of 256 KiB, the rest as records.
    let size = if name.contains("hostile") || name == "base64" { 256 << 10 } else { RECORD };
    let mut found: Vec<Finding> = Vec::new();
    let (mut best, mut count) = (f64::MAX, 0);
    for _ in 0..REPEATS {
        let start = Instant::now();
        count = 0;
        for record in text.as_bytes().chunks(size) {
            engine.scan_into(black_box(record), &Context::default(), &mut found);
            count += found.len();
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    let speed = text.len() as f64 / best / 1e6;
    let rate = count as f64 * 1024.0 / text.len() as f64;
    println!("{speed:8.0} MB/s  {rate:7.3} findings/KB  {name}");
}
