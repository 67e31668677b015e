//! From settings to a policy: which types, which operators, with which keys.

use std::{fs, sync::Arc};

use pdata::texts::Level;
use pii::{
    CustomRule, Engine, Entity, FieldClass, Finding, Gazetteer, Key, Kind, Locale, Operator,
    Policy, Proof, Rule, Tier, View,
};

use super::config::{Action, Config, Fields, KeySource, Mode, What};

/// The longest file of names that is read.
const GAZETTEER_MAX: u64 = 64 << 20;
/// The longest file with a key.
const KEY_FILE_MAX: u64 = 64 << 10;

/// Whether the settings make an engine, with any keys in place of the real ones.
pub(super) fn check(config: &Config) -> Result<(), String> {
    let keys: Result<Vec<_>, _> =
        config.keys.iter().map(|key| Key::new(&key.id, &[0; 32])).collect();
    let keys = keys.map_err(|error| error.to_string())?;
    Engine::new(&policy(config, &keys)).map(drop).map_err(|error| error.to_string())
}

/// The engine for the settings.
pub(super) fn engine(config: &Config, keys: &[Key]) -> Result<Engine, String> {
    let mut policy = policy(config, keys);
    if !config.gazetteer_file.is_empty() {
        policy.gazetteer = Some(Arc::new(gazetteer(&config.gazetteer_file)?));
    }
    Engine::new(&policy).map_err(|error| error.to_string())
}

/// Reads the keys. What they are stands in no error.
pub(super) fn keys(config: &Config) -> Result<Vec<Key>, String> {
    config.keys.iter().map(key).collect()
}

fn key(source: &KeySource) -> Result<Key, String> {
    let id = &source.id;
    let secret = if !source.env.is_empty() {
        let name = &source.env;
        let secret = std::env::var(name);
        secret
            .map_err(|_| format!("the key {id:?}: no text in the environment variable {name:?}"))?
    } else if !source.file.is_empty() {
        read(&source.file, KEY_FILE_MAX).map_err(|error| format!("the key {id:?}: {error}"))?
    } else {
        source.insecure_literal.reveal().to_owned()
    };
    Key::new(id, secret.trim().as_bytes()).map_err(|error| error.to_string())
}

fn read(path: &str, most: u64) -> Result<String, String> {
    let fault = |error: std::io::Error| format!("cannot read {path:?}: {error}");
    if fs::metadata(path).map_err(fault)?.len() > most {
        return Err(format!("{path:?} is longer than {most} bytes"));
    }
    fs::read_to_string(path).map_err(fault)
}

fn gazetteer(path: &str) -> Result<Gazetteer, String> {
    let text = read(path, GAZETTEER_MAX)?;
    let names = || text.lines().map(str::split_whitespace);
    let given = names().filter_map(|mut words| words.next());
    let surnames = names().filter_map(|mut words| words.nth(1));
    Ok(Gazetteer::new(given, surnames))
}

fn policy(config: &Config, keys: &[Key]) -> Policy {
    let entities = |names: &[String]| -> Vec<_> {
        names.iter().filter_map(|name| Entity::from_name(name)).collect()
    };
    let locales: Vec<_> =
        config.locales.iter().filter_map(|name| Locale::from_name(name)).collect();
    let rules = config.rules.iter().map(|rule| Rule {
        types: rule.types.clone(),
        class: class(rule.fields),
        operator: operator(&rule.action, keys),
    });
    let custom = config
        .custom
        .iter()
        .map(|rule| CustomRule { name: rule.name.clone(), pattern: rule.pattern.clone() });
    Policy {
        on: entities(&config.types_on),
        off: entities(&config.types_off),
        locales: if locales.is_empty() { Locale::ALL.to_vec() } else { locales },
        operator: operator(&config.action, keys),
        rules: rules.collect(),
        allow: config.allow.clone(),
        custom: custom.collect(),
        gazetteer: None,
        ignore_test_cards: config.ignore_test_cards,
        ignore_local_addresses: config.ignore_local_addresses,
        ..Policy::default()
    }
}

fn class(fields: Fields) -> Option<FieldClass> {
    match fields {
        Fields::All => None,
        Fields::Content => Some(FieldClass::Content),
        Fields::Structural => Some(FieldClass::Structural),
        Fields::Other => Some(FieldClass::Any),
    }
}

fn operator(action: &Action, keys: &[Key]) -> Operator {
    let key = || {
        let named = keys.iter().find(|key| action.key.is_empty() || key.id() == action.key);
        named.cloned()
    };
    let with_key = |make: fn(Key) -> Operator| key().map_or_else(Operator::default, make);
    match action.what {
        What::Replace => Operator::Replace(action.text.clone()),
        What::Mask => Operator::Mask {
            fill: action.fill.chars().next().unwrap_or('*'),
            length: action.length.map(|length| length as usize),
        },
        What::Keep => Operator::Keep { first: action.first as usize, last: action.last as usize },
        What::Pseudonym => with_key(Operator::Pseudonym),
        What::Encrypt => with_key(Operator::Encrypt),
        What::Fpe => with_key(Operator::Fpe),
        What::DropValue | What::DropAttribute | What::DropEvent | What::DropRecord => {
            Operator::Drop
        }
        What::Truncate => Operator::Truncate,
        What::Detect => Operator::Detect,
    }
}

/// What the settings do to a type in a class of field, as the engine decides it too.
pub(super) fn action<'c>(config: &'c Config, name: &str, of: FieldClass) -> &'c Action {
    let fits = |rule: &&super::config::Rule| {
        class(rule.fields).is_none_or(|wanted| wanted == of)
            && (rule.types.is_empty() || rule.types.iter().any(|wanted| wanted == name))
    };
    config.rules.iter().find(fits).map_or(&config.action, |rule| &rule.action)
}

impl What {
    /// How much goes with a finding.
    pub(super) const fn level(self) -> Level {
        match self {
            Self::DropAttribute => Level::Attribute,
            Self::DropEvent => Level::Part,
            Self::DropRecord => Level::Record,
            _ => Level::Value,
        }
    }

    /// The word in the settings and in the label of metrics.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Replace => "replace",
            Self::Mask => "mask",
            Self::Keep => "keep",
            Self::Pseudonym => "pseudonym",
            Self::Encrypt => "encrypt",
            Self::Fpe => "fpe",
            Self::DropValue => "drop_value",
            Self::DropAttribute => "drop_attribute",
            Self::DropEvent => "drop_event",
            Self::DropRecord => "drop_record",
            Self::Truncate => "truncate",
            Self::Detect => "detect",
        }
    }
}

/// Writes content as a whole anew: `[CONTENT]`, or its keyed hash.
#[derive(Debug)]
pub(super) struct Whole(Engine);

impl Whole {
    /// For a mode that replaces content.
    pub(super) fn new(mode: Mode, keys: &[Key]) -> Result<Option<Self>, String> {
        let operator = match (mode, keys.first()) {
            (Mode::Scan, _) => return Ok(None),
            (Mode::Pseudonym, Some(key)) => Operator::Pseudonym(key.clone()),
            _ => Operator::default(),
        };
        // The rule gives its name to what is replaced; nothing is searched with it.
        let custom = vec![CustomRule { name: "CONTENT".to_owned(), pattern: "CONTENT".to_owned() }];
        let policy = Policy { operator, custom, ..Policy::default() };
        Engine::new(&policy).map(|engine| Some(Self(engine))).map_err(|error| error.to_string())
    }

    /// What stands in place of `text`; nothing where that is such a token already.
    pub(super) fn replace(&self, text: &[u8], out: &mut Vec<u8>) -> bool {
        if is_token(text) {
            return false;
        }
        let finding = Finding {
            kind: Kind::Custom(0),
            start: 0,
            end: text.len(),
            tier: Tier::A,
            proof: Proof::Pattern,
            view: View::Plain,
            context: None,
            by_key: false,
        };
        self.0.replace(text, &pii::Context::default(), &[finding], out).is_some()
    }
}

/// Whether a text is what stands in place of content. It is searched all the same.
fn is_token(text: &[u8]) -> bool {
    let inner = text.strip_prefix(b"[CONTENT").and_then(|rest| rest.strip_suffix(b"]"));
    inner.is_some_and(|inner| {
        inner.len() < 64 && inner.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b':')
    })
}
