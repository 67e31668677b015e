//! Secrets whose shape is more than a prefix: web tokens, keys with a marker inside, webhooks, and random
//! letters beside a vendor's name.

use super::{blob, prefix, said};
use crate::{
    bytes::{at as byte, before, from, is_escape, is_token, part, run, run_back},
    context::Hints,
    engine::{Proof, Scan},
    entity::{Entity, Tier},
};

/// How far before a token the rest of its secret may begin.
const BACK: usize = 64;
/// How near an AWS key id its secret stands.
const KEY_ID_NEAR: usize = 200;

/// Looks at the token `start..end` and at what stands around it.
pub(super) fn around(scan: &mut Scan<'_>, start: usize, end: usize) {
    if matches!(before(scan.text, start, 1), b'.' | b'/' | b'+' | b'=') {
        dotted(scan, start, end);
    }
    if part(scan.text, start..start + 3) == b"eyJ" {
        web_token(scan, start, end);
    }
    let _ = twilio(scan, start, end)
        || telegram(scan, start, end)
        || azure(scan, start)
        || mailchimp(scan, start, end)
        || terraform(scan, start, end)
        || webhook(scan, start, end)
        || bearer(scan, start)
        || aws_secret(scan, start, end)
        || storage_key(scan, start, end)
        || by_vendor(scan, start, end)
        || said::at(scan, start, end);
}

/// Prefixes with dots and slashes, which begin before the token.
fn dotted(scan: &mut Scan<'_>, start: usize, end: usize) {
    let is_part = |byte: u8| is_token(byte) || matches!(byte, b'.' | b'/' | b'+');
    let first = start - run_back(scan.text, start, BACK, is_part);
    for at in first..start {
        let begins = at == first
            || is_escape(scan.text, at)
            || matches!(before(scan.text, at, 1), b'.' | b'/' | b'-' | b'_');
        if begins && prefix::at(scan, at, end) {
            return;
        }
    }
    discord(scan, start, end);
    airtable(scan, start, end);
    if part(scan.text, start.saturating_sub(2)..start) == b"s." && end - start == 24 {
        scan.find_with(Entity::VaultToken, (start - 2, end), Proof::Prefix, Hints::VAULT);
    }
}

/// Header, payload and signature in base64, the header naming an algorithm.
fn web_token(scan: &mut Scan<'_>, start: usize, end: usize) {
    let header = part(scan.text, start..end.min(start + 1024));
    let names_algorithm = |text: &Vec<u8>| {
        let holds = |word: &[u8]| memchr::memmem::find(text, word).is_some();
        holds(b"\"alg\"") || holds(b"\"typ\"") || holds(b"\"kid\"")
    };
    if byte(scan.text, end) != b'.'
        || !blob::decode(header).is_some_and(|text| names_algorithm(&text))
    {
        return;
    }
    let mut until = end;
    for _ in 0..4 {
        let more = run(scan.text, until + 1, usize::MAX, |byte| is_token(byte) || byte == b'=');
        if byte(scan.text, until) != b'.' || more < 4 {
            break;
        }
        until += 1 + more;
    }
    if until > end + 12 {
        scan.find(Entity::Jwt, start, until, Proof::Prefix);
        scan.token_end = scan.token_end.max(until);
    }
}

/// `SK` or `AC` and 32 hex digits.
fn twilio(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    let token = part(scan.text, start..end);
    let lower = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    let fits = token.len() == 34
        && (token.starts_with(b"SK") || token.starts_with(b"AC"))
        && from(token, 2).iter().all(lower);
    if fits {
        scan.find(Entity::TwilioKey, start, end, Proof::Prefix);
    }
    fits
}

/// Eight to ten digits, a colon, `A` and 34 letters.
fn telegram(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    if before(scan.text, start, 1) != b':' || end - start != 35 || byte(scan.text, start) != b'A' {
        return false;
    }
    let digits = run_back(scan.text, start - 1, 11, |byte| byte.is_ascii_digit());
    let fits = (8..=10).contains(&digits);
    if fits {
        scan.find(Entity::TelegramBotToken, start - 1 - digits, end, Proof::Shape);
    }
    fits
}

/// Three letters, a digit, `Q~`, and from `start` on 31 to 34 letters.
pub(super) fn azure(scan: &mut Scan<'_>, start: usize) -> bool {
    let head = part(scan.text, start.saturating_sub(6)..start);
    if !matches!(head, [_, _, _, digit, b'Q', b'~'] if digit.is_ascii_digit()) {
        return false;
    }
    let more = run(scan.text, start, 40, |byte| is_token(byte) || matches!(byte, b'.' | b'~'));
    let rest = part(scan.text, start..start + more);
    // A dot or hyphen at the end is the sentence's if the secret is long enough without.
    let ends = rest.iter().rposition(|byte| *byte != b'.').map_or(0, |last| last + 1);
    let length = if more > 34 || ends >= 31 { ends } else { more };
    let fits = (31..=34).contains(&length);
    if fits {
        scan.find(Entity::AzureAdSecret, start - 6, start + length, Proof::Shape);
        scan.token_end = scan.token_end.max(start + length);
    }
    fits
}

/// 64 bytes in base64, beside a word for Azure, a key or a secret.
fn storage_key(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    if end - start != 86 && !is_joined(scan.text, start, end) {
        return false;
    }
    let first = start - run_back(scan.text, start, 87, is_part);
    let until = end + run(scan.text, end, 87, is_part);
    until - first == 86
        && part(scan.text, until..until + 2) == b"=="
        && scan.find_with(
            Entity::AzureStorageKey,
            (first, until + 2),
            Proof::Words,
            Hints::AZURE.or(Hints::SECRET),
        )
}

/// 32 hex digits and the number of a data centre.
fn mailchimp(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    let token = part(scan.text, start..end);
    let tail = from(token, 32);
    let fits = tail.starts_with(b"-us")
        && (4..=5).contains(&tail.len())
        && is_hex(part(token, 0..32))
        && from(tail, 3).iter().all(u8::is_ascii_digit);
    if fits {
        scan.find(Entity::MailchimpApiKey, start, end, Proof::Shape);
    }
    fits
}

/// 14 letters, `.atlasv1.`, and 60 to 70 letters.
fn terraform(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    let Some(first) = start.checked_sub(23) else { return false };
    let fits = part(scan.text, first + 14..start) == b".atlasv1."
        && (60..=70).contains(&(end - start))
        && part(scan.text, first..first + 14).iter().all(u8::is_ascii_alphanumeric);
    if fits {
        scan.find(Entity::TerraformToken, first, end, Proof::Shape);
    }
    fits
}

/// `pat`, 14 letters, a dot, 64 hex digits.
fn airtable(scan: &mut Scan<'_>, start: usize, end: usize) {
    let Some(first) = start.checked_sub(18) else { return };
    let hex = part(scan.text, start..end);
    if part(scan.text, first..first + 3) == b"pat"
        && hex.len() == 64
        && hex.iter().all(u8::is_ascii_hexdigit)
    {
        scan.find(Entity::AirtableToken, first, end, Proof::Shape);
    }
}

/// An id, a time and a signature in base64, with dots.
fn discord(scan: &mut Scan<'_>, start: usize, end: usize) {
    if !(27..=38).contains(&(end - start)) {
        return;
    }
    let middle = run_back(scan.text, start - 1, 8, is_token);
    let Some(dot) = (start - 1).checked_sub(middle + 1) else { return };
    if !(6..=7).contains(&middle) || byte(scan.text, dot) != b'.' {
        return;
    }
    let id = run_back(scan.text, dot, 30, is_token);
    if (23..=28).contains(&id) {
        let near = Hints::DISCORD.or(Hints::SECRET);
        let first = dot - id;
        // The id is digits in base64, which begins with one of three letters.
        if matches!(byte(scan.text, first), b'M' | b'N' | b'O') {
            scan.find(Entity::DiscordToken, first, end, Proof::Shape);
        } else {
            scan.find_with(Entity::DiscordToken, (first, end), Proof::Shape, near);
        }
    }
}

/// The secret path of a webhook.
fn webhook(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    if before(scan.text, start, 1) != b'/' {
        return false;
    }
    let from = start.saturating_sub(90);
    let head = part(scan.text, from..start);
    if crate::bytes::find(head, b".com/").is_none() {
        return false;
    }
    let hosts: [(&[u8], Entity); 4] = [
        (b"hooks.slack.com/", Entity::SlackWebhook),
        (b"discord.com/api/webhooks/", Entity::DiscordWebhook),
        (b"discordapp.com/api/webhooks/", Entity::DiscordWebhook),
        (b".webhook.office.com/webhookb2/", Entity::GenericSecret),
    ];
    let find = |host: &[u8]| memchr::memmem::rfind(head, host).map(|at| from + at + host.len());
    for (host, entity) in hosts {
        if let Some(path) = find(host) {
            scan.find(entity, path, end, Proof::Prefix);
            return true;
        }
    }
    false
}

/// A token behind `Bearer`, `Basic` or `token`.
fn bearer(scan: &mut Scan<'_>, start: usize) -> bool {
    let head = part(scan.text, start.saturating_sub(8)..start);
    let is = |word: &[u8]| {
        let tail = head.len().checked_sub(word.len()).and_then(|at| head.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(word))
    };
    if head.last() != Some(&b' ') || !is(b"bearer ") && !is(b"basic ") {
        return false;
    }
    let is_part = |byte: u8| is_token(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'=');
    let end = start + run(scan.text, start, 8192, is_part);
    let value = part(scan.text, start..end);
    let has_digit = value.iter().any(u8::is_ascii_digit);
    let is_login = blob::decode(value).is_some_and(|text| blob::is_login(&text));
    let is_secret = if is(b"basic ") { is_login } else { has_digit };
    if is_secret && !prefix::is_placeholder(value) {
        scan.note(Entity::AuthHeader, (start, end), Tier::A, Proof::Words, None);
    }
    is_secret
}

/// What base64 is made of.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Whether more of base64 stands around the token.
fn is_joined(text: &[u8], start: usize, end: usize) -> bool {
    is_part(before(text, start, 1)) || is_part(byte(text, end))
}

/// Forty letters of base64 beside a word for AWS or behind a key id.
fn aws_secret(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    if end - start > 40 {
        return false;
    }
    if end - start != 40 && !is_joined(scan.text, start, end) {
        return false;
    }
    let first = start - run_back(scan.text, start, 41, is_part);
    let until = end + run(scan.text, end, 41, is_part);
    let secret = part(scan.text, first..until);
    if secret.len() != 40
        || !secret.iter().all(|byte| is_part(*byte))
        || is_hex(secret)
        || !is_random(secret)
    {
        return false;
    }
    let near_id = scan.found.iter().rev().take(8).any(|finding| {
        finding.entity() == Some(Entity::AwsAccessKeyId) && finding.end + KEY_ID_NEAR > first
    });
    if near_id {
        scan.note(Entity::AwsSecretKey, (first, until), Tier::B, Proof::Words, None);
        return true;
    }
    scan.find_with(Entity::AwsSecretKey, (first, until), Proof::Words, Hints::AWS)
}

/// Vendors whose keys are plain letters: type, length, only hex, the vendor's name.
#[rustfmt::skip]
const VENDORS: &[(Entity, usize, bool, Hints)] = &[
    (Entity::AzureApiKey, 32, true, Hints::AZURE), (Entity::AzureApiKey, 84, false, Hints::AZURE),
    (Entity::DatadogKey, 32, true, Hints::DATADOG), (Entity::DatadogKey, 40, true, Hints::DATADOG),
    (Entity::TwilioKey, 32, true, Hints::TWILIO), (Entity::MistralApiKey, 32, false, Hints::MISTRAL),
    (Entity::CohereApiKey, 40, false, Hints::COHERE), (Entity::WandbApiKey, 40, true, Hints::WANDB),
    (Entity::TogetherApiKey, 64, true, Hints::TOGETHER), (Entity::CloudflareToken, 40, false, Hints::CLOUDFLARE),
    (Entity::CloudflareToken, 37, true, Hints::CLOUDFLARE),
];

/// Random letters of the right length, beside the name of a vendor and a word for a key.
fn by_vendor(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    let token = part(scan.text, start..end);
    if !matches!(token.len(), 32 | 37 | 40 | 64 | 84) {
        return false;
    }
    let is_hex = is_hex(token);
    let fits = |row: &&(Entity, usize, bool, Hints)| row.1 == token.len() && (!row.2 || is_hex);
    if !VENDORS.iter().any(|row| fits(&row)) || is_id(scan.text, start) {
        return false;
    }
    let (near, word) = scan.hints(start, end);
    let near = near.or(scan.key);
    let Some((entity, ..)) = VENDORS.iter().filter(fits).find(|row| near.has(row.3)) else {
        return false;
    };
    let is_key = near.has(Hints::SECRET.or(Hints::PASSWORD).or(Hints::TWILIO));
    if is_key && is_random(token) {
        scan.note(*entity, (start, end), Tier::B, Proof::Words, Some(word));
    }
    is_key
}

/// Bits of the letters that the words of [`is_id`] begin with.
static FIRST: [u8; 256] = table(b"crshtdse");
/// Bits of the second letters.
static SECOND: [u8; 256] = table(b"ouhaript");

const fn table(letters: &[u8; 8]) -> [u8; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks it")]
    while at < letters.len() {
        table[letters[at] as usize] |= 1 << at;
        at += 1;
    }
    table
}

/// Whether the token stands behind a word such as `commit` or `run`.
fn is_id(text: &[u8], start: usize) -> bool {
    let head = part(text, start.saturating_sub(20)..start);
    let words: [&[u8]; 8] =
        [b"commit", b"run", b"sha", b"hash", b"trace", b"digest", b"span", b"etag"];
    // The first two letters of each word have a bit in common; no other two that matter here have.
    let bits = |table: &[u8; 256], at| table.get(usize::from(byte(head, at) | 0x20)).copied();
    let begins = |at| bits(&FIRST, at).unwrap_or(0) & bits(&SECOND, at + 1).unwrap_or(0) != 0;
    let stands = |at: usize| {
        let is = |word: &&[u8]| part(head, at..at + word.len()).eq_ignore_ascii_case(word);
        words.iter().any(is)
    };
    (0..head.len()).any(|at| begins(at) && stands(at))
}

fn is_hex(token: &[u8]) -> bool {
    // Without branches, so that many are asked at once.
    token.iter().fold(true, |all, byte| all & byte.is_ascii_hexdigit())
}

/// Letters and digits mixed, as no word is.
pub(crate) fn is_random(token: &[u8]) -> bool {
    let digits = token.iter().filter(|byte| byte.is_ascii_digit()).count();
    digits >= 2 && digits < token.len() && crate::checksum::entropy(token) >= 3.0
}
