//! The texts: clean ones, ones with findings, and floods of what detectors begin with. All are made here, the
//! same every time.

use std::fmt::Write as _;

/// Bytes of a text: few enough for a pass that nothing disturbs.
const BYTES: usize = 64 << 10;
/// Bytes of a record.
const RECORD: usize = 2048;
/// Bytes of a value whose time is looked at.
pub(crate) const VALUE: usize = 16 << 10;

/// A text that is scanned in records.
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// The length of a record.
    pub(crate) record: usize,
}

impl Text {
    pub(crate) fn records(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: bytes.into(), record: RECORD }
    }

    /// One value, `unit` over and over.
    pub(crate) fn flood(name: &str, unit: &str) -> Self {
        let text = Self::records(name, repeated(unit));
        Self { record: text.bytes.len(), ..text }
    }
}

/// The texts of the first table.
pub(crate) fn all() -> Vec<Text> {
    let twice = JSON.replace('\\', "\\\\").replace('"', "\\\"");
    let blob = base64(5 << 20);
    let mut all = vec![
        Text::records("clean prose", repeated(PROSE)),
        Text::records("clean chat", repeated(CHAT)),
        Text::records("GenAI JSON: messages", repeated(JSON)),
        Text::records("GenAI JSON: messages, escaped twice", repeated(&twice)),
        Text::records("GenAI JSON: messages in parts", repeated(PARTS)),
        Text::records("GenAI JSON: a request, indented", repeated(PRETTY)),
        Text::records("GenAI JSON: answers with ids and counts", repeated(ANSWER)),
        Text::records("logs with times and trace ids", logs()),
        Text::records("prose with one finding a KB", planted(&repeated(PROSE))),
        Text::records("GenAI JSON with one finding a KB", planted(&repeated(JSON))),
        Text::records("CJK", repeated(CJK)),
        Text { record: blob.len(), ..Text::records("base64, one value of 5 MiB", blob) },
    ];
    all.extend(FLOODS.iter().map(|(name, unit)| Text::flood(name, unit)));
    all
}

/// The texts that values of 16 KiB are cut from.
pub(crate) fn documents() -> Vec<Text> {
    let long = |name: &str, text: String| Text::records(name, text.repeat(2));
    vec![
        long("clean prose", repeated(PROSE)),
        long("prose with one finding a KB", planted(&repeated(PROSE))),
        long("GenAI JSON: messages", repeated(JSON)),
        long("GenAI JSON: answers with ids and counts", repeated(ANSWER)),
        long("GenAI JSON with one finding a KB", planted(&repeated(JSON))),
        long("logs with times and trace ids", logs()),
    ]
}

/// Values as attributes hold them, and their keys.
pub(crate) const SHORT: &[(&str, &str)] = &[
    ("200", "status"),
    ("POST", "http.request.method"),
    ("checkout", "service.name"),
    ("production", "deployment.environment.name"),
    ("us-east-1", "cloud.region"),
    ("openai", "gen_ai.provider.name"),
    ("gpt-4o-2024-08-06", "gen_ai.request.model"),
    ("search_documents", "gen_ai.tool.name"),
    ("the quick brown fox", "message"),
    ("gateway request done in time again ok", "body"),
    ("/api/v1/orders/{id}/items", "http.route"),
    ("2026-03-14T09:26:53.123Z", "time"),
    ("550e8400-e29b-41d4-a716-446655440000", "request.uuid"),
    ("The exporter keeps a queue in front of the network.", "content"),
];

const FLOODS: &[(&str, &str)] = &[
    ("flood: `@`", "@"),
    ("flood: `a@`", "a@"),
    ("flood: `a@b.`", "a@b."),
    ("flood: digits", "1234567890"),
    ("flood: single digits", "1 "),
    ("flood: dates", "2024-01-31 "),
    ("flood: card-like", "4111 1111 1111 1112 "),
    ("flood: dotted", "1.1."),
    ("flood: hyphens", "-"),
    ("flood: sk-", "sk-"),
    ("flood: eyJ", "eyJhbGciOiJ-"),
    ("flood: \\u", "\\u0040"),
    ("flood: %", "%40"),
    ("flood: %25", "%25"),
    ("flood: backslashes", "\\"),
    ("flood: key=", "key="),
    ("flood: password:", "password: "),
    ("flood: ://", "a://"),
    ("flood: colons", "a1:"),
    ("flood: BEGIN", "-----BEGIN PRIVATE KEY "),
    ("flood: Mr. A", "Mr. A "),
    ("flood: street numbers", "12 Ab "),
    ("flood: zero width", "a\u{200b}"),
    ("flood: full width", "１"),
    ("flood: Dear", "Dear "),
    ("flood: Dear and a name", "Dear Ada "),
    ("flood: name: and a name", "name: Ada "),
    ("flood: card-like, behind a word", "card 4111 1111 1111 1112 "),
    ("flood: cards in a table", "4111 1111 1111 1111 "),
    ("flood: number-like, behind a word", "number 123 456 7890 "),
    ("flood: phone-like", "123 456 7890 "),
    ("flood: pairs of digits", "12 34 56 78 "),
    ("flood: cards, escaped", "4111%20"),
    ("flood: Cookie", "Cookie: a=b; "),
    ("flood: Authorization", "Authorization: Bearer x "),
    ("flood: dob:", "dob: 12/12 "),
    ("flood: address:", "address: 1 "),
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

const ANSWER: &str = r#"{"id":"chatcmpl-9xYzAbCdEfGhIjKlMnOpQrStUvWx","object":"chat.completion","created":1731234567,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"Here are the three steps:\n\n1. **Install** the package with `pip install example==2.4.1`.\n2. Set `timeout_ms` to 5000.\n3. Run \"make test\" and check that it's green.","refusal":null,"tool_calls":[{"id":"call_a1B2c3D4e5F6g7H8i9J0k1L2","type":"function","function":{"name":"run_tests","arguments":"{\"suite\":\"unit\",\"limit\":10,\"verbose\":true}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1184,"completion_tokens":96,"total_tokens":1280,"prompt_tokens_details":{"cached_tokens":1024}},"system_fingerprint":"fp_a7d06e42a7"}
"#;

const PARTS: &str = r#"[{"role":"system","parts":[{"type":"text","content":"You are a helpful assistant. Answer briefly."}]},{"role":"user","parts":[{"type":"text","content":"What's the weather in Paris, and should I take an umbrella?"}]},{"role":"assistant","parts":[{"type":"tool_call","id":"toolu_01A09q90qw90lq917835lq9","name":"get_weather","arguments":{"location":"Paris, France","unit":"celsius"}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"toolu_01A09q90qw90lq917835lq9","response":"rainy, 57°F"}]},{"role":"assistant","parts":[{"type":"text","content":"It is raining; take one."}],"finish_reason":"stop"}]"#;

const PRETTY: &str = r#"{
  "model": "claude-sonnet-4-20250514",
  "max_tokens": 1024,
  "messages": [
    {
      "role": "user",
      "content": "Explain how a queue in front of the network helps a slow backend."
    },
    {
      "role": "assistant",
      "content": "It decouples producers from the consumer. When the queue fills up, the newest batches are refused."
    }
  ],
  "temperature": 0.7
}
"#;

const CJK: &str = "请总结一下这篇文章的主要内容，并且列出三个要点。模型会根据上下文给出答案。";

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
    unit.repeat(BYTES / unit.len() + 1)
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
        let _ = writeln!(
            out,
            "2026-03-14T09:26:53.{c:03}Z INFO gateway request done trace_id={a:016x}{b:016x} status=200 duration_ms={c}"
        );
    }
    out
}

fn base64(length: usize) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut state = 7;
    let letter = |_| LETTERS.get((random(&mut state) >> 40) as usize % 64).copied().unwrap_or(b'A');
    (0..length).map(letter).collect()
}
