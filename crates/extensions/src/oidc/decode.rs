//! Tokens and keys (RFC 7517, RFC 7519).

use std::{str::FromStr as _, time::Duration};

use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey, Validation, decode, decode_header,
    jwk::{AlgorithmParameters, Jwk, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Keys of one provider.
const KEYS_MAX: usize = 256;
/// Keys tried for a token that does not say which it is signed with.
const TRIED_MAX: usize = 16;
/// The longest token, in bytes.
pub(super) const TOKEN_BYTES_MAX: usize = 16 << 10;
/// How much earlier a token may be used than it says: clocks differ.
const EARLY: Duration = Duration::from_secs(5 * 60);

/// What a token says.
pub(super) type Claims = Map<String, Value>;

/// The keys of a provider. Secret ones are left out: who can check with them can sign with them.
#[derive(Debug)]
pub(super) struct Keys(Vec<Key>);

#[derive(Debug)]
struct Key {
    id: Option<String>,
    algorithm: Option<Algorithm>,
    key: DecodingKey,
}

/// Why a token does not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Signed with a key that is not known, perhaps not yet.
    UnknownKey,
    /// No good.
    Bad(&'static str),
}

impl Keys {
    /// Reads a key set. Keys of kinds that are not known are left out.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set =
            serde_json::from_slice(text).map_err(|_| "is not a set of JSON web keys".to_owned())?;
        if set.keys.len() > KEYS_MAX {
            return Err(format!("has more than {KEYS_MAX} keys"));
        }
        let keys: Vec<_> = set.keys.into_iter().filter_map(Key::parse).collect();
        if keys.is_empty() {
            return Err("has no key that can be used: RSA, P-256, P-384 and Ed25519 can".to_owned());
        }
        Ok(Self(keys))
    }

    /// The claims of a token that one of the keys has signed. Times, issuer and audience are not
    /// looked at.
    pub(super) fn check(&self, token: &str) -> Result<Claims, Fault> {
        let malformed = Fault::Bad("malformed token");
        let Ok(header) = decode_header(token) else { return Err(malformed) };
        let family =
            family(header.alg).ok_or(Fault::Bad("the token is not signed with a public key"))?;
        let fits = |key: &&Key| {
            key.key.family() == family
                && key.algorithm.is_none_or(|algorithm| algorithm == header.alg)
                && header.kid.as_ref().is_none_or(|wanted| key.id.as_ref() == Some(wanted))
        };
        let mut validation = Validation::new(header.alg);
        validation.required_spec_claims.clear();
        (validation.validate_exp, validation.validate_aud) = (false, false);
        let mut is_known = false;
        for key in self.0.iter().filter(fits).take(TRIED_MAX) {
            is_known = true;
            if let Ok(read) = decode::<Claims>(token, &key.key, &validation) {
                return Ok(read.claims);
            }
        }
        // Without a name, the key may be one that is new.
        let may_be_new = !is_known || header.kid.is_none();
        Err(if may_be_new { Fault::UnknownKey } else { Fault::Bad("the signature is wrong") })
    }
}

impl Key {
    fn parse(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        if jwk.common.public_key_use == Some(PublicKeyUse::Encryption)
            || matches!(jwk.algorithm, AlgorithmParameters::OctetKey(_))
        {
            return None;
        }
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        let algorithm = match jwk.common.key_algorithm {
            Some(named) => Some(Algorithm::from_str(&named.to_string()).ok()?),
            None => None,
        };
        Some(Self { id: jwk.common.key_id, algorithm, key })
    }
}

/// The kind of public key that an algorithm needs; none for those with a shared secret.
fn family(algorithm: Algorithm) -> Option<AlgorithmFamily> {
    use Algorithm as A;
    match algorithm {
        A::RS256 | A::RS384 | A::RS512 | A::PS256 | A::PS384 | A::PS512 => {
            Some(AlgorithmFamily::Rsa)
        }
        A::ES256 | A::ES384 => Some(AlgorithmFamily::Ec),
        A::EdDSA => Some(AlgorithmFamily::Ed),
        _ => None,
    }
}

/// Who a token says it is from. Nothing is checked yet.
pub(super) fn claimed_issuer(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    let claims: Issuer = jsonwebtoken::dangerous::insecure_decode_claims(token).ok()?;
    Some(claims.iss)
}

/// Whether the token is good now: `now` is the time since 1970.
pub(super) fn check_times(claims: &Claims, now: Duration) -> Result<(), Fault> {
    let time = |name: &str| claims.get(name).and_then(Value::as_f64);
    let now = now.as_secs_f64();
    match time("exp") {
        None => return Err(Fault::Bad("the token says no time at which it expires")),
        Some(end) if now >= end => return Err(Fault::Bad("the token is expired")),
        Some(_) => {}
    }
    match time("nbf") {
        Some(start) if now + EARLY.as_secs_f64() < start => {
            Err(Fault::Bad("the token is not good yet"))
        }
        _ => Ok(()),
    }
}

/// Whether the token is for `audience`: `aud` is a text or a list of texts.
pub(super) fn check_audience(claims: &Claims, audience: &str) -> Result<(), Fault> {
    let is = |value: &Value| value.as_str() == Some(audience);
    let is_for_us = match claims.get("aud") {
        Some(Value::Array(all)) => all.iter().any(is),
        Some(one) => is(one),
        None => false,
    };
    if is_for_us { Ok(()) } else { Err(Fault::Bad("the token is for another audience")) }
}
