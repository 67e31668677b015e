//! What the fuzz target `redact` does; `tests/redact_anything.rs` does the same.

use std::sync::{Arc, LazyLock};

use agent_processors::pii_redaction::{Chunks, Config, PiiRedaction};
use pdata::{AnyValue, Context, KeyValue, wire};
use sdk::{Batch, Signal};

/// The processor as it is by default, and as strict as it can be about lengths.
static PROCESSORS: LazyLock<Vec<PiiRedaction>> = LazyLock::new(|| {
    let mut short = Config { max_text_bytes: 300, cache_entries: 64, ..Config::default() };
    short.content.stream_chunks = Chunks::Join;
    short.content.max_bytes = 200;
    let alone = |config| PiiRedaction::alone(config, &"pii_redaction".parse().ok()?, "0").ok();
    [Config::default(), short].into_iter().filter_map(alone).collect()
});

/// A key whose shape alone tells.
const SECRET: &[u8] = b"sk-ant-api03-hT3kZq9Lw2Xv7Rb5Nc8Jm4Pd6Sg1Yf0Ae-uKiOlQxWzVtBnMrHj_3GyDsFp7E9aC5UqT2L8oX4vN6bZ1mK0jR-wAA";

/// Keys under which a value is looked at in ways of their own.
const KEYS: [&[u8]; 6] = [
    b"note",
    b"gen_ai.input.messages",
    b"content",
    b"trace_id",
    b"redaction.types",
    b"redaction.masked.keys",
];

/// Takes `input` as a request of each signal, and plants a secret among its bytes.
///
/// # Panics
///
/// When what is left is no request, when records are gone, or when the secret is still there.
pub(crate) fn anything(input: &[u8]) {
    for processor in PROCESSORS.iter() {
        for signal in Signal::ALL {
            if let Ok(batch) =
                Batch::checked(signal, input.to_vec().into(), Arc::new(Context::default()))
            {
                check(processor, &batch);
            }
        }
        let planted = check(processor, &planted(input));
        let is_there = planted.bytes().windows(SECRET.len()).any(|window| window == SECRET);
        assert!(!is_there, "a secret came through");
    }
}

fn check(processor: &PiiRedaction, batch: &Batch) -> Batch {
    let left = processor.redact(batch);
    let checked = Batch::checked(left.signal(), left.bytes().clone(), Arc::new(Context::default()));
    let counts = checked.map(|batch| batch.counts());
    assert_eq!(counts.ok(), Some(batch.counts()), "records are gone, or it is no request");
    left
}

/// A span with the secret in a name, an attribute, an event that is a piece of a stream, and a part of a message.
fn planted(input: &[u8]) -> Batch {
    let (pick, rest) = input.split_first().map_or((0, input), |(pick, rest)| (*pick, rest));
    let text = String::from_utf8_lossy(rest);
    let (before, after) = text.split_at(text.floor_char_boundary(text.len() / 2));
    let said = [before.as_bytes(), b" ", SECRET, b" ", after.as_bytes()].concat();
    let key = KEYS.get(usize::from(pick) % KEYS.len()).copied().unwrap_or_default();
    let attribute = |number: u32, key: &[u8], value: &[u8], out: &mut Vec<u8>| {
        wire::put_message(out, number, |out| KeyValue::write(key, AnyValue::Str(value), out));
    };
    let mut request = Vec::new();
    wire::put_message(&mut request, 1, |resource| {
        wire::put_message(resource, 1, |out| attribute(1, key, &said, out));
        wire::put_message(resource, 2, |scope| {
            wire::put_message(scope, 2, |span| {
                wire::put_len(span, 5, &said);
                attribute(9, key, &said, span);
                attribute(9, &said, b"value", span);
                for piece in [before.as_bytes(), &said, after.as_bytes()] {
                    wire::put_message(span, 11, |event| {
                        attribute(3, b"content", piece, event);
                        wire::put_len(event, 2, b"gen_ai.chunk");
                    });
                }
            });
        });
    });
    let context = Arc::new(Context::default());
    Batch::checked(Signal::Traces, request.into(), context)
        .unwrap_or_else(|error| panic!("{error}"))
}
