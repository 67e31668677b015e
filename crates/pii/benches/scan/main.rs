//! How fast texts are scanned, on one core, all default detectors on.
//!
//! `cargo bench -p pii --bench scan [-- part of a name]` prints the tables of docs/pii.md; `-- --file PATH` scans a
//! file of one's own. The processor's time of this thread counts, of the fastest of many passes: what the code
//! costs when nothing disturbs it.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

mod texts;

use std::hint::black_box;

use pii::{Context, CustomRule, Engine, Finding, Policy};
use rustix::time::{ClockId, clock_gettime};

use self::texts::Text;

/// Passes over each text, of which the fastest counts.
const PASSES: usize = 100;
/// Values of 16 KiB, each of them timed.
const VALUES: usize = 4000;
/// Calls timed together where one takes nanoseconds.
const CALLS: usize = 2000;

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench").peekable();
    if args.next_if_eq("--file").is_some() {
        let bytes = std::fs::read(args.next().unwrap()).unwrap();
        println!("{}", row(&engine(), &Text::records("the file", bytes)));
        return;
    }
    let wanted: Vec<String> = args.collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));

    println!("| MB/s | findings a KB | text |\n|--:|--:|---|");
    for text in texts::all().iter().filter(|text| is_wanted(&text.name)) {
        println!("{}", row(&engine(), text));
    }
    if is_wanted("worst pattern") {
        println!(
            "{}",
            row(&slow_engine(), &Text::flood("flood: worst pattern of the user's", "aB"))
        );
    }
    if is_wanted("16 KiB") {
        println!(
            "\n| µs, half | µs, 99 of 100 | µs, 999 of 1000 | values of 16 KiB |\n|--:|--:|--:|---|"
        );
        for text in texts::documents() {
            println!("{}", percentiles(&engine(), &text));
        }
    }
    if is_wanted("short") {
        println!("\n| ns, no key | ns, with key | value | key |\n|--:|--:|---|---|");
        for (value, key) in texts::SHORT {
            let [bare, keyed] = [&b""[..], key.as_bytes()].map(|key| short(&engine(), value, key));
            println!("| {bare:.0} | {keyed:.0} | `{value}` | `{key}` |");
        }
    }
}

fn engine() -> Engine {
    Engine::new(&Policy::default()).unwrap()
}

/// With a rule that begins with nothing fixed, never matches, and keeps many states.
fn slow_engine() -> Engine {
    let rule = CustomRule { name: "WORST".into(), pattern: "([a-zA-Z]{1,20}){1,20}[0-9]".into() };
    Engine::new(&Policy { custom: vec![rule], ..Policy::default() }).unwrap()
}

/// Seconds of processor time that this thread has taken.
fn now() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// One row: the speed of the fastest pass.
fn row(engine: &Engine, text: &Text) -> String {
    let mut found: Vec<Finding> = Vec::new();
    let (mut best, mut count) = (f64::MAX, 0);
    for _ in 0..PASSES {
        let start = now();
        count = 0;
        for record in text.bytes.chunks(text.record) {
            engine.scan_into(black_box(record), &Context::default(), &mut found);
            count += found.len();
        }
        best = best.min(now() - start);
    }
    let bytes = text.bytes.len() as f64;
    let speed = bytes / best / 1e6;
    let rate = count as f64 * 1024.0 / bytes;
    format!("| {speed:.0} | {rate:.3} | {} |", text.name)
}

/// How long a value takes: each is timed three times, and the least disturbed of them counts.
fn percentiles(engine: &Engine, text: &Text) -> String {
    let mut found: Vec<Finding> = Vec::new();
    let last = text.bytes.len() - texts::VALUE;
    let mut times: Vec<f64> = (0..VALUES)
        .map(|at| {
            let start = at * 677 % last;
            let value = text.bytes.get(start..start + texts::VALUE).unwrap();
            let time = |_| {
                let start = now();
                engine.scan_into(black_box(value), &Context::default(), &mut found);
                now() - start
            };
            (0..3).map(time).fold(f64::MAX, f64::min)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let [half, most, nearly_all] = [500, 990, 999].map(|share| {
        let place = times.len() * share / 1000;
        times.get(place.min(times.len() - 1)).unwrap() * 1e6
    });
    format!("| {half:.1} | {most:.1} | {nearly_all:.1} | {} |", text.name)
}

/// Nanoseconds for one call, the look at the key with it.
fn short(engine: &Engine, value: &str, key: &[u8]) -> f64 {
    let mut found: Vec<Finding> = Vec::new();
    let pass = |_| {
        let start = now();
        for _ in 0..CALLS {
            let context = Context::of_key(black_box(key));
            engine.scan_into(black_box(value.as_bytes()), &context, &mut found);
            black_box(found.len());
        }
        (now() - start) / CALLS as f64 * 1e9
    };
    (0..PASSES).map(pass).fold(f64::MAX, f64::min)
}
