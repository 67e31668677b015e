//! Settings and record processors: text in, expected text out.

use config::Value;
use pdata::{Around, Batch, Record, rewrite};
use sdk::{ComponentKind, Config, Problems, RecordProcessor};

use crate::{context, data};

/// Settings from YAML.
///
/// # Panics
///
/// When the YAML cannot be read as these settings; their problems are not asked for.
#[must_use]
pub fn settings<C: Config>(yaml: &str) -> C {
    decode(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"))
}

/// What is wrong with settings that can be read.
///
/// # Panics
///
/// As [`settings`].
#[must_use]
pub fn problems<C: Config>(yaml: &str) -> Problems {
    settings::<C>(yaml).problems()
}

/// Everything that is wrong with settings, unreadable or not; empty when nothing is.
#[must_use]
pub fn fault<C: Config>(yaml: &str) -> String {
    match decode::<C>(yaml) {
        Ok(settings) => settings.problems().to_string(),
        Err(error) => error,
    }
}

/// Settings are refused, in a text that holds `text`.
///
/// # Panics
///
/// When they are taken, or refused in other words.
#[track_caller]
pub fn check_refused<C: Config>(yaml: &str, text: &str) {
    let fault = fault::<C>(yaml);
    assert!(!fault.is_empty(), "taken instead of refused with {text:?}:\n{yaml}");
    assert!(fault.contains(text), "refused with\n{fault}\ninstead of\n{text}\nfor\n{yaml}");
}

/// The first YAML example of a README.
///
/// # Panics
///
/// When it has none.
#[must_use]
pub fn example(readme: &str) -> &str {
    let after = readme.split_once("```yaml\n").map(|(_, after)| after);
    let block = after.and_then(|after| after.split_once("```"));
    block.unwrap_or_else(|| panic!("the README has no ```yaml block")).0
}

/// A record processor with these settings.
///
/// # Panics
///
/// When the settings are refused.
#[must_use]
pub fn record_processor<P: RecordProcessor>(yaml: &str) -> P {
    let settings = settings::<P::Config>(yaml);
    let problems = Config::problems(&settings);
    assert!(problems.is_empty(), "{problems}\n{yaml}");
    P::new(settings, context(ComponentKind::Processor, P::KIND))
        .unwrap_or_else(|error| panic!("{error}\n{yaml}"))
}

/// The batch after the processor, as the engine calls it.
#[must_use]
pub fn apply<P: RecordProcessor>(processor: &P, batch: &Batch) -> Batch {
    let mut visit =
        |record: &mut Record<'_>, around: &Around<'_, '_>| processor.process(record, around);
    rewrite(batch, processor.records(), &mut visit).batch
}

/// A record processor with these settings makes `expected` of `input`. Both are OTLP JSON requests
/// and compared as OTLP JSON, so the order of keys and ways of writing do not matter.
///
/// # Panics
///
/// When the settings are refused or something else comes out.
#[track_caller]
pub fn check_record_processor<P: RecordProcessor>(yaml: &str, input: &str, expected: &str) {
    let output = apply(&record_processor::<P>(yaml), &data::batch(input));
    let (found, wanted) = (data::json_of(&output), data::json_of(&data::batch(expected)));
    assert!(found == wanted, "{yaml}\nmade of\n{input}\nthis\n{found:#}\ninstead of\n{wanted:#}");
}

/// A record processor with these settings leaves the input, byte for byte.
///
/// # Panics
///
/// When the settings are refused or a byte was changed.
#[track_caller]
pub fn check_untouched<P: RecordProcessor>(yaml: &str, input: &Batch) {
    let output = apply(&record_processor::<P>(yaml), input);
    assert!(
        output.bytes() == input.bytes(),
        "{yaml}\nchanged\n{:#}\ninto\n{:#}",
        data::json_of(input),
        data::json_of(&output)
    );
}

pub(crate) fn decode<C: Config>(yaml: &str) -> Result<C, String> {
    let value: Value = config::parse(yaml, "test.yaml").map_err(|error| error.to_string())?;
    config::decode(&value, "").map_err(|error| error.to_string())
}
