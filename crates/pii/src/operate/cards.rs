//! Card numbers encrypted into numbers of the same form, with FF1.

use fpe::ff1::{FF1, FlexibleNumeralString};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{checksum::luhn, policy::Key};

/// FF1 is safe from a million possible values on.
const MIDDLE_MIN: usize = 6;
/// How often a result that is a valid card is encrypted again; one in ten is.
const WALKS: usize = 64;

/// Writes `value` with its middle digits encrypted; `false` if there are too few.
///
/// The result is encrypted again while it satisfies Luhn's formula, so that it is no card and can be told
/// from one; decrypting walks back in the same way.
pub(super) fn write(key: &Key, value: &[u8], out: &mut Vec<u8>) -> bool {
    let mut digits: Vec<u8> =
        value.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0').collect();
    let first = if digits.len() >= 16 { 6 } else { 4 };
    let Some(end) = digits.len().checked_sub(4).filter(|end| *end >= first + MIDDLE_MIN) else {
        return false;
    };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.secret()) else { return false };
    mac.update(b"tollgate pii ff1 1");
    let secret = Zeroizing::new(<[u8; 32]>::from(mac.finalize().into_bytes()));
    let Ok(cipher) = FF1::<aes::Aes256>::new(&*secret, 10) else { return false };
    for _ in 0..WALKS {
        let Some(middle) = digits.get_mut(first..end) else { return false };
        let plain: Vec<u16> = middle.iter().map(|digit| u16::from(*digit)).collect();
        let Ok(sealed) = cipher.encrypt(b"CREDIT_CARD", &FlexibleNumeralString::from(plain)) else {
            return false;
        };
        for (to, from) in middle.iter_mut().zip(Vec::<u16>::from(sealed)) {
            *to = from as u8;
        }
        if !luhn(&digits) {
            let mut digits = digits.iter();
            let written = value.iter().map(|byte| match byte {
                b'0'..=b'9' => digits.next().map_or(*byte, |digit| digit + b'0'),
                other => *other,
            });
            out.extend(written);
            return true;
        }
    }
    false
}
