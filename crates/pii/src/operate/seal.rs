//! Tokens made with keys: pseudonyms and what can be opened again.
//!
//! `[TYPE:kid:…]` is a pseudonym: 80 bits of HMAC-SHA-256 over type and value, then 40 bits that show it was
//! made with the key. `[TYPE:enc:kid:…]` is AES-256-SIV of the value, with the type bound to it. Both keys are
//! derived from the caller's, each for its use.

use aes_siv::{KeyInit as _, siv::Aes256Siv};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    bytes::{from, part},
    entity::{Entity, Group},
    policy::Key,
};

/// Letters of a pseudonym: the tag, then the check.
const TAG: usize = 16;
const CHECK: usize = 8;

/// Why a token stays closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevealError {
    /// A token was made with a key that was not given.
    #[error("a token was made with a key that was not given")]
    NoKey,
    /// A token was changed after it was made, or its key has another secret.
    #[error("a token cannot be opened: it was changed, or its key is another one")]
    Forged,
}

/// `[TYPE]`.
pub(super) fn plain(name: &str, out: &mut Vec<u8>) {
    out.push(b'[');
    out.extend_from_slice(name.as_bytes());
    out.push(b']');
}

fn mac(key: &[u8], label: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Zeroizing::new([0; 32]) };
    mac.update(label);
    for part in parts {
        mac.update(&[0x1F]);
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// Letters and digits that are easy to read, five bits each.
fn base32(bytes: &[u8], letters: usize) -> String {
    const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let letter = |at: usize| {
        let value = (0..5).fold(0, |value, by| value << 1 | bit(at * 5 + by));
        ALPHABET.get(usize::from(value)).map_or('a', |byte| char::from(*byte))
    };
    (0..letters).map(letter).collect()
}

/// What the tag's own check must be.
fn check(key: &Key, name: &str, tag: &str) -> String {
    let mac = mac(key.secret(), b"tollgate pii check 1", &[name.as_bytes(), tag.as_bytes()]);
    base32(&*mac, CHECK)
}

pub(super) fn pseudonym(
    key: &Key,
    name: &str,
    entity: Option<Entity>,
    value: &[u8],
    out: &mut Vec<u8>,
) {
    let value = Zeroizing::new(normal(entity, value));
    let mac = mac(key.secret(), b"tollgate pii pseudonym 1", &[name.as_bytes(), &value]);
    let tag = base32(&*mac, TAG);
    out.extend(format!("[{name}:{}:{tag}{}]", key.id(), check(key, name, &tag)).bytes());
}

/// The same value in one form: mail addresses in small letters, numbers without separators.
fn normal(entity: Option<Entity>, value: &[u8]) -> Vec<u8> {
    match entity {
        Some(Entity::EmailAddress) => value.to_ascii_lowercase(),
        Some(entity)
            if matches!(entity.group(), Group::Financial | Group::National | Group::Device)
                || entity == Entity::PhoneNumber =>
        {
            let kept = value.iter().filter(|byte| byte.is_ascii_alphanumeric());
            kept.map(u8::to_ascii_uppercase).collect()
        }
        _ => value.to_vec(),
    }
}

fn cipher(key: &Key) -> Aes256Siv {
    let mut whole = Zeroizing::new([0; 64]);
    let halves: [&[u8]; 2] = [b"1", b"2"];
    for (to, half) in whole.chunks_mut(32).zip(halves) {
        to.copy_from_slice(&*mac(key.secret(), b"tollgate pii encrypt 1", &[half]));
    }
    Aes256Siv::new(&(*whole).into())
}

pub(super) fn encrypt(key: &Key, name: &str, value: &[u8], out: &mut Vec<u8>) {
    // Encryption fails only on lengths that no text has; then the value must go all the same.
    match cipher(key).encrypt([name.as_bytes()], value) {
        Ok(sealed) => {
            let sealed = URL_SAFE_NO_PAD.encode(sealed);
            out.extend(format!("[{name}:enc:{}:{sealed}]", key.id()).bytes());
        }
        Err(_) => plain(name, out),
    }
}

/// What stands between the brackets of a token.
pub(super) struct Token<'a> {
    pub name: &'a str,
    /// The id of the key; empty where there is none.
    pub key: &'a str,
    is_sealed: bool,
    body: &'a str,
}

impl<'a> Token<'a> {
    pub(super) fn parse(inside: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(inside).ok()?;
        let mut parts = text.split(':');
        let name = parts.next()?;
        let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        if name.is_empty() || !name.bytes().all(is_name) {
            return None;
        }
        let rest = [parts.next(), parts.next(), parts.next(), parts.next()];
        let (key, body, is_sealed) = match rest {
            [None, ..] => ("", "", false),
            [Some("enc"), Some(key), Some(body), None] => (key, body, true),
            [Some(key), Some(body), None, None] => (key, body, false),
            _ => return None,
        };
        let is_tag = |byte: u8| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte);
        let is_sound = match (key, is_sealed) {
            ("", _) => true,
            (_, true) => body.len() >= 22 && body.bytes().all(crate::bytes::is_token),
            (_, false) => body.len() == TAG + CHECK && body.bytes().all(is_tag),
        };
        let is_id = key.len() <= 16 && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (is_sound && is_id).then_some(Self { name, key, is_sealed, body })
    }

    pub(super) fn is_made_with(&self, key: &Key) -> bool {
        if self.is_sealed {
            return self.open(key).is_some();
        }
        let (tag, end) = self.body.split_at_checked(TAG).unwrap_or_default();
        check(key, self.name, tag) == end
    }

    fn open(&self, key: &Key) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(self.body).ok()?;
        cipher(key).decrypt([self.name.as_bytes()], &sealed).ok()
    }
}

/// Opens every sealed token in `text` with the keys given.
///
/// # Errors
///
/// When a token's key is not among them, or a token was changed.
pub fn reveal(text: &[u8], keys: &[Key]) -> Result<Vec<u8>, RevealError> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'[', from(text, at)).map(|open| at + open) {
        out.extend_from_slice(part(text, at..open));
        let inside = from(text, open + 1);
        let close = memchr::memchr2(b']', b'[', inside).unwrap_or(inside.len());
        let token = Token::parse(part(inside, 0..close)).filter(|token| token.is_sealed);
        let Some(token) = token.filter(|_| inside.get(close) == Some(&b']')) else {
            out.push(b'[');
            at = open + 1;
            continue;
        };
        let key = keys.iter().find(|key| key.id() == token.key).ok_or(RevealError::NoKey)?;
        out.extend(token.open(key).ok_or(RevealError::Forged)?);
        at = open + 1 + close + 1;
    }
    out.extend_from_slice(from(text, at));
    Ok(out)
}
