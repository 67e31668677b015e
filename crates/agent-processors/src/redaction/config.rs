//! Settings of the `redaction` processor: those of the Go collector.

use std::fmt;

use sdk::{Opaque, Problems};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{
    action::Mask,
    matching::{Patterns, Values},
};

/// Which attributes stay and what is masked in them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Whether attributes stay whatever their keys are. Without it, and without `allowed_keys`, none does.
    pub allow_all_keys: bool,
    /// Keys of attributes that stay.
    pub allowed_keys: Vec<String>,
    /// Keys of attributes that pass untouched.
    pub ignored_keys: Vec<String>,
    /// Patterns of such keys.
    pub ignored_key_patterns: Vec<String>,
    /// Patterns of keys whose values are masked as a whole.
    pub blocked_key_patterns: Vec<String>,
    /// Patterns of what is masked in values, applied in this order.
    pub blocked_values: Vec<String>,
    /// Patterns of what is not masked although it is blocked.
    pub allowed_values: Vec<String>,
    /// What stands in place of what is masked.
    pub hash_function: HashFunction,
    /// The key of the two keyed hashes: 32 bytes or more for HMAC-SHA-256, 64 for HMAC-SHA-512.
    pub hmac_key: Opaque,
    /// Whether values that are no text are looked at in their text form.
    pub redact_all_types: bool,
    /// Takes what varies out of URLs.
    pub url_sanitizer: UrlSanitizer,
    /// Takes literals out of database queries.
    pub db_sanitizer: DbSanitizer,
    /// What the added attributes tell: `debug` keys and counts, `info` counts, `silent` (or anything
    /// else) nothing.
    pub summary: String,
}

/// What stands in place of what is masked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HashFunction {
    /// `****`.
    #[default]
    None,
    /// SHA-1 in hex.
    Sha1,
    /// SHA3-256 in hex.
    Sha3,
    /// MD5 in hex.
    Md5,
    /// HMAC-SHA-256 in hex.
    HmacSha256,
    /// HMAC-SHA-512 in hex.
    HmacSha512,
}

impl HashFunction {
    const ALL: [Self; 6] =
        [Self::None, Self::Sha1, Self::Sha3, Self::Md5, Self::HmacSha256, Self::HmacSha512];

    fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Sha1 => "sha1",
            Self::Sha3 => "sha3",
            Self::Md5 => "md5",
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha512 => "hmac-sha512",
        }
    }

    /// The least bytes of a key, for the keyed ones.
    fn key_bytes_min(self) -> Option<usize> {
        match self {
            Self::HmacSha256 => Some(32),
            Self::HmacSha512 => Some(64),
            _ => None,
        }
    }
}

impl fmt::Display for HashFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for HashFunction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for HashFunction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?.to_lowercase();
        Self::ALL.into_iter().find(|function| function.name() == text).ok_or_else(|| {
            D::Error::custom(format!(
                "unknown HashFunction {text}, allowed functions are sha1, sha3, md5, hmac-sha256 and \
                 hmac-sha512"
            ))
        })
    }
}

/// Takes what varies out of URLs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UrlSanitizer {
    /// Whether it does.
    pub enabled: bool,
    /// Keys of attributes that hold URLs.
    pub attributes: Vec<String>,
    /// Whether the names of client and server spans are such; on by default.
    pub sanitize_span_name: Option<bool>,
}

/// Takes literals out of database queries.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DbSanitizer {
    /// SQL databases.
    pub sql: DbSystem,
    /// Redis.
    pub redis: DbSystem,
    /// Valkey.
    pub valkey: DbSystem,
    /// Memcached.
    pub memcached: DbSystem,
    /// MongoDB.
    pub mongo: DbSystem,
    /// OpenSearch.
    pub opensearch: DbSystem,
    /// Elasticsearch.
    pub es: DbSystem,
    /// Whether span names are such; on by default.
    pub sanitize_span_name: Option<bool>,
}

/// One kind of database.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DbSystem {
    /// Whether its queries are looked at.
    pub enabled: bool,
    /// Keys of attributes that hold queries.
    pub attributes: Vec<String>,
}

impl Config {
    /// What the settings say is put in place of what is masked.
    pub(super) fn mask(&self) -> Mask {
        Mask::new(self.hash_function, self.hmac_key.reveal().as_bytes())
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        if let Some(least) = self.hash_function.key_bytes_min() {
            let (function, length) = (self.hash_function, self.hmac_key.reveal().len());
            if length == 0 {
                problems.add(format!(
                    "hmac_key must not be empty when hash_function is \"{function}\""
                ));
            } else if length < least {
                problems.add(format!(
                    "hmac_key must be at least {least} bytes long for \"{function}\", got {length} bytes"
                ));
            }
        }
        let lists = [
            ("ignored_key_patterns", &self.ignored_key_patterns),
            ("blocked_key_patterns", &self.blocked_key_patterns),
            ("blocked_values", &self.blocked_values),
            ("allowed_values", &self.allowed_values),
        ];
        for (key, list) in lists {
            let before = problems.len();
            for (at, pattern) in list.iter().enumerate() {
                if let Err(error) = Patterns::new(std::slice::from_ref(pattern)) {
                    problems.at(format!("{key}[{at}]"), error);
                }
            }
            if problems.len() == before
                && let Err(error) = Patterns::new(list)
            {
                problems.at(key, error);
            }
        }
        if problems.is_empty()
            && let Err(error) = Values::new(&self.blocked_values, &self.allowed_values, Mask::Fixed)
        {
            problems.at("blocked_values", error);
        }
        problems
    }
}
