//! Checksums of tokens and wallets: CRC-32, base58check, bech32, EIP-55.

use sha2::Digest as _;

/// CRC-32 as in zip files.
pub(crate) fn crc32(text: &[u8]) -> u32 {
    let crc = text.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    });
    !crc
}

/// Whether the last six characters are the CRC-32 of what stands before, in base 62.
///
/// Providers differ in where the letters stand; both orders are accepted.
pub(crate) fn crc32_base62(body: &[u8], check: &[u8]) -> bool {
    let crc = crc32(body);
    let orders: [fn(u8) -> u32; 2] = [
        |byte| match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            b'A'..=b'Z' => u32::from(byte - b'A') + 10,
            _ => u32::from(byte.wrapping_sub(b'a')) + 36,
        },
        |byte| match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            b'a'..=b'z' => u32::from(byte - b'a') + 10,
            _ => u32::from(byte.wrapping_sub(b'A')) + 36,
        },
    ];
    orders.iter().any(|value| {
        let sum = check.iter().fold(0u64, |sum, byte| sum * 62 + u64::from(value(*byte)));
        sum == u64::from(crc)
    })
}

const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const RIPPLE: &[u8] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/// The first byte of what base58 with a checksum holds and how many bytes it is, if it is sound.
///
/// `text` is cut at 120 characters: the work grows with the square of its length.
pub(crate) fn base58check(text: &[u8]) -> Option<(u8, usize)> {
    let alphabet = if text.first() == Some(&b'r') { RIPPLE } else { BASE58 };
    if text.len() > 120 {
        return None;
    }
    let mut bytes: Vec<u8> = Vec::with_capacity(96);
    for byte in text {
        let mut carry = alphabet.iter().position(|letter| letter == byte)? as u32;
        for place in &mut bytes {
            carry += u32::from(*place) * 58;
            *place = carry as u8;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push(carry as u8);
            carry >>= 8;
        }
    }
    let zeros = text.iter().take_while(|byte| Some(*byte) == alphabet.first()).count();
    bytes.extend(std::iter::repeat_n(0, zeros));
    bytes.reverse();
    let (body, check) = bytes.split_last_chunk::<4>()?;
    let hash = sha2::Sha256::digest(sha2::Sha256::digest(body));
    (hash.get(..4) == Some(check.as_slice())).then_some((*body.first()?, body.len()))
}

/// Whether `text` is bech32 or bech32m: a prefix, `1`, and data with six characters of checksum.
pub(crate) fn bech32(text: &[u8]) -> bool {
    const LETTERS: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let Some(split) = text.iter().rposition(|byte| *byte == b'1') else { return false };
    let (prefix, data) = text.split_at(split);
    if prefix.is_empty() || data.len() < 8 || text.len() > 120 {
        return false;
    }
    let step = |sum: u32, value: u32| {
        const MIX: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
        let top = sum >> 25;
        let sum = (sum & 0x1ff_ffff) << 5 ^ value;
        MIX.iter().enumerate().fold(sum, |sum, (bit, mix)| sum ^ ((top >> bit & 1) * mix))
    };
    let lower = |byte: &u8| byte.to_ascii_lowercase();
    let high = prefix.iter().map(lower).map(|byte| u32::from(byte >> 5));
    let low = prefix.iter().map(lower).map(|byte| u32::from(byte & 31));
    let head = high.chain([0]).chain(low).fold(1, step);
    let data = data.iter().skip(1).map(lower);
    let places = data.map(|byte| LETTERS.iter().position(|letter| *letter == byte));
    let sum = places
        .map(|place| place.map(|place| place as u32))
        .try_fold(head, |sum, place| Some(step(sum, place?)));
    matches!(sum, Some(1 | 0x2bc8_30a3))
}

/// Whether the case of 40 hex digits is the checksum of EIP-55.
pub(crate) fn eip55(hex: &[u8]) -> bool {
    let lower: Vec<u8> = hex.iter().map(u8::to_ascii_lowercase).collect();
    let hash = sha3::Keccak256::digest(&lower);
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let fits = |(letter, nibble): (&u8, u8)| {
        !letter.is_ascii_alphabetic() || letter.is_ascii_uppercase() == (nibble > 7)
    };
    hex.len() == 40 && hex.iter().zip(nibbles).all(fits)
}
