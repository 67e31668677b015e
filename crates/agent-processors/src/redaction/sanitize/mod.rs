//! Takes out of URLs and database queries what varies from one to the next.

mod query;
mod url;

use std::collections::HashSet;

use pdata::{AnyValue, Record};

use super::config::{Config, DbSystem};

/// Which database a query is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Database<'a> {
    /// None: what looks like a query is none.
    None,
    /// It is not said: every kind that is on is tried.
    Any,
    /// The value of `db.system.name` or `db.system`.
    Named(&'a [u8]),
}

/// How the queries of a kind of database are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Sql,
    /// A command and its arguments, by line.
    Redis,
    /// A command and its arguments; values on lines of their own.
    Memcached,
    Json,
}

/// A kind of database.
#[derive(Debug)]
struct Kind {
    systems: &'static [&'static str],
    language: Language,
    attributes: HashSet<Vec<u8>>,
}

/// What is to be taken out, and where.
#[derive(Debug)]
pub(super) struct Sanitizers {
    urls: Option<HashSet<Vec<u8>>>,
    url_names: bool,
    databases: Vec<Kind>,
    database_names: bool,
}

/// `SpanKind`.
const INTERNAL: u64 = 1;
const SERVER: u64 = 2;
const CLIENT: u64 = 3;

/// Attributes that say that a span is about HTTP, of this and earlier conventions.
const HTTP: [&[u8]; 9] = [
    b"http.route",
    b"http.request.method",
    b"http.request.method_original",
    b"http.response.status_code",
    b"url.full",
    b"http.scheme",
    b"http.target",
    b"http.method",
    b"http.url",
];

impl Sanitizers {
    pub(super) fn new(config: &Config) -> Self {
        let set = |keys: &[String]| keys.iter().map(|key| key.clone().into_bytes()).collect();
        let (urls, databases) = (&config.url_sanitizer, &config.db_sanitizer);
        let kinds: [(&DbSystem, &[&str], Language); 7] = [
            (
                &databases.sql,
                &["other_sql", "mysql", "postgresql", "mariadb", "sqlite"],
                Language::Sql,
            ),
            (&databases.redis, &["redis"], Language::Redis),
            (&databases.valkey, &["valkey"], Language::Redis),
            (&databases.memcached, &["memcached"], Language::Memcached),
            (&databases.mongo, &["mongodb"], Language::Json),
            (&databases.opensearch, &["opensearch"], Language::Json),
            (&databases.es, &["elasticsearch"], Language::Json),
        ];
        let on = kinds.into_iter().filter(|(kind, ..)| kind.enabled);
        Self {
            urls: urls.enabled.then(|| set(&urls.attributes)),
            url_names: urls.sanitize_span_name.unwrap_or(true),
            databases: on
                .map(|(kind, systems, language)| Kind {
                    systems,
                    language,
                    attributes: set(&kind.attributes),
                })
                .collect(),
            database_names: databases.sanitize_span_name.unwrap_or(true),
        }
    }

    /// The database that the attributes of a record name.
    pub(super) fn database<'a>(&self, record: &Record<'a>) -> Database<'a> {
        if self.databases.is_empty() {
            return Database::None;
        }
        let named = |key: &[u8]| match record.attributes().get(key) {
            Some(AnyValue::Str(name)) if !name.is_empty() => Some(Database::Named(name)),
            _ => None,
        };
        named(b"db.system.name").or_else(|| named(b"db.system")).unwrap_or(Database::None)
    }

    /// The value of an attribute without what varies; `None` where nothing does.
    pub(super) fn attribute(
        &self,
        key: &[u8],
        text: &[u8],
        database: Database<'_>,
    ) -> Option<Vec<u8>> {
        let mut now = None;
        if self.urls.as_ref().is_some_and(|keys| keys.contains(key)) {
            now = Some(url::cluster(text));
        }
        let fits = |kind: &&Kind| match database {
            Database::None => false,
            Database::Any => true,
            Database::Named(name) => kind.is(name),
        };
        let kinds = self.databases.iter().filter(fits);
        let most = if matches!(database, Database::Named(_)) { 1 } else { usize::MAX };
        for kind in kinds.filter(|kind| kind.attributes.contains(key)).take(most) {
            now = Some(kind.language.without_literals(now.as_deref().unwrap_or(text)));
        }
        now.filter(|now| now != text)
    }

    /// A text in the body of a log record without what varies; `None` where nothing does.
    pub(super) fn body(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut now = self.urls.as_ref().map(|_| url::cluster(text));
        for kind in &self.databases {
            now = Some(kind.language.without_literals(now.as_deref().unwrap_or(text)));
        }
        now.filter(|now| now != text)
    }

    /// The name of a span without what varies; `None` where nothing does.
    pub(super) fn span_name(&self, span: &Record<'_>) -> Option<Vec<u8>> {
        let (name, kind) = (span.name(), span.span_kind());
        if self.urls.is_some() && self.url_names && matches!(kind, SERVER | CLIENT) {
            let is_url =
                name.contains(&b'/') || HTTP.iter().any(|key| span.attributes().contains(key));
            let new = is_url.then(|| url::cluster(name)).filter(|new| new != name);
            // A name of which nothing is left tells nothing.
            if let Some(new) = new.filter(|new| !url::is_all_gone(new)) {
                return (!new.is_empty() && new != b"...").then_some(new);
            }
        }
        if !self.database_names || !matches!(kind, INTERNAL | SERVER | CLIENT) {
            return None;
        }
        let Database::Named(database) = self.database(span) else { return None };
        let kind = self.databases.iter().find(|kind| kind.is(database))?;
        let new = kind.language.without_literals(name);
        (new != name && !new.is_empty() && new != b"...").then_some(new)
    }
}

impl Kind {
    fn is(&self, name: &[u8]) -> bool {
        self.systems.iter().any(|system| system.as_bytes().eq_ignore_ascii_case(name))
    }
}

impl Language {
    fn without_literals(self, query: &[u8]) -> Vec<u8> {
        match self {
            Self::Sql => query::sql(query),
            Self::Redis => query::redis(query),
            Self::Memcached => query::memcached(query),
            Self::Json => query::json(query),
        }
    }
}
