//! What `pii_redaction` adds to a batch: CPU nanoseconds a span, beside the walk alone and beside the
//! engine on the prompts alone.
//!
//! `cargo bench -p agent-processors --bench redact [-- clean|private|history]`. Requests of 100 spans with 14 attributes each,
//! one of them a prompt of about 2 KB as JSON messages. No prompt is like another; in `history` each repeats the
//! earlier turns of its run.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::{fs, hint::black_box, sync::Arc};

use agent_processors::pii_redaction::{Config, PiiRedaction};
use pdata::{
    Context,
    texts::{Edit, Place, Text, Visitor, edit_texts},
};
use pii::{Engine, Finding, Policy};
use sdk::{Batch, ComponentKind};
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const BATCHES: usize = 40;
const SPANS: usize = 100;
const ROUNDS: usize = 20;
const PROMPT: usize = 2000;
const TURNS: usize = 10;

/// `#` stands for a number that differs each time.
const SENTENCES: [&str; 12] = [
    "The customer asked about a refund for order A-#, which arrived late.",
    "I looked at the invoice and the amount is # euros, paid in March.",
    "Please summarise the thread below in three sentences for the support team.",
    "Here is the code that fails:\n```python\nfor row in rows[:#]:\n    print(row)\n```",
    "The tool returned {\"status\": \"ok\", \"rows\": #} and nothing else.",
    "It answered with status # and an empty body after the deploy.",
    "According to the handbook, the contract has to be approved by legal.",
    "My guess is that the cache in front of the search index was not cleared.",
    "I would try version v#.2 first, because the notes mention this very bug.",
    "Latency at the 99th percentile went from # to 840 milliseconds.",
    "Let me think about that step by step before I answer.",
    "Run # finished, see https://ci.example.com/runs/# for the log.",
];
const PRIVATE: [&str; 5] = [
    "You can write to jane.#@example.org about it.",
    "They paid with card 4111 1111 1111 1111 at the counter.",
    "Call them back at (212) 233-4567 before noon.",
    "Use ghp_16C7e42F292c6912E7710c838347Ae178B4a for the request.",
    "The request came from 203.0.113.77 at night.",
];

/// Numbers that look like any, the same ones each time.
struct Source(u64);

impl Source {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn any<'l>(&mut self, list: &[&'l str]) -> &'l str {
        list.get(self.below(list.len())).unwrap()
    }

    fn text(&mut self, bytes: usize, private: bool) -> String {
        let mut text = String::new();
        let mut next = self.below(1024);
        while text.len() < bytes {
            let is_private = private && text.len() >= next;
            let list: &[&str] = if is_private { &PRIVATE } else { &SENTENCES };
            next += if is_private { 1024 } else { 0 };
            let number = self.below(100_000).to_string();
            text += &self.any(list).replace('#', &number);
            text.push(' ');
        }
        text
    }

    fn span(&mut self, prompt: &Value) -> Value {
        let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
        let int =
            |key: &str, value: usize| json!({"key": key, "value": {"intValue": value.to_string()}});
        let model = self.any(&["gpt-4.1-mini", "gpt-4o-mini", "claude-haiku-4-5"]);
        json!({"traceId": format!("{:032x}", self.below(1 << 30) + 1), "spanId": format!("{:016x}", self.below(1 << 30) + 1),
            "name": format!("chat {model}"), "kind": 3,
            "startTimeUnixNano": "1767225600000000000", "endTimeUnixNano": "1767225601000000000", "attributes": [
            text("gen_ai.operation.name", "chat"), text("gen_ai.provider.name", "openai"),
            text("gen_ai.request.model", model), text("gen_ai.response.model", model),
            text("user.id", &format!("u-{:06}", self.below(1_000_000))),
            json!({"key": "gen_ai.response.finish_reasons", "value": {"arrayValue": {"values": [{"stringValue": "stop"}]}}}),
            int("gen_ai.usage.input_tokens", self.below(8_000)), int("gen_ai.usage.output_tokens", self.below(1_500)),
            text("gen_ai.conversation.id", &format!("conv_{:x}", self.below(1 << 30))),
            text("gen_ai.agent.name", self.any(&["triage", "researcher"])),
            json!({"key": "gen_ai.request.top_p", "value": {"doubleValue": self.below(10) as f64 / 10.0}}),
            text("server.address", "api.openai.com"), int("server.port", 443),
            text("gen_ai.input.messages", &prompt.to_string())]})
    }

    fn batches(&mut self, kind: &str) -> Vec<Batch> {
        let message =
            |text: String| json!({"role": "user", "parts": [{"type": "text", "content": text}]});
        let mut turns: Vec<Value> = Vec::new();
        let mut span = || {
            let prompt = if kind == "history" {
                if turns.len() == TURNS {
                    turns.clear();
                }
                turns.push(message(self.text(PROMPT * 2 / (TURNS + 1) - 60, true)));
                Value::Array(turns.clone())
            } else {
                json!([message(self.text(PROMPT, kind == "private"))])
            };
            self.span(&prompt)
        };
        let mut batch = || {
            let spans: Vec<Value> = (0..SPANS).map(|_| span()).collect();
            let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": "support-agents"}}]});
            let batch = testkit::batch(
                &json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]}).to_string(),
            );
            Batch::checked(batch.signal(), batch.bytes().clone(), Arc::new(Context::default()))
                .unwrap()
        };
        (0..BATCHES).map(|_| batch()).collect()
    }
}

/// Sees all, looks at texts from a length on.
struct Scan<'e>(&'e Engine, Vec<Finding>, usize);

impl Visitor for Scan<'_> {
    fn text(&mut self, place: &Place<'_>, text: Text<'_>, _: &mut Vec<u8>) -> Edit {
        if let Text::Str(text) = text
            && text.len() >= self.2
        {
            self.0.scan_into(text, &pii::Context::of_key(place.key()), &mut self.1);
            black_box(&self.1);
        }
        Edit::Keep
    }
}

fn processor(yaml: &str) -> PiiRedaction {
    let context = testkit::context(ComponentKind::Processor, "pii_redaction");
    let config: Config = testkit::settings(yaml);
    sdk::BatchProcessor::new(config, context).unwrap()
}

fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let engine = Engine::new(&Policy::default()).unwrap();
    for kind in ["clean", "private", "history"] {
        if !wanted.is_empty() && !wanted.iter().any(|word| kind.contains(word.as_str())) {
            continue;
        }
        let batches = Source(7).batches(kind);
        let mut sums = [0.0; 4];
        for _ in 0..ROUNDS {
            // New ones each time, so that nothing is known from the round before.
            let (knows, knows_not) = (processor(""), processor("cache_entries: 0"));
            let runs: [&dyn Fn(&Batch) -> Batch; 4] = [
                &|batch| edit_texts(batch, &mut Scan(&engine, Vec::new(), usize::MAX)),
                &|batch| edit_texts(batch, &mut Scan(&engine, Vec::new(), 256)),
                &|batch| knows.redact(batch),
                &|batch| knows_not.redact(batch),
            ];
            for (run, sum) in runs.iter().zip(&mut sums) {
                let start = cpu_nanos();
                batches.iter().for_each(|batch| drop(black_box(run(batch))));
                *sum += (cpu_nanos() - start) as f64;
            }
        }
        // The kernel counts in steps of milliseconds, so only the sum says anything.
        let [walk, scan, knows, knows_not] =
            sums.map(|sum| sum / (ROUNDS * BATCHES * SPANS) as f64);
        println!(
            "{kind}: {walk:.0} ns a span the walk, {scan:.0} with the engine on prompts, {knows:.0} pii_redaction, {knows_not:.0} without its cache"
        );
    }
}

/// What this thread has computed, which other processes do not add to; Linux alone tells.
fn cpu_nanos() -> u64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse().unwrap()
}
