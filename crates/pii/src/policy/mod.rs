//! What is looked for and what is done about it.

mod key;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use self::key::Key;
use crate::{entity::Entity, entity::Locale, names::Gazetteer};

/// What an engine looks for and does.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Types that are on although their tier is C.
    pub on: Vec<Entity>,
    /// Types that are off.
    pub off: Vec<Entity>,
    /// Countries whose identifiers are looked for; all by default.
    pub locales: Vec<Locale>,
    /// What is done where no rule says otherwise.
    pub operator: Operator,
    /// What is done for certain types or fields; the first that fits holds.
    pub rules: Vec<Rule>,
    /// Findings that are let through: a whole value, or `@domain` for the mail addresses of a domain.
    /// Letter case does not count. Only the finding is let through, never the text around it.
    pub allow: Vec<String>,
    /// Patterns of the user's own.
    pub custom: Vec<CustomRule>,
    /// Names to look for without context; none by default.
    pub gazetteer: Option<Arc<Gazetteer>>,
    /// Leaves the card numbers alone that payment providers publish for tests. Off by default.
    pub ignore_test_cards: bool,
    /// Leaves private, loopback, link-local and documentation addresses alone. Off by default.
    pub ignore_local_addresses: bool,
    /// Looks for credentials inside base64. On by default.
    pub decode_base64: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            on: Vec::new(),
            off: Vec::new(),
            locales: Locale::ALL.to_vec(),
            operator: Operator::default(),
            rules: Vec::new(),
            allow: Vec::new(),
            custom: Vec::new(),
            gazetteer: None,
            ignore_test_cards: false,
            ignore_local_addresses: false,
            decode_base64: true,
        }
    }
}

/// What is done for certain types in certain fields.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Names of types or of custom rules; empty for all.
    pub types: Vec<String>,
    /// The class of field; `None` for all.
    pub class: Option<FieldClass>,
    /// What is done.
    pub operator: Operator,
}

/// A pattern of the user's own, in the syntax of the `regex` crate, without look-around.
#[derive(Clone, Debug)]
pub struct CustomRule {
    /// The name of the type: upper-case letters, digits and underscores.
    pub name: String,
    /// The pattern. What group 1 holds is the finding, or the whole match where there is no group.
    pub pattern: String,
}

/// What kind of field a text stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FieldClass {
    /// Nothing is known: everything is looked for.
    #[default]
    Any,
    /// What users and models say: everything, with the gazetteer if there is one.
    Content,
    /// Ids, counts, times, names of models: only what proves itself by its letters is looked for.
    Structural,
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The name of the attribute or JSON member; empty where there is none.
    pub key: &'a [u8],
    /// The kind of field.
    pub class: FieldClass,
}

impl<'a> Context<'a> {
    /// The context of a value under `key`; structural keys are known (`trace_id`, `*.usage.*_tokens`).
    pub fn of_key(key: &'a [u8]) -> Self {
        Self { key, class: crate::context::class_of(key) }
    }
}

/// What is done to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operator {
    /// A text in its place; `{type}` stands for the type. `[{type}]` by default.
    Replace(String),
    /// A row of `fill`: of `length` characters, or as many bytes as there were.
    Mask {
        /// An ASCII character that needs no escape in JSON.
        fill: char,
        /// How many; `None` shows the length.
        length: Option<usize>,
    },
    /// The first and last characters stay, `*` in place of each other one. Of short values nothing
    /// stays; of mail addresses the first letters of name and domain and the last label; of IP
    /// addresses the network (/24, /48).
    Keep {
        /// How many at the front.
        first: usize,
        /// How many at the end.
        last: usize,
    },
    /// `[TYPE:kid:…]` with a keyed hash: the same value gives the same token everywhere.
    Pseudonym(Key),
    /// `[TYPE:enc:kid:…]`, which [`crate::reveal`] opens. The same value gives the same token.
    Encrypt(Key),
    /// Card numbers keep their first six and last four digits, the rest is encrypted with FF1 so that
    /// the result is no valid card. Other types become pseudonyms.
    Fpe(Key),
    /// The text is emptied and the caller is told to drop what it stood in.
    Drop,
    /// The text ends before the finding, with `[TYPE]`.
    Truncate,
    /// Nothing; the finding is reported.
    Detect,
}

impl Default for Operator {
    fn default() -> Self {
        Self::Replace("[{type}]".to_owned())
    }
}

/// Why a policy cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyError {
    /// A rule names a type that does not exist.
    #[error("no type is called `{0}`")]
    UnknownType(String),
    /// A custom rule's name has other characters than upper-case letters, digits and underscores.
    #[error("`{0}` is no name for a type: use A-Z, 0-9 and _, not the name of another type")]
    Name(String),
    /// A custom rule's pattern does not compile.
    #[error("the pattern of `{name}` cannot be used: {reason}")]
    Pattern {
        /// Which rule.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A replacement would break the text it stands in.
    #[error("a replacement must not contain quotes, backslashes or control characters: {0:?}")]
    Replacement(String),
    /// There are too many custom rules.
    #[error("{0} custom rules, at most {CUSTOM_RULES_MAX}")]
    TooMany(usize),
    /// A key's id has other characters than letters and digits, or more than sixteen.
    #[error("`{0}` is no id for a key: 1 to 16 letters and digits, not `enc`")]
    KeyId(String),
    /// A key is too short.
    #[error("the key `{id}` has {length} bytes; at least {KEY_BYTES_MIN} are needed")]
    KeyLength {
        /// Which key.
        id: String,
        /// How long it is.
        length: usize,
    },
}

/// How many custom rules a policy may have.
pub const CUSTOM_RULES_MAX: usize = 1000;
/// How many bytes a key has at least.
pub const KEY_BYTES_MIN: usize = 16;

impl Policy {
    /// Everything that is on by default, with every finding reported and nothing changed.
    pub fn detect_only() -> Self {
        Self { operator: Operator::Detect, ..Self::default() }
    }

    pub(crate) fn check(&self) -> Result<(), PolicyError> {
        if self.custom.len() > CUSTOM_RULES_MAX {
            return Err(PolicyError::TooMany(self.custom.len()));
        }
        for rule in &self.custom {
            let is_name =
                |byte: u8| byte.is_ascii_uppercase() || matches!(byte, b'0'..=b'9' | b'_');
            let name = &rule.name;
            let fits = !name.is_empty() && name.len() <= 64 && name.bytes().all(is_name);
            if !fits || Entity::from_name(name).is_some() {
                return Err(PolicyError::Name(name.clone()));
            }
        }
        for rule in &self.rules {
            let known = |name: &String| {
                Entity::from_name(name).is_some() || self.custom.iter().any(|own| own.name == *name)
            };
            if let Some(name) = rule.types.iter().find(|name| !known(name)) {
                return Err(PolicyError::UnknownType(name.clone()));
            }
        }
        let operators = self.rules.iter().map(|rule| &rule.operator).chain([&self.operator]);
        operators.into_iter().try_for_each(Operator::check)
    }
}

impl Operator {
    fn check(&self) -> Result<(), PolicyError> {
        let harmless = |letter: char| !letter.is_control() && !matches!(letter, '"' | '\\' | '\'');
        match self {
            Self::Replace(text) if !text.chars().all(harmless) => {
                Err(PolicyError::Replacement(text.clone()))
            }
            Self::Mask { fill, .. } if !harmless(*fill) || !fill.is_ascii_punctuation() => {
                Err(PolicyError::Replacement(fill.to_string()))
            }
            _ => Ok(()),
        }
    }
}
