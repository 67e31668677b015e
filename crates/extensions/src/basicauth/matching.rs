//! Passwords against what htpasswd files hold of them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use config::Opaque;
use md5::Md5;
use sha_crypt::{PasswordVerifier as _, ShaCrypt};
use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;

/// Characters of crypt's own base 64, by value.
const CRYPT_64: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Rounds of the MD5 of `htpasswd -m`.
const MD5_ROUNDS: usize = 1000;
/// Longest salt of it.
const MD5_SALT_MAX: usize = 8;

/// What is kept of a password.
#[derive(Clone, Debug)]
pub(super) enum Hash {
    /// `$2y$`: `htpasswd -B`.
    Bcrypt(Opaque),
    /// `$5$` and `$6$`: `htpasswd -2` and `-5`.
    ShaCrypt(Opaque),
    /// `$apr1$` and `$1$`: `htpasswd -m`.
    Md5 { magic: &'static str, salt: String, sum: Opaque },
    /// `{SHA}` and `{SSHA}`: `htpasswd -s`.
    Sha1 { sum: Vec<u8>, salt: Vec<u8> },
    /// As it is: `htpasswd -p`.
    Plain(Opaque),
}

impl Hash {
    /// Reads what stands behind the colon of a line.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let kept = || Opaque::new(text);
        if ["$2a$", "$2b$", "$2y$"].iter().any(|magic| text.starts_with(magic)) {
            return Ok(Self::Bcrypt(kept()));
        }
        if text.starts_with("$5$") || text.starts_with("$6$") {
            return Ok(Self::ShaCrypt(kept()));
        }
        for magic in ["$apr1$", "$1$"] {
            if let Some(rest) = text.strip_prefix(magic) {
                let (salt, sum) = rest.split_once('$').ok_or("the MD5 hash has no salt")?;
                let salt = salt.chars().take(MD5_SALT_MAX).collect();
                return Ok(Self::Md5 { magic, salt, sum: Opaque::new(sum) });
            }
        }
        if let Some(sum) = text.strip_prefix("{SHA}").or_else(|| text.strip_prefix("{SSHA}")) {
            let mut sum = STANDARD.decode(sum).map_err(|_| "the SHA-1 hash is not base 64")?;
            if sum.len() < 20 {
                return Err("the SHA-1 hash is too short".to_owned());
            }
            let salt = sum.split_off(20);
            return Ok(Self::Sha1 { sum, salt });
        }
        if text.starts_with('$') {
            return Err("the hash is of a kind that is not known; use `htpasswd -B`".to_owned());
        }
        Ok(Self::Plain(kept()))
    }

    /// Whether this is the password. Some kinds take a tenth of a second on purpose.
    pub(super) fn matches(&self, password: &str) -> bool {
        let is_same = |ours: &[u8], theirs: &[u8]| bool::from(ours.ct_eq(theirs));
        match self {
            Self::Bcrypt(hash) => bcrypt::verify(password, hash.reveal()).unwrap_or(false),
            Self::ShaCrypt(hash) => {
                ShaCrypt::default().verify_password(password.as_bytes(), hash.reveal()).is_ok()
            }
            Self::Md5 { magic, salt, sum } => {
                is_same(md5_crypt(magic, salt, password).as_bytes(), sum.reveal().as_bytes())
            }
            Self::Sha1 { sum, salt } => {
                let theirs = Sha1::new().chain_update(password).chain_update(salt).finalize();
                is_same(sum, &theirs)
            }
            Self::Plain(ours) => is_same(ours.reveal().as_bytes(), password.as_bytes()),
        }
    }
}

/// Poul-Henning Kamp's MD5-crypt, with Apache's magic or the original one.
fn md5_crypt(magic: &str, salt: &str, password: &str) -> String {
    let (salt, password) = (salt.as_bytes(), password.as_bytes());
    let inner = Md5::new().chain_update(password).chain_update(salt).chain_update(password);
    let inner: [u8; 16] = inner.finalize().into();
    let mut first = Md5::new();
    first.update(password);
    first.update(magic);
    first.update(salt);
    let mut left = password.len();
    while left > 0 {
        first.update(inner.get(..left.min(16)).unwrap_or_default());
        left = left.saturating_sub(16);
    }
    let mut bits = password.len();
    while bits > 0 {
        let byte = if bits & 1 == 1 { 0 } else { password.first().copied().unwrap_or(0) };
        first.update([byte]);
        bits >>= 1;
    }
    let mut sum: [u8; 16] = first.finalize().into();
    for round in 0..MD5_ROUNDS {
        let (odd, even): (&[u8], &[u8]) =
            if round % 2 == 1 { (password, &sum) } else { (&sum, password) };
        let mut next = Md5::new();
        next.update(odd);
        if round % 3 != 0 {
            next.update(salt);
        }
        if round % 7 != 0 {
            next.update(password);
        }
        next.update(even);
        sum = next.finalize().into();
    }
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = sum;
    let groups = [[a, g, m], [b, h, n], [c, i, o], [d, j, p], [e, k, f], [0, 0, l]];
    let mut text = String::with_capacity(24);
    for ([high, middle, low], chars) in groups.into_iter().zip([4, 4, 4, 4, 4, 2]) {
        let mut value = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
        for _ in 0..chars {
            text.extend(CRYPT_64.get(value & 63).map(|letter| char::from(*letter)));
            value >>= 6;
        }
    }
    text
}
