//! Private data that is none: values that belong to nobody, of the right shape and with the right
//! check digits.

use fastrand::Rng;

/// What is planted: as many kinds as the Go collector gets rules for.
const KINDS: u8 = 18;

/// A sentence with a private value in it, and the value.
pub(super) fn sentence(random: &mut Rng) -> (String, String) {
    let kind = random.u8(..KINDS);
    let value = value(kind, random);
    let sentence = match kind {
        0 => format!("You can write to {value} about it."),
        1 => format!("They paid with card {value} at the counter."),
        2 => format!("The form says SSN {value}, please file it."),
        3 => format!("Call them back at {value} before noon."),
        4 | 5 => format!("The request came from {value} at night."),
        6 => format!("The device with MAC address {value} is offline."),
        7 => format!("Send the money to IBAN {value} today."),
        16 => format!("The key is {value} and has to be replaced."),
        17 => format!("It connects to postgres://app:{value}@db.internal:5432/shop now."),
        _ => format!("Use {value} for the request."),
    };
    (sentence, value)
}

fn value(kind: u8, random: &mut Rng) -> String {
    match kind {
        0 => format!("{}.{}@{}.org", lower(random, 5), lower(random, 7), lower(random, 9)),
        1 => card(random),
        2 => {
            let (area, group) = (random.u16(100..600), random.u8(10..99));
            format!("{area}-{group}-{:04}", random.u16(1_000..9_000))
        }
        3 => {
            let (area, exchange) = (random.u16(212..219), random.u16(230..390));
            format!("({area}) {exchange}-{:04}", random.u16(1_000..9_000))
        }
        4 => format!("203.{}.{}.{}", random.u8(10..), random.u8(10..), random.u8(10..)),
        5 => format!("2a02:{:x}:{:x}:1:{:x}:2:3:4", group(random), group(random), group(random)),
        6 => (0..6).map(|_| format!("{:02x}", random.u8(16..))).collect::<Vec<_>>().join(":"),
        7 => iban(random),
        8 => format!("AKIA{}", of(random, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)),
        9 => format!("ghp_{}", alphanumeric(random, 36)),
        10 => {
            let (team, bot) =
                (random.u64(10_u64.pow(11)..10_u64.pow(12)), alphanumeric(random, 24));
            format!("xoxb-{team}-{}-{bot}", team - 7)
        }
        11 => format!("sk-{}T3BlbkFJ{}", alphanumeric(random, 20), alphanumeric(random, 20)),
        12 => format!("sk-ant-api03-{}AA", alphanumeric(random, 93)),
        13 => format!("AIza{}", alphanumeric(random, 35)),
        14 => format!("sk_live_{}", alphanumeric(random, 24)),
        // {"alg":"HS256","typ":"JWT"} and {"sub":"…
        15 => format!(
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI{}.{}",
            alphanumeric(random, 20),
            alphanumeric(random, 43)
        ),
        16 => format!(
            "-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----",
            alphanumeric(random, 64)
        ),
        _ => alphanumeric(random, 14),
    }
}

fn group(random: &mut Rng) -> u16 {
    random.u16(0x1000..)
}

fn of(random: &mut Rng, letters: &[u8], count: usize) -> String {
    (0..count).filter_map(|_| random.choice(letters.iter().copied())).map(char::from).collect()
}

fn lower(random: &mut Rng, count: usize) -> String {
    (0..count).map(|_| random.lowercase()).collect()
}

fn alphanumeric(random: &mut Rng, count: usize) -> String {
    (0..count).map(|_| random.alphanumeric()).collect()
}

/// A card number of Visa's range, in groups of four, whose check digit holds.
fn card(random: &mut Rng) -> String {
    let mut digits = format!("4{:014}", random.u64(..10_u64.pow(14)));
    let sum: u32 = digits
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(at, digit)| match digit * 2 {
            doubled if at % 2 == 0 => doubled / 10 + doubled % 10,
            _ => digit,
        })
        .sum();
    digits.push_str(&((10 - sum % 10) % 10).to_string());
    let groups = [0..4, 4..8, 8..12, 12..16].map(|part| digits.get(part).unwrap_or_default());
    groups.join(" ")
}

/// A German account number whose check digits hold.
fn iban(random: &mut Rng) -> String {
    let account = format!("{:018}", random.u64(10_u64.pow(16)..10_u64.pow(17)));
    // DE is 1314; the check digits are what makes the whole 1 modulo 97.
    let rest = format!("{account}131400")
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .fold(0, |rest, digit| (rest * 10 + digit) % 97);
    format!("DE{:02}{account}", 98 - rest)
}
