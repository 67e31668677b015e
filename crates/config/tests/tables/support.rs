//! What every table uses.

use std::collections::HashMap;

use config::{
    EnvProvider, Error, FileProvider, Key, Kind, Map, Provider, Resolved, Resolver, Retrieved,
    Value, YamlProvider,
};

/// Environment variables of a row.
pub(crate) type Env<'a> = &'a [(&'a str, &'a str)];

/// A provider that gives its opaque part back.
struct Echo;

impl Provider for Echo {
    fn scheme(&self) -> &str {
        "test"
    }

    fn retrieve(&self, opaque: &str) -> Result<Retrieved, Error> {
        Ok(Retrieved::from_string(opaque))
    }
}

/// A provider whose value has no text, or that always fails.
struct Odd;

impl Provider for Odd {
    fn scheme(&self) -> &str {
        "odd"
    }

    fn retrieve(&self, opaque: &str) -> Result<Retrieved, Error> {
        match opaque {
            "fail" => Err(Error::new("odd failure")),
            _ => Ok(Retrieved::from_value(Kind::Seq(vec![Kind::Int(1243).into()]).into())),
        }
    }
}

pub(crate) fn providers(env: Env<'_>) -> Vec<Box<dyn Provider>> {
    let env: HashMap<String, String> =
        env.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    vec![
        Box::new(FileProvider),
        Box::new(EnvProvider::new(move |name| env.get(name).cloned())),
        Box::new(YamlProvider),
        Box::new(Echo),
        Box::new(Odd),
    ]
}

/// Resolves documents given as text.
pub(crate) fn resolve_all(documents: &[&str], env: Env<'_>) -> Result<Resolved, Error> {
    let uris: Vec<String> = documents.iter().map(|text| format!("yaml:{text}")).collect();
    Resolver::new(providers(env)).resolve(&uris, &[] as &[&str])
}

pub(crate) fn resolve(document: &str, env: Env<'_>) -> Result<Resolved, Error> {
    resolve_all(&[document], env)
}

/// A map of one key, written without any quoting of the text.
pub(crate) fn one(key: &str, text: &str) -> String {
    let mut map = Map::new();
    map.insert(Key::from(key), Value::string(text));
    config::to_yaml(&Kind::Map(map).into())
}

pub(crate) fn json(value: &Value) -> serde_json::Value {
    serde_json::to_value(value).expect("a tree is data")
}
