//! What `pii_redaction` adds to a batch: nanoseconds a span.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]
#![expect(clippy::disallowed_types, reason = "measures real time")]

use agent_processors::pii_redaction::{Config, PiiRedaction};
use pdata::{
    Context,
    texts::{Edit, Place, Text, Visitor, edit_texts},
};
use sdk::{Batch, ComponentKind, Signal};
use std::{hint::black_box, sync::Arc};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

struct Nothing(usize);
impl Visitor for Nothing {
    fn text(&mut self, _: &Place<'_>, text: Text<'_>, _: &mut Vec<u8>) -> Edit {
        if let Text::Str(text) = text {
            self.0 += text.len();
        }
        Edit::Keep
    }
}
struct Scan<'e>(&'e pii::Engine, Vec<pii::Finding>, usize);
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

fn cpu() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse().unwrap()
}
fn processor(yaml: &str) -> PiiRedaction {
    let context = testkit::context(ComponentKind::Processor, "pii_redaction");
    let config: Config = testkit::settings(yaml);
    sdk::BatchProcessor::new(config, context).unwrap()
}

fn main() {
    let only = std::env::var("ONLY").unwrap_or_default();
    let rounds: usize = std::env::var("ROUNDS").map_or(7, |n| n.parse().unwrap());
    for name in ["clean", "private", "history"] {
        if !only.is_empty() && only != name {
            continue;
        }
        let mut files: Vec<_> = std::fs::read_dir(format!("/tmp/walk-reqs/{name}"))
            .unwrap()
            .map(|f| f.unwrap().path())
            .collect();
        files.sort();
        let batches: Vec<Batch> = files
            .iter()
            .map(|f| {
                Batch::checked(
                    Signal::Traces,
                    std::fs::read(f).unwrap().into(),
                    Arc::new(Context::default()),
                )
                .unwrap()
            })
            .collect();
        let spans = (batches.len() * 100) as f64;
        let mut best = [f64::MAX; 5];
        let engine = pii::Engine::new(&pii::Policy::default()).unwrap();
        for _ in 0..rounds {
            let mut time = |at: usize, run: &mut dyn FnMut(&Batch)| {
                if std::env::var("AT").is_ok_and(|only| only != at.to_string()) {
                    return;
                }
                let start = cpu();
                for batch in &batches {
                    run(batch);
                }
                let took = (cpu() - start) as f64 / spans;
                best[at] = best[at].min(took);
            };
            {
                time(0, &mut |batch| {
                    black_box(edit_texts(batch, &mut Nothing(0)));
                });
                time(1, &mut |batch| {
                    black_box(edit_texts(batch, &mut Scan(&engine, Vec::new(), 0)));
                });
                time(2, &mut |batch| {
                    black_box(edit_texts(batch, &mut Scan(&engine, Vec::new(), 256)));
                });
            }
            let with = processor("");
            time(3, &mut |batch| {
                black_box(with.redact(batch));
            });
            let without = processor("cache_entries: 0");
            time(4, &mut |batch| {
                black_box(without.redact(batch));
            });
        }
        println!(
            "{name}: walk {:.0}, walk+scan all {:.0}, walk+scan long {:.0}, redact {:.0}, redact without cache {:.0}",
            best[0], best[1], best[2], best[3], best[4]
        );
    }
}
