//! Names and units as the OpenTelemetry specification says Prometheus wants them.
//!
//! Source: "Prometheus and OpenMetrics Compatibility", OTLP metric points to Prometheus.

use std::borrow::Cow;

use super::Style;

/// What of a metric's kind shows in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// `_total`.
    Counter,
    /// `_ratio` where the unit is `1`.
    Gauge,
    /// Nothing.
    None,
}

/// Turns OTLP names into Prometheus names.
#[derive(Clone, Debug)]
pub(crate) struct Namer {
    namespace: String,
    has_suffixes: bool,
    keeps_utf8: bool,
}

/// UCUM units and the words of Prometheus for them.
const UNITS: &[(&str, &str)] = &[
    ("d", "days"),
    ("h", "hours"),
    ("min", "minutes"),
    ("s", "seconds"),
    ("ms", "milliseconds"),
    ("us", "microseconds"),
    ("ns", "nanoseconds"),
    ("By", "bytes"),
    ("KiBy", "kibibytes"),
    ("MiBy", "mebibytes"),
    ("GiBy", "gibibytes"),
    ("TiBy", "tebibytes"),
    ("KBy", "kilobytes"),
    ("kBy", "kilobytes"),
    ("MBy", "megabytes"),
    ("GBy", "gigabytes"),
    ("TBy", "terabytes"),
    ("m", "meters"),
    ("V", "volts"),
    ("A", "amperes"),
    ("J", "joules"),
    ("W", "watts"),
    ("g", "grams"),
    ("Cel", "celsius"),
    ("Hz", "hertz"),
    ("1", ""),
    ("%", "percent"),
];

/// Units after the slash of a rate.
const PER_UNITS: &[(&str, &str)] = &[
    ("s", "second"),
    ("m", "minute"),
    ("min", "minute"),
    ("h", "hour"),
    ("d", "day"),
    ("w", "week"),
    ("mo", "month"),
    ("y", "year"),
];

impl Namer {
    pub(crate) fn new(style: &Style) -> Self {
        let keeps_utf8 = style.strategy.keeps_utf8();
        let namespace = match keeps_utf8 {
            true => style.namespace.clone(),
            false => tokens(&style.namespace, false).join("_"),
        };
        Self { namespace, has_suffixes: style.has_suffixes(), keeps_utf8 }
    }

    /// The name of a metric; none where nothing is left of it.
    pub(crate) fn metric(&self, name: &str, unit: &str, ending: Ending) -> Option<String> {
        let built = match (self.keeps_utf8, self.has_suffixes) {
            (true, _) => self.kept(name, unit, ending),
            (false, true) => self.with_suffixes(name, unit, ending),
            (false, false) => self.with_namespace(&tokens(name, true).join("_")),
        };
        let is_empty = name.is_empty() || (!self.keeps_utf8 && !name.bytes().any(is_word));
        (!is_empty).then_some(built)
    }

    /// The name of `target_info` and the like, which gets the namespace only.
    pub(crate) fn with_namespace(&self, name: &str) -> String {
        let joined = match self.namespace.as_str() {
            "" => name.to_owned(),
            namespace => format!("{namespace}_{name}"),
        };
        match joined.bytes().next() {
            Some(first) if first.is_ascii_digit() && !self.keeps_utf8 => format!("_{joined}"),
            _ => joined,
        }
    }

    /// The name of a label; none for an empty key.
    ///
    /// A leading digit or underscore gets `key` in front. Two underscores stay, as upstream, unless
    /// there is nothing else: Prometheus would drop such a label.
    pub(crate) fn label<'k>(&self, key: &'k str) -> Option<Cow<'k, str>> {
        if key.is_empty() {
            return None;
        }
        if self.keeps_utf8 || (is_label_name(key) && !key.starts_with('_')) {
            return Some(Cow::Borrowed(key));
        }
        let escaped = escape(key, false);
        let prefix = match escaped.as_bytes() {
            [first, ..] if first.is_ascii_digit() => "key_",
            [b'_', rest @ ..] if rest.first() != Some(&b'_') => "key",
            all if all.iter().all(|byte| *byte == b'_') => "key",
            _ => "",
        };
        Some(Cow::Owned(format!("{prefix}{escaped}")))
    }

    fn with_suffixes(&self, name: &str, unit: &str, ending: Ending) -> String {
        let mut words: Vec<Cow<'_, str>> =
            tokens(name, false).into_iter().map(Cow::Borrowed).collect();
        let (main, per) = unit_words(unit);
        let (mut main, mut per) = (clean_unit(main), clean_unit(&per));
        if words.iter().any(|word| *word == main) {
            main.clear();
        }
        per.truncate(per.trim_end_matches('_').len());
        if per == "per" || words.iter().any(|word| *word == per) {
            per.clear();
        }
        if !per.is_empty() {
            main.truncate(main.trim_end_matches('_').len());
        }
        words.extend([main, per].into_iter().filter(|word| !word.is_empty()).map(Cow::Owned));
        let suffix = suffix(unit, ending);
        if !suffix.is_empty() {
            words.retain(|word| word != suffix);
            words.push(Cow::Borrowed(suffix));
        }
        self.with_namespace(&words.join("_"))
    }

    /// The name with its characters kept.
    fn kept(&self, name: &str, unit: &str, ending: Ending) -> String {
        let mut name = self.with_namespace(name);
        if !self.has_suffixes {
            return name;
        }
        let suffix = suffix(unit, ending);
        let (main, per) = unit_words(unit);
        trim_word(&mut name, suffix);
        trim_word(&mut name, &per);
        if !name.ends_with(main) {
            push_word(&mut name, main);
        }
        push_word(&mut name, &per);
        push_word(&mut name, suffix);
        name
    }
}

/// Whether a name needs no quotes on the page.
pub(crate) fn is_metric_name(name: &str) -> bool {
    let is_sound = name.bytes().all(|byte| is_word(byte) || byte == b'_');
    is_sound && !name.is_empty() && !name.as_bytes().first().is_some_and(u8::is_ascii_digit)
}

/// Whether the name of a label needs no quotes on the page.
pub(crate) fn is_label_name(name: &str) -> bool {
    is_metric_name(name) && !name.contains(':')
}

/// Every character that Prometheus did not know before version 3 becomes `_`.
pub(crate) fn escape(name: &str, may_have_colons: bool) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || c == '_' || (c == ':' && may_have_colons);
    name.chars().map(|c| if keep(c) { c } else { '_' }).collect()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b':'
}

/// The runs of a name that Prometheus knows.
fn tokens(name: &str, with_underscores: bool) -> Vec<&str> {
    let between =
        |c: char| !(c.is_ascii_alphanumeric() || c == ':' || (c == '_' && with_underscores));
    name.split(between).filter(|token| !token.is_empty()).collect()
}

/// What stands before and after the slash of a unit, in words. What is in braces says nothing.
fn unit_words(unit: &str) -> (&str, String) {
    let (main, per) = unit.split_once('/').unwrap_or((unit, ""));
    let per = word_of(PER_UNITS, per);
    (word_of(UNITS, main), if per.is_empty() { String::new() } else { format!("per_{per}") })
}

fn word_of<'u>(table: &[(&str, &'static str)], unit: &'u str) -> &'u str {
    let unit = unit.trim();
    if unit.contains(['{', '}']) {
        return "";
    }
    table.iter().find(|(symbol, _)| *symbol == unit).map_or(unit, |(_, word)| word)
}

fn suffix(unit: &str, ending: Ending) -> &'static str {
    match ending {
        Ending::Counter => "total",
        Ending::Gauge if unit == "1" => "ratio",
        Ending::Gauge | Ending::None => "",
    }
}

/// A unit in letters Prometheus knows, without doubled or leading underscores.
fn clean_unit(unit: &str) -> String {
    let mut clean = String::with_capacity(unit.len());
    for c in unit.chars() {
        let c = if c.is_ascii() && is_word(c as u8) { c } else { '_' };
        if c != '_' || !(clean.is_empty() || clean.ends_with('_')) {
            clean.push(c);
        }
    }
    clean
}

/// Cuts a word and the character before it from the end.
fn trim_word(name: &mut String, word: &str) {
    if word.is_empty() || !name.ends_with(word) {
        return;
    }
    let end = name.len() - word.len();
    if let Some((start, _)) = name.get(..end).and_then(|rest| rest.char_indices().next_back())
        && start > 0
    {
        name.truncate(start);
    }
}

fn push_word(name: &mut String, word: &str) {
    if !word.is_empty() {
        name.push('_');
        name.push_str(word);
    }
}
