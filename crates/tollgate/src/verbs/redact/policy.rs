//! From flags to what is looked for and what is done.

use agent_processors::pii_redaction::{Config, PiiRedaction, What};
use pii::{Engine, Entity, Key, Operator, Policy, Tier};
use sdk::Id;

use crate::{
    cli::{Redact, Request},
    loader::Loader,
};

/// A `pii_redaction` of a config.
pub(super) struct Processor {
    pub(super) it: PiiRedaction,
    /// Whether it makes texts shorter than their line.
    pub(super) cuts: bool,
}

/// The processor that the command line names, made as the pipeline would make it.
pub(super) fn processor(request: &Request, options: &Redact) -> Result<Option<Processor>, String> {
    if request.configs.is_empty() {
        return match options.processor {
            Some(_) => Err("--processor names one of a config; say which with --config".to_owned()),
            None => Ok(None),
        };
    }
    if !options.types.is_empty() || options.operator.is_some() || !options.keys.is_empty() {
        return Err(
            "the config says what to do; leave out --types, --operator and --key".to_owned()
        );
    }
    let settings = Loader::new(request)?.load()?;
    let all: Vec<(&Id, &Config)> = settings
        .processors
        .iter()
        .filter_map(|(id, entry)| Some((id, entry.config.as_any().downcast_ref::<Config>()?)))
        .collect();
    let names = || all.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>().join(", ");
    let chosen = match (&options.processor, all.as_slice()) {
        (None, [only]) => Some(only),
        (None, []) => return Err("the config has no pii_redaction".to_owned()),
        (None, _) => return Err(format!("say which with --processor: {}", names())),
        (Some(name), _) => all.iter().find(|(id, _)| id.to_string() == *name),
    };
    let (id, config) = chosen
        .ok_or_else(|| format!("the config has no such pii_redaction; it has: {}", names()))?;
    let actions = config.rules.iter().map(|rule| &rule.action).chain([&config.action]);
    let cuts = |what: What| {
        use What::{DropAttribute, DropEvent, DropRecord, DropValue, Truncate};
        matches!(what, DropValue | DropAttribute | DropEvent | DropRecord | Truncate)
    };
    let cuts = actions.into_iter().any(|action| cuts(action.what));
    let it = PiiRedaction::alone((*config).clone(), id, env!("CARGO_PKG_VERSION"))?;
    Ok(Some(Processor { it, cuts }))
}

/// The engine that the flags ask for.
pub(super) fn engine(options: &Redact) -> Result<Engine, String> {
    let mut policy = Policy::default();
    types(&options.types, &mut policy)?;
    let keys = keys(&options.keys)?;
    if let Some(text) = &options.operator {
        policy.operator = operator(text, &keys)?;
    }
    Engine::new(&policy).map_err(|error| error.to_string())
}

/// `A,B` looks for those only; `+C` and `-D` change what is looked for.
fn types(list: &[String], policy: &mut Policy) -> Result<(), String> {
    let entity = |name: &str| {
        Entity::from_name(name).ok_or_else(|| {
            format!("no type is called `{name}`; docs/pii.md lists them, such as EMAIL_ADDRESS")
        })
    };
    let only: Vec<&String> = list.iter().filter(|it| !it.starts_with(['+', '-'])).collect();
    if !only.is_empty() {
        let wanted = only.into_iter().map(|name| entity(name)).collect::<Result<Vec<_>, _>>()?;
        policy.off.extend(Entity::ALL.iter().filter(|entity| !wanted.contains(entity)));
        policy.on = wanted;
    }
    for change in list {
        if let Some(name) = change.strip_prefix('+') {
            let entity = entity(name)?;
            policy.on.push(entity);
            policy.off.retain(|off| *off != entity);
        } else if let Some(name) = change.strip_prefix('-') {
            policy.off.push(entity(name)?);
        }
    }
    policy.on.retain(|entity| entity.tier() == Tier::C);
    Ok(())
}

fn operator(text: &str, keys: &[Key]) -> Result<Operator, String> {
    let (name, rest) = text.split_once(':').map_or((text, None), |(name, rest)| (name, Some(rest)));
    let key = || {
        keys.first().cloned().ok_or_else(|| {
            format!("the operator {name} needs a key: --key k1=env:NAME or --key k1=file:PATH")
        })
    };
    if rest.is_some() && name != "replace" {
        return Err(format!("the operator {name} takes nothing behind a colon"));
    }
    Ok(match name {
        "replace" => rest.map_or_else(Operator::default, |text| Operator::Replace(text.to_owned())),
        "mask" => Operator::Mask { fill: '*', length: Some(8) },
        "keep" => Operator::Keep { first: 0, last: 4 },
        "pseudonym" => Operator::Pseudonym(key()?),
        "encrypt" => Operator::Encrypt(key()?),
        "fpe" => Operator::Fpe(key()?),
        "drop" => Operator::Drop,
        "truncate" => Operator::Truncate,
        "detect" => Operator::Detect,
        _ => {
            return Err(format!(
                "no operator is called `{name}`: replace, mask, keep, pseudonym, encrypt, fpe, drop, truncate, detect"
            ));
        }
    })
}

/// Reads keys from where the flags say. No error shows what was read.
pub(super) fn keys(list: &[String]) -> Result<Vec<Key>, String> {
    list.iter().map(|text| key(text)).collect()
}

fn key(text: &str) -> Result<Key, String> {
    let usage = || "--key is ID=env:NAME or ID=file:PATH, never the key itself".to_owned();
    let (id, place) = text.split_once('=').ok_or_else(usage)?;
    let secret =
        match place.split_once(':') {
            Some(("env", name)) => std::env::var_os(name)
                .map(std::ffi::OsString::into_encoded_bytes)
                .ok_or_else(|| format!("key {id}: the environment variable {name} is not set"))?,
            Some(("file", path)) => {
                std::fs::read(path).map_err(|error| format!("key {id}: {path}: {error}"))?
            }
            _ => return Err(usage()),
        };
    // Editors end files with a newline that nobody means.
    Key::new(id, secret.trim_ascii_end()).map_err(|error| error.to_string())
}
