//! Texts with `*` in them.

use std::fmt;

use memchr::memmem;

use super::token::is_word;

/// What a text is compared with: itself, or a pattern in which `*` stands for any characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    text: Box<str>,
    /// Where the first and the last star stand; they may be the same one.
    stars: Option<(usize, usize)>,
}

impl Pattern {
    /// A text that is taken as it is.
    #[must_use]
    pub fn exact(text: &str) -> Self {
        Self { text: text.into(), stars: None }
    }

    /// A text in which `*` stands for any characters.
    #[must_use]
    pub fn glob(text: &str) -> Self {
        Self { text: text.into(), stars: text.find('*').zip(text.rfind('*')) }
    }

    /// Whether it is more than one text.
    #[must_use]
    pub const fn has_stars(&self) -> bool {
        self.stars.is_some()
    }

    /// The text as given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether `text` is meant. Takes time in proportion to the two lengths.
    #[must_use]
    pub fn matches(&self, text: &[u8]) -> bool {
        let pattern = self.text.as_bytes();
        let Some((first, last)) = self.stars else { return pattern == text };
        let (begin, end) = (pattern.get(..first), pattern.get(last + 1..));
        let rest = begin.and_then(|begin| text.strip_prefix(begin));
        let rest = end.and_then(|end| rest?.strip_suffix(end));
        let Some(mut rest) = rest else { return false };
        // The leftmost place of each part leaves most for the others.
        let between = pattern.get(first + 1..last).unwrap_or_default();
        for part in between.split(|byte| *byte == b'*').filter(|part| !part.is_empty()) {
            let Some(at) = memmem::find(rest, part) else { return false };
            rest = rest.get(at + part.len()..).unwrap_or_default();
        }
        true
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_bare = self.has_stars() || !self.text.contains('*') && is_word(&self.text);
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
