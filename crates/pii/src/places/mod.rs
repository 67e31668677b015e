//! Where somebody is or lives, and whose folder it is: coordinates, British postcodes and number plates, user
//! names in paths.
//!
//! All of these are off by default, for clean text is full of what looks like them. They are looked for in a pass of
//! their own, which runs only where the policy names one of them.

#[cfg(test)]
mod tests;

use crate::{
    bytes::{at as byte, before, from, is_word, part, run, run_back},
    engine::{Proof, Scan},
    entity::{Entity, Tier},
};

/// What this module looks for.
pub(crate) const TYPES: [Entity; 4] =
    [Entity::Geo, Entity::HomePath, Entity::UkPostcode, Entity::UkVehicle];

/// Digits behind the point from which a coordinate names a place and not a town.
const DECIMALS: usize = 4;
/// How far before a number its key begins.
const KEY: usize = 16;
/// The longest name of a user.
const USER: usize = 32;

/// Looks through the whole text for each of the types that is on.
pub(crate) fn scan(scan: &mut Scan<'_>) {
    let is_on = |entity| scan.engine.is_on(entity);
    let (geo, paths) = (is_on(Entity::Geo), is_on(Entity::HomePath));
    let (codes, plates) = (is_on(Entity::UkPostcode), is_on(Entity::UkVehicle));
    let text = scan.text;
    if paths {
        homes(scan);
    }
    let mut done = 0;
    for (at, letter) in text.iter().enumerate() {
        if at < done {
            continue;
        }
        let last = before(text, at, 1);
        let end = match letter {
            b'.' if geo && last.is_ascii_digit() => coordinates(scan, at),
            b'A'..=b'Z' if !is_word(last) && last != b'-' && last != b'/' => {
                let code = if codes { postcode(text, at) } else { None };
                let plate = if plates { plate(text, at) } else { None };
                let (entity, end) = match (code, plate) {
                    (Some(end), _) => (Entity::UkPostcode, end),
                    (_, Some(end)) => (Entity::UkVehicle, end),
                    _ => continue,
                };
                scan.note(entity, (at, end), Tier::C, Proof::Shape, None);
                Some(end)
            }
            _ => None,
        };
        done = end.unwrap_or(done);
    }
}

/// A number with a point: where it begins, where it ends, its whole part, how many decimals it has.
struct Number {
    start: usize,
    end: usize,
    whole: u32,
    decimals: usize,
}

impl Number {
    /// The number whose point is at `point`.
    fn around(text: &[u8], point: usize) -> Option<Self> {
        let places = run_back(text, point, 4, |byte| byte.is_ascii_digit());
        let decimals = run(text, point + 1, 20, |byte| byte.is_ascii_digit());
        let end = point + 1 + decimals;
        let first = point - places;
        let start = first - usize::from(matches!(before(text, first, 1), b'-' | b'+'));
        let digits = part(text, first..point).iter();
        let whole = digits.fold(0u32, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        let last = before(text, start, 1);
        let is_joined = is_word(last) || last == b'.' || is_word(byte(text, end));
        let goes_on = byte(text, end) == b'.' && byte(text, end + 1).is_ascii_digit();
        (places > 0 && places < 4 && !is_joined && !goes_on).then_some(Self {
            start,
            end,
            whole,
            decimals,
        })
    }

    /// The number that begins at `start`.
    fn at(text: &[u8], start: usize) -> Option<Self> {
        let first = start + usize::from(matches!(byte(text, start), b'-' | b'+'));
        let point = first + run(text, first, 4, |byte| byte.is_ascii_digit());
        (byte(text, point) == b'.').then(|| Self::around(text, point))?
    }
}

/// Notes the coordinates of which the first has its point at `point`; where they end.
fn coordinates(scan: &mut Scan<'_>, point: usize) -> Option<usize> {
    let text = scan.text;
    let first = Number::around(text, point).filter(|first| first.decimals >= DECIMALS)?;
    if named(text, first.start).is_some_and(|most| first.whole <= most) {
        scan.note(Entity::Geo, (first.start, first.end), Tier::C, Proof::Key, None);
        return Some(first.end);
    }
    let gap = run(text, first.end, 3, |byte| matches!(byte, b',' | b' ' | b';' | b'/'));
    let next = Number::at(text, first.end + gap).filter(|next| next.decimals >= DECIMALS);
    let next = next.filter(|next| gap > 0 && first.whole <= 90 && next.whole <= 180)?;
    // Rows of more than two such numbers are something else: an embedding, a table.
    let is_gap = |byte: u8| matches!(byte, b',' | b' ' | b';' | b'\n');
    let more = run(text, next.end, 4, is_gap);
    let follows = more > 0 && Number::at(text, next.end + more).is_some();
    let less = run_back(text, first.start, 4, is_gap);
    let precedes = less > 0 && before(text, first.start - less, 1).is_ascii_digit() && {
        let end = first.start - less;
        let digits = run_back(text, end, 20, |byte| byte.is_ascii_digit());
        before(text, end, digits + 1) == b'.'
    };
    if follows || precedes {
        return Some(next.end);
    }
    scan.note(Entity::Geo, (first.start, next.end), Tier::C, Proof::Shape, None);
    Some(next.end)
}

/// What a coordinate's whole part is at most by the key before `start`, if that is one of a coordinate.
fn named(text: &[u8], start: usize) -> Option<u32> {
    const LATITUDES: [&[u8]; 2] = [b"lat", b"latitude"];
    const LONGITUDES: [&[u8]; 4] = [b"lon", b"lng", b"long", b"longitude"];
    let is_between = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\' | b':' | b'=' | b' ');
    let gap = run_back(text, start, KEY, is_between);
    let end = start - gap;
    let length = run_back(text, end, KEY, |byte| byte.is_ascii_alphabetic());
    let word = part(text, end - length..end);
    let is = |words: &[&[u8]]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
    match gap {
        0 => None,
        _ if is(&LATITUDES) => Some(90),
        _ if is(&LONGITUDES) => Some(180),
        _ => None,
    }
}

/// Starts of paths behind which a user's name stands; `\` may be escaped.
const HOMES: [&[u8]; 4] = [b"/home/", b"/Users/", b"\\Users\\", b"/Documents and Settings/"];

/// Folders that are nobody's.
const NOBODY: [&str; 20] = [
    "runner",
    "ubuntu",
    "root",
    "node",
    "app",
    "circleci",
    "vscode",
    "jovyan",
    "shared",
    "public",
    "default",
    "user",
    "users",
    "admin",
    "administrator",
    "debian",
    "ec2-user",
    "vagrant",
    "linuxbrew",
    "builder",
];

/// Notes the names of users in paths.
fn homes(scan: &mut Scan<'_>) {
    for home in HOMES {
        let finder = memchr::memmem::Finder::new(home);
        for at in finder.find_iter(scan.text) {
            let mut start = at + home.len();
            start += run(scan.text, start, 16, |byte| byte == b'\\');
            let is_name = |byte: u8| is_word(byte) || byte >= 0x80 || b".-@ ".contains(&byte);
            let length = run(scan.text, start, USER, is_name);
            let end = start + length;
            let name = part(scan.text, start..end);
            let closes = matches!(byte(scan.text, end), b'/' | b'\\');
            // Without a folder behind it the name ends at the first space.
            let space = name.iter().position(|byte| *byte == b' ').filter(|_| !closes);
            let name = space.map_or(name, |space| part(name, 0..space));
            let is_nobody = NOBODY.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
            if name.len() >= 2 && !is_nobody {
                let span = (start, start + name.len());
                scan.note(Entity::HomePath, span, Tier::C, Proof::Shape, None);
            }
        }
    }
}

/// Where the postcode that begins at `start` ends: `SW1A 2AA`, `M1 1AE`.
fn postcode(text: &[u8], start: usize) -> Option<usize> {
    let upper = |at: usize| byte(text, at).is_ascii_uppercase();
    let area = 1 + usize::from(upper(start + 1));
    let digits = run(text, start + area, 3, |byte| byte.is_ascii_digit());
    let at = start + area + digits;
    let letter = usize::from(digits == 1 && upper(at));
    let inward = at + letter + usize::from(byte(text, at + letter) == b' ');
    // C, I, K, M, O, V are never used in the second part.
    let is_unit = |at: usize| upper(at) && !b"CIKMOV".contains(&byte(text, at));
    let is_sound = (1..=2).contains(&digits)
        && inward > at + letter
        && !b"QVX".contains(&byte(text, start))
        && byte(text, inward).is_ascii_digit()
        && is_unit(inward + 1)
        && is_unit(inward + 2)
        && !is_word(byte(text, inward + 3));
    is_sound.then_some(inward + 3)
}

/// Where the number plate that begins at `start` ends: `AB12 CDE`, in use since 2001, with or without its space.
fn plate(text: &[u8], start: usize) -> Option<usize> {
    let is_letter = |byte: u8| byte.is_ascii_uppercase() && !matches!(byte, b'I' | b'Q' | b'Z');
    let head = part(text, start..start + 4);
    let gap = usize::from(byte(text, start + 4) == b' ');
    let tail = part(from(text, start + 4), gap..gap + 3);
    let end = start + 7 + gap;
    // Half-yearly: 02 to 29 from March on, 51 to 79 from September on.
    let is_year = matches!(
        head,
        [_, _, b'0', b'2'..=b'9']
            | [_, _, b'1' | b'2' | b'6' | b'7', b'0'..=b'9']
            | [_, _, b'5', b'1'..=b'9']
    );
    let is_sound = head.iter().take(2).all(|byte| is_letter(*byte))
        && is_year
        && tail.len() == 3
        && tail.iter().all(|byte| byte.is_ascii_uppercase() && !matches!(byte, b'I' | b'Q'))
        && !is_word(byte(text, end));
    is_sound.then_some(end)
}
