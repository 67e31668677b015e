//! Settings of the `pii_redaction` processor.

use pii::{Entity, Locale};
use sdk::{Opaque, Problems};
use serde::{Deserialize, Serialize};

/// What is looked for, where, and what is done about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Types that are on although they are off by default.
    pub types_on: Vec<String>,
    /// Types that are off.
    pub types_off: Vec<String>,
    /// Countries whose identifiers are looked for; empty for all.
    pub locales: Vec<String>,
    /// What is done where no rule says otherwise.
    pub action: Action,
    /// What is done about certain types or in certain fields; the first that fits holds.
    pub rules: Vec<Rule>,
    /// Keys for pseudonyms and encryption.
    pub keys: Vec<KeySource>,
    /// Findings that are let through: a whole value, or `@domain`.
    pub allow: Vec<String>,
    /// Patterns of the user's own.
    pub custom: Vec<Custom>,
    /// A file of names to look for without context, one a line: `given` or `given surname`.
    pub gazetteer_file: String,
    /// Leaves card numbers alone that payment providers publish for tests.
    pub ignore_test_cards: bool,
    /// Leaves private, loopback, link-local and documentation addresses alone.
    pub ignore_local_addresses: bool,
    /// Leaves the IP and MAC addresses in resource attributes alone: they are those of servers.
    pub keep_resource_addresses: bool,
    /// What is done about what users and models say.
    pub content: Content,
    /// Counts what would be found and changes nothing.
    pub dry_run: bool,
    /// What becomes of a text that could not be searched.
    pub on_error: OnError,
    /// What is written on spans and log records about what was done.
    pub audit: Audit,
    /// A name for these settings, written beside what was done.
    pub policy: String,
    /// How many texts the cache knows; 0 turns it off.
    pub cache_entries: u32,
    /// A longer text is an error, in bytes.
    pub max_text_bytes: u32,
}

/// What is done about a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Action {
    /// Which.
    #[serde(rename = "do")]
    pub what: What,
    /// Of `replace`: the text; `{type}` stands for the type.
    pub text: String,
    /// Of `mask`: the character.
    pub fill: String,
    /// Of `mask`: how many; unset shows the length.
    pub length: Option<u32>,
    /// Of `keep`: how many characters stay at the front.
    pub first: u32,
    /// Of `keep`: how many stay at the end.
    pub last: u32,
    /// Of `pseudonym`, `encrypt` and `fpe`: the id of the key; the first if empty.
    pub key: String,
}

/// The kinds of action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A text in its place.
    #[default]
    Replace,
    /// A row of one character.
    Mask,
    /// The first and last characters stay.
    Keep,
    /// A keyed hash.
    Pseudonym,
    /// A token that the key opens.
    Encrypt,
    /// Another number of the same form.
    Fpe,
    /// The value goes.
    DropValue,
    /// The attribute goes.
    DropAttribute,
    /// The span event, link or exemplar goes.
    DropEvent,
    /// The span, log record or data point goes.
    DropRecord,
    /// The text ends before it.
    Truncate,
    /// It is counted.
    Detect,
}

/// What is done about certain types or in certain fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// Names of types or custom rules; empty for all.
    pub types: Vec<String>,
    /// Which fields.
    pub fields: Fields,
    /// What is done.
    pub action: Action,
}

/// Classes of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fields {
    /// All.
    #[default]
    All,
    /// What users and models say.
    Content,
    /// Ids, counts, times, names of models.
    Structural,
    /// Neither.
    Other,
}

/// A key and where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeySource {
    /// Its name, which stands in the tokens made with it: 1 to 16 letters and digits.
    pub id: String,
    /// The environment variable that holds it.
    pub env: String,
    /// The file that holds it; white space at its ends does not count.
    pub file: String,
    /// The key itself. Whoever reads the config can undo what it protects.
    pub insecure_literal: Opaque,
}

/// A pattern of the user's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Custom {
    /// The name of the type: upper-case letters, digits and underscores.
    pub name: String,
    /// The pattern. What group 1 holds is the finding, or the whole match where there is no group.
    pub pattern: String,
}

/// What is done about what users and models say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// Whether it is searched, or goes as a whole.
    pub mode: Mode,
    /// Longer content is cut; 0 is never.
    pub max_bytes: u32,
    /// What becomes of images, sound and other long base64.
    pub media: Media,
    /// What becomes of the pieces in which an answer was streamed.
    pub stream_chunks: Chunks,
    /// Attributes that hold content, beside those known; `*` at the end stands for anything.
    pub keys: Vec<String>,
}

/// What becomes of content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It is searched like all else.
    #[default]
    Scan,
    /// Texts go; roles, types, names of tools and ids stay.
    Drop,
    /// Texts become keyed hashes; the same stay.
    Pseudonym,
}

/// What becomes of media.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    /// Kind, size and hash stand in its place.
    #[default]
    Stub,
    /// It stays.
    Keep,
}

/// What becomes of the pieces in which an answer was streamed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chunks {
    /// They are searched as one text.
    #[default]
    Join,
    /// Each is searched by itself.
    Keep,
    /// They go.
    Drop,
}

/// What becomes of a text that could not be searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// `[REDACTION_ERROR]` stands in its place.
    #[default]
    Closed,
    /// It passes.
    Open,
}

/// What is written about what was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audit {
    /// Nothing.
    None,
    /// How many of each type.
    #[default]
    Types,
    /// The keys of the attributes too.
    Keys,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            types_on: Vec::new(),
            types_off: Vec::new(),
            locales: Vec::new(),
            action: Action::default(),
            rules: Vec::new(),
            keys: Vec::new(),
            allow: Vec::new(),
            custom: Vec::new(),
            gazetteer_file: String::new(),
            ignore_test_cards: false,
            ignore_local_addresses: false,
            keep_resource_addresses: true,
            content: Content::default(),
            dry_run: false,
            on_error: OnError::default(),
            audit: Audit::default(),
            policy: String::new(),
            cache_entries: 65_536,
            max_text_bytes: 16 << 20,
        }
    }
}

impl Default for Action {
    fn default() -> Self {
        Self {
            what: What::Replace,
            text: "[{type}]".to_owned(),
            fill: "*".to_owned(),
            length: Some(8),
            first: 0,
            last: 4,
            key: String::new(),
        }
    }
}

impl Default for Content {
    fn default() -> Self {
        Self {
            mode: Mode::Scan,
            max_bytes: 0,
            media: Media::Stub,
            stream_chunks: Chunks::Join,
            keys: Vec::new(),
        }
    }
}

/// How many entries the cache may have.
const CACHE_MAX: u32 = 1 << 22;

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let known = |name: &String| Entity::from_name(name).is_some();
        let custom = |name: &String| self.custom.iter().any(|own| own.name == *name);
        for (key, names) in [("types_on", &self.types_on), ("types_off", &self.types_off)] {
            for name in names.iter().filter(|name| !known(name)) {
                problems.at(key, format!("no type is called {name:?}"));
            }
        }
        for name in self.locales.iter().filter(|name| Locale::from_name(name).is_none()) {
            problems.at("locales", format!("no locale is called {name:?}"));
        }
        for (at, rule) in self.rules.iter().enumerate() {
            for name in rule.types.iter().filter(|name| !known(name) && !custom(name)) {
                problems.at(format!("rules::{at}"), format!("no type is called {name:?}"));
            }
            self.check_action(&format!("rules::{at}::action"), &rule.action, &mut problems);
        }
        self.check_action("action", &self.action, &mut problems);
        problems.check(
            self.content.mode != Mode::Pseudonym || !self.keys.is_empty(),
            "`content::mode: pseudonym` needs a key in `keys`",
        );
        for (at, key) in self.keys.iter().enumerate() {
            let sources =
                [!key.env.is_empty(), !key.file.is_empty(), !key.insecure_literal.is_empty()];
            if sources.iter().filter(|given| **given).count() != 1 {
                let text = "needs exactly one of `env`, `file` and `insecure_literal`";
                problems.at(format!("keys::{at}"), text);
            }
        }
        if self.cache_entries > CACHE_MAX {
            problems.at("cache_entries", format!("at most {CACHE_MAX} are possible"));
        }
        if self.max_text_bytes == 0 {
            problems.at("max_text_bytes", "must be greater than zero");
        }
        if problems.is_empty()
            && let Err(error) = super::action::check(self)
        {
            problems.add(error);
        }
        problems
    }
}

impl Config {
    fn check_action(&self, at: &str, action: &Action, problems: &mut Problems) {
        let needs_key = matches!(action.what, What::Pseudonym | What::Encrypt | What::Fpe);
        let has_key = match action.key.as_str() {
            "" => !self.keys.is_empty(),
            id => self.keys.iter().any(|key| key.id == id),
        };
        if needs_key && !has_key {
            problems.at(at, "needs a key that stands in `keys`");
        }
        if action.what == What::Mask && action.fill.chars().count() != 1 {
            problems.at(at, "`fill` must be one character");
        }
    }
}
