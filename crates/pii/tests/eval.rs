//! What the crate finds on the labelled items (`eval/README.md`), held to the bars it has reached.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed read should fail the test"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
    sync::LazyLock,
};

use pii::{Context, Engine, Kind, Policy};
use serde_json::Value;

/// At least so many items, and of a hundred at least so many without anything private.
const ITEMS_MIN: usize = 3000;
const CLEAN_PERCENT_MIN: usize = 40;
/// How many families of text there are at least.
const FAMILIES_MIN: usize = 14;
/// How many lines of ids are read to see that none is touched.
const ID_LINES: u64 = 20_000;

/// Recall and precision of a group of types.
struct Bar {
    /// What is held: what the crate has reached. To be raised with it, never lowered.
    reached: (f64, f64),
    /// What is wanted in the end.
    wanted: (f64, f64),
}

const STRUCTURED: Bar = Bar { reached: (0.99, 0.99), wanted: (0.98, 0.98) };
const SECRETS: Bar = Bar { reached: (0.99, 0.99), wanted: (0.97, 0.97) };
const PHONES: Bar = Bar { reached: (0.97, 0.98), wanted: (0.85, 0.95) };
const NAMES: Bar = Bar { reached: (0.92, 0.99), wanted: (0.0, 0.95) };

/// Part of a text that is known to be something.
struct Label {
    name: String,
    start: usize,
    end: usize,
}

/// A text and what is known about it.
struct Item {
    id: String,
    family: String,
    text: String,
    key: String,
    /// Has to be found.
    must: Vec<Label>,
    /// Right if found, no loss if not.
    may: Vec<Label>,
    /// Looks like something, is nothing.
    traps: Vec<Label>,
}

/// What was found, by name.
struct Found {
    name: &'static str,
    start: usize,
    end: usize,
}

/// Counts of one group of types.
#[derive(Clone, Default)]
struct Tally {
    wanted: u32,
    hit: u32,
    found: u32,
    right: u32,
    /// How often what was missed or taken for what.
    faults: BTreeMap<String, u32>,
}

impl Tally {
    fn recall(&self) -> f64 {
        f64::from(self.hit) / f64::from(self.wanted)
    }

    fn precision(&self) -> f64 {
        f64::from(self.right) / f64::from(self.found)
    }

    /// Fails with the classes of fault where less is reached than was.
    fn holds(&self, group: &str, bar: &Bar) {
        let mut faults: Vec<_> = self.faults.iter().collect();
        faults.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let listed = faults.iter().take(20).fold(String::new(), |mut text, (fault, count)| {
            let _ = write!(text, "\n  {count} x {fault}");
            text
        });
        let (recall, precision) = bar.reached;
        assert!(
            self.recall() >= recall && self.precision() >= precision,
            "{group}: recall {:.4} of {}, precision {:.4} of {}; held are {:?}, wanted {:?}{listed}",
            self.recall(),
            self.wanted,
            self.precision(),
            self.found,
            bar.reached,
            bar.wanted,
        );
    }
}

/// The names of types by group, and which may be taken for which: shared with the Python evaluation.
static TYPES: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../eval/types.json")).unwrap());
static ITEMS: LazyLock<Vec<Item>> = LazyLock::new(items);
static TALLIES: LazyLock<BTreeMap<String, Tally>> = LazyLock::new(tallies);

#[test]
fn the_labelled_items_are_many_and_nearly_half_of_them_are_clean() {
    let clean = ITEMS.iter().filter(|item| item.must.is_empty()).count();
    let families: BTreeSet<_> = ITEMS.iter().map(|item| &item.family).collect();
    assert!(ITEMS.len() >= ITEMS_MIN, "{} items", ITEMS.len());
    assert!(clean * 100 >= ITEMS.len() * CLEAN_PERCENT_MIN, "{clean} of {} are clean", ITEMS.len());
    assert!(families.len() >= FAMILIES_MIN, "{families:?}");
}

#[test]
fn every_label_is_a_part_of_its_text_and_none_overlaps_another() {
    for item in ITEMS.iter() {
        let mut end = 0;
        let mut labels: Vec<_> = item.must.iter().chain(&item.may).chain(&item.traps).collect();
        labels.sort_by_key(|label| label.start);
        for label in labels {
            let part = item.text.get(label.start..label.end);
            assert!(part.is_some_and(|part| !part.is_empty()), "{}: {}", item.id, label.name);
            assert!(label.start >= end, "{}: {} overlaps", item.id, label.name);
            end = label.end;
        }
    }
}

#[test]
fn structured_types_are_found_and_little_else_is_taken_for_them() {
    tally("structured").holds("structured", &STRUCTURED);
}

#[test]
fn secrets_are_found() {
    tally("secrets").holds("secrets", &SECRETS);
}

#[test]
fn phones_are_found() {
    tally("phones").holds("phones", &PHONES);
}

#[test]
fn what_context_makes_a_name_is_one() {
    tally("names").holds("names", &NAMES);
}

#[test]
fn no_id_in_a_log_is_touched() {
    let engine = engine();
    let mut touched = Vec::new();
    for line in 0..ID_LINES {
        let text = id_line(line);
        for found in findings(&engine, &text, "body") {
            touched.push(format!("{} in {text}", found.name));
        }
    }
    touched.truncate(10);
    assert!(touched.is_empty(), "{touched:#?}");
}

/// The policy as it is by default, detecting only.
fn engine() -> Engine {
    Engine::new(&Policy::detect_only()).unwrap()
}

/// What is found in a text under a key.
fn findings(engine: &Engine, text: &str, key: &str) -> Vec<Found> {
    let context = Context::of_key(key.as_bytes());
    let known = |finding: &pii::Finding| match finding.kind {
        Kind::Known(entity) => Some(entity.name()),
        Kind::Custom(_) => None,
    };
    engine
        .scan(text.as_bytes(), &context)
        .iter()
        .filter_map(|finding| {
            Some(Found { name: known(finding)?, start: finding.start, end: finding.end })
        })
        .collect()
}

fn tally(group: &str) -> Tally {
    TALLIES[group].clone()
}

fn tallies() -> BTreeMap<String, Tally> {
    let engine = engine();
    let mut tallies = BTreeMap::<String, Tally>::new();
    for item in ITEMS.iter() {
        let found = findings(&engine, &item.text, &item.key);
        for label in &item.must {
            let tally = tallies.entry(group_of(&label.name).to_owned()).or_default();
            let half = (label.end - label.start).div_ceil(2);
            tally.wanted += 1;
            if found.iter().any(|one| fits(&label.name, one.name) && overlap(label, one) >= half) {
                tally.hit += 1;
            } else {
                *tally
                    .faults
                    .entry(format!("{} missed in {}", label.name, item.family))
                    .or_default() += 1;
            }
        }
        for one in &found {
            let tally = tallies.entry(group_of(one.name).to_owned()).or_default();
            let mut labels =
                item.must.iter().chain(&item.may).filter(|label| overlap(label, one) > 0);
            tally.found += 1;
            if labels.any(|label| fits(&label.name, one.name)) {
                tally.right += 1;
            } else {
                let is = item.must.iter().chain(&item.may).chain(&item.traps);
                let is =
                    is.filter(|label| overlap(label, one) > 0).map(|label| label.name.as_str());
                let fault = format!(
                    "{} is {} in {}",
                    one.name,
                    is.collect::<Vec<_>>().join("+"),
                    item.family
                );
                *tally.faults.entry(fault).or_default() += 1;
            }
        }
    }
    tallies
}

/// The group of a type; what stands in no list is a secret.
fn group_of(name: &str) -> &'static str {
    let groups = TYPES["groups"].as_object().unwrap();
    let holds = |names: &Value| names.as_array().unwrap().iter().any(|one| one == name);
    groups.iter().find(|(_, names)| holds(names)).map_or("secrets", |(group, _)| group.as_str())
}

/// Whether a finding is right for a label; a secret may be called by any secret's name.
fn fits(label: &str, found: &str) -> bool {
    if group_of(label) == "secrets" {
        return group_of(found) == "secrets";
    }
    let accepted = TYPES["accept"][label].as_array();
    label == found || accepted.is_some_and(|names| names.iter().any(|name| name == found))
}

/// How many bytes both cover.
fn overlap(label: &Label, found: &Found) -> usize {
    label.end.min(found.end).saturating_sub(label.start.max(found.start))
}

fn items() -> Vec<Item> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/labelled");
    let mut items = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let family = path.file_stem().unwrap().to_string_lossy().into_owned();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let item: Value = serde_json::from_str(line).unwrap();
            items.push(Item {
                id: item["id"].as_str().unwrap().to_owned(),
                family: family.clone(),
                text: item["text"].as_str().unwrap().to_owned(),
                key: item["key"].as_str().unwrap_or_default().to_owned(),
                must: labels(&item["must"]),
                may: labels(&item["may"]),
                traps: labels(&item["trap"]),
            });
        }
    }
    items
}

fn labels(value: &Value) -> Vec<Label> {
    let place = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let label = |value: &Value| Label {
        name: value[0].as_str().unwrap().to_owned(),
        start: place(&value[1]),
        end: place(&value[2]),
    };
    value.as_array().into_iter().flatten().map(label).collect()
}

/// A line of a log in which everything is an id, a time or a count.
fn id_line(seed: u64) -> String {
    // SplitMix64: the same ids on every run.
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let (high, low, span) = (next(), next(), next());
    let uuid = format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        next() >> 32,
        next() >> 48,
        next() >> 52,
        next() >> 52,
        next() >> 16
    );
    let nanos = 1_700_000_000_000_000_000 + next() % 90_000_000_000_000_000;
    let (tokens, offset) = (next() % 200_000, next() % 9_000_000_000 + 1_000_000_000);
    format!(
        "{nanos} trace_id={high:016x}{low:016x} span_id={span:016x} request={uuid} at={} ms={} \
         usage.input_tokens={tokens} offset={offset} sha={:016x}{:016x}{:08x} chatcmpl-{:016x}",
        nanos / 1_000_000_000,
        nanos / 1_000_000,
        next(),
        next(),
        next() >> 32,
        next()
    )
}
