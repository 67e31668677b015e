//! Words in front of a number that name it as something of the machine's or the trade's: `order 98765432`.

use std::sync::LazyLock;

use crate::bytes::{Lexicon, is_escape, is_word, part, run_back};

/// In small letters.
const NOUNS: &str = "order orders ticket tickets invoice item items sku ref reference case tracking shipment parcel \
    build revision rev version release commit port line lines row rows offset page pages issue pull request job task \
    run batch step epoch seed size bytes byte bits rows count total sum index idx chunk block height block_number isbn \
    issn ean upc gtin asin doi rfc section chapter table figure bug cve pid tid uid gid seq sequence timestamp time \
    epoch serial lot part model article product catalog octal decimal hex integer int long value values \
    bestellung rechnung auftrag vorgang sendung commande facture pedido factura ordine fattura fatura bestelling \
    factuur zamówienie faktura";

static KNOWN: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(NOUNS));

/// How far before the number its noun begins.
const NEAR: usize = 32;
/// The longest noun.
const LONGEST: usize = 20;

/// Those that never stand before a number of a person, in whatever company.
const TRADE: &str = "order orders ticket tickets invoice tracking shipment parcel offset partition build revision commit port \
    line row page bytes timestamp epoch bestellung rechnung commande facture pedido factura ordine fattura fatura";

static TRADES: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(TRADE));

/// Whether the word right before the number at `start` says that it is of no person.
pub(super) fn names(text: &[u8], start: usize) -> bool {
    stands_before(text, start, &KNOWN)
}

/// The same, whatever other words stand near.
pub(crate) fn trades(text: &[u8], start: usize) -> bool {
    stands_before(text, start, &TRADES)
}

fn stands_before(text: &[u8], start: usize, known: &Lexicon) -> bool {
    let mut end = start;
    // `order number: 123`, `ticket no. #123`, `order id is 123`
    for _ in 0..4 {
        let gap = run_back(text, end, 6, |byte| {
            matches!(byte, b' ' | b':' | b'#' | b'=' | b'.' | b'"' | b'\'' | b'(' | b'-')
        });
        end -= gap;
        if start - end > NEAR {
            return false;
        }
        let length = run_back(text, end, LONGEST + 1, |byte| is_word(byte) || byte >= 0x80);
        // The letter of an escape is none of the word: `\nticket 123`.
        let first = end - length;
        let first = first + usize::from(length > 0 && is_escape(text, first + 1));
        let word = part(text, first..end).to_ascii_lowercase();
        if known.has(&word) {
            return true;
        }
        let passes: [&[u8]; 9] =
            [b"number", b"no", b"nr", b"num", b"id", b"is", b"the", b"nummer", b"code"];
        if length == 0 || !passes.contains(&word.as_slice()) {
            return false;
        }
        end -= length;
    }
    false
}

/// What is counted or measured: words behind a number that is no name of anybody.
const UNITS: &str = "ns us ms s sec secs seconds min minutes hours bytes kb mb gb kib mib rows records items requests times \
    tokens hops cents pages lines entries messages events files users hits calls iterations operations queries rps qps hz";

static UNIT: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(UNITS));

/// Whether a unit stands right behind the number that ends at `end`: `111222333 ns`.
pub(super) fn counts(text: &[u8], end: usize) -> bool {
    let length = crate::bytes::run(text, end + 1, 12, is_word);
    crate::bytes::at(text, end) == b' '
        && crate::bytes::at(text, end + 1 + length) != b':'
        && UNIT.has(part(text, end + 1..end + 1 + length))
}

/// Whether the word `account` that begins at `word` is one of a cloud: `aws account 123456789012`.
pub(super) fn is_of_cloud(text: &[u8], word: usize) -> bool {
    let clouds: [&[u8]; 4] = [b"aws ", b"azure ", b"gcp ", b"cloud "];
    let head = part(text, word.saturating_sub(6)..word).to_ascii_lowercase();
    clouds.iter().any(|cloud| head.ends_with(cloud))
}

/// Words that may stand between a number's name and the number.
const LINKS: &str = "is are was no nr num number numbers nummer numero número numéro id code value on file to of for the \
    my your his her our their a an and or with using ending new old as am ist lautet sind meine mein est mon ma le la \
    les es el mi su son è il mio è são é o meu minha jest moje mój mijn de het card account license licence document \
    i s you asked please here it";

static LINKED: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(LINKS));

/// Whether between the word and the number behind it stands nothing that says something else:
/// `account 12345678`, but not `the account was created 1294667978`.
pub(super) fn links(text: &[u8], word: (u32, u32), span: (usize, usize)) -> bool {
    if word.1 as usize > span.0 {
        return true;
    }
    let between = part(text, word.1 as usize..span.0);
    let words = between.split(|byte| !(is_word(*byte) || *byte >= 0x80) || *byte == b'_');
    let mut others = 0;
    for word in words.filter(|word| !word.is_empty()) {
        others += usize::from(!LINKED.has(&word.to_ascii_lowercase()));
    }
    others == 0
}
