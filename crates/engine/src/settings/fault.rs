//! What is wrong with a config, and where it stands.

use std::fmt;

use config::{Pos, Value};

/// One thing that is wrong, in the collector's words, and its place in the config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong: path first, then the fault.
    pub message: String,
    /// File, line and column; none where the fault is that something is missing altogether.
    pub pos: Option<Pos>,
    /// What to do about it.
    pub advice: Vec<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let place = self.pos.iter().map(|pos| format!("at {pos}"));
        let notes: Vec<_> = place.chain(self.advice.iter().cloned()).collect();
        if notes.is_empty() { Ok(()) } else { write!(f, " ({})", notes.join("; ")) }
    }
}

/// All faults that were found, one a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds a fault.
    pub fn add(&mut self, message: impl Into<String>, pos: Option<Pos>) {
        self.add_with(message, pos, None);
    }

    /// Adds a fault and what to do about it.
    pub fn add_with(
        &mut self,
        message: impl Into<String>,
        pos: Option<Pos>,
        advice: impl IntoIterator<Item = String>,
    ) {
        let advice = advice.into_iter().collect();
        self.0.push(Fault { message: message.into(), pos, advice });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The faults in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }

    /// `value` if nothing is wrong.
    ///
    /// # Errors
    ///
    /// The faults themselves, if there are any.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

/// Why a config cannot be run.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SettingsError {
    /// Keys, types or values are not what they should be. The caller adds `failed to get config: `.
    #[error(
        "cannot unmarshal the configuration: decoding failed due to the following error(s):\n\n{0}"
    )]
    Decode(Faults),
    /// The settings cannot work together. `run` adds `invalid configuration: `.
    #[error("{0}")]
    Invalid(Faults),
}

/// The place of what `path` leads to, or of the last part of it that exists.
pub(crate) fn locate<'p>(root: &Value, path: impl IntoIterator<Item = &'p str>) -> Option<Pos> {
    let (mut value, mut pos) = (root, None);
    for step in path {
        // `objectives[2]` is the third one in the list under that key.
        let (name, at) = match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
            Some((name, at)) => (name, at.parse::<usize>().ok()),
            None => (step, None),
        };
        let Some((key, inner)) =
            value.as_map().and_then(|map| map.iter().find(|(key, _)| same_key(key.as_str(), name)))
        else {
            break;
        };
        pos = key.pos().or(inner.pos.as_ref()).or(pos);
        value = inner;
        if let Some(item) = at.and_then(|at| value.as_seq()?.get(at)) {
            pos = item.pos.as_ref().or(pos);
            value = item;
        }
    }
    pos.cloned()
}

/// The place of an item in the list that `path` leads to.
pub(crate) fn locate_item(root: &Value, path: &[&str], item: &str) -> Option<Pos> {
    let list = path.iter().try_fold(root, |value, step| {
        let mut entries = value.as_map()?.iter();
        entries.find(|(key, _)| same_key(key.as_str(), step)).map(|(_, inner)| inner)
    });
    list.and_then(Value::as_seq)
        .into_iter()
        .flatten()
        .rfind(|value| value.as_str().is_some_and(|text| same_key(text, item)))
        .and_then(|value| value.pos.clone())
        .or_else(|| locate(root, path.iter().copied()))
}

/// Ids may be written with blanks around their parts.
fn same_key(written: &str, id: &str) -> bool {
    written == id
        || written.trim() == id
        || (written.contains('/') && written.splitn(2, '/').map(str::trim).eq(id.splitn(2, '/')))
}
