//! `yaml:TEXT`.

use super::{Provider, Retrieved};
use crate::error::Error;

/// Longer texts are cut in positions; they would fill a whole line of an error.
const SOURCE_CHARS_MAX: usize = 40;

/// YAML written in the location itself. `::` in keys nests, as everywhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct YamlProvider;

impl Provider for YamlProvider {
    fn scheme(&self) -> &str {
        "yaml"
    }

    fn retrieve(&self, opaque: &str) -> Result<Retrieved, Error> {
        Ok(Retrieved::from_yaml(opaque, &source(opaque)))
    }
}

/// `yaml:` and the first key, without a value that might be secret.
fn source(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let key = line.split_once(": ").map_or(line, |(key, _)| key);
    let is_key = key.len() < line.len() || line.ends_with(':');
    if is_key && key.chars().count() <= SOURCE_CHARS_MAX {
        format!("yaml:{}", key.trim_end_matches(':'))
    } else {
        "yaml:…".to_owned()
    }
}
