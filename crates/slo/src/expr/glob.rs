//! Texts with `*` in them.

use std::fmt;

use memchr::memmem;

use super::token::is_word;

/// What a text is compared with: itself, or a pattern in which `*` stands for any characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    text: Box<str>,
    has_stars: bool,
}

impl Pattern {
    /// A text that is taken as it is.
    #[must_use]
    pub fn exact(text: &str) -> Self {
        Self { text: text.into(), has_stars: false }
    }

    /// A text in which `*` stands for any characters.
    #[must_use]
    pub fn glob(text: &str) -> Self {
        Self { text: text.into(), has_stars: text.contains('*') }
    }

    /// Whether it is more than one text.
    #[must_use]
    pub const fn has_stars(&self) -> bool {
        self.has_stars
    }

    /// The text as given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether `text` is meant. Takes time in proportion to the two lengths.
    #[must_use]
    pub fn matches(&self, text: &[u8]) -> bool {
        if !self.has_stars {
            return self.text.as_bytes() == text;
        }
        let mut parts = self.text.split('*');
        let first = parts.next().unwrap_or("");
        let last = parts.next_back().unwrap_or("");
        let Some(rest) = text.strip_prefix(first.as_bytes()) else { return false };
        let Some(mut rest) = rest.strip_suffix(last.as_bytes()) else { return false };
        // The leftmost place of each part leaves most for the others.
        for part in parts {
            let Some(at) = memmem::find(rest, part.as_bytes()) else { return false };
            rest = rest.get(at + part.len()..).unwrap_or(&[]);
        }
        true
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_bare = self.has_stars || !self.text.contains('*') && is_word(&self.text);
        let is_keyword = matches!(&*self.text, "true" | "false" | "and" | "or" | "not" | "in");
        if is_bare && is_word(&self.text) && !is_keyword {
            f.write_str(&self.text)
        } else if self.text.contains('"') {
            write!(f, "'{}'", self.text)
        } else {
            write!(f, "\"{}\"", self.text)
        }
    }
}
