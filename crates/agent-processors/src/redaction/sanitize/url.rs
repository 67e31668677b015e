//! URLs as patterns: what looks like an id becomes `*`.

/// Parts of a path that stay; what stands behind is cut off.
const PARTS_MAX: usize = 10;

/// Replaces the parts of a path that look like ids, and cuts query and fragment off.
pub(super) fn cluster(url: &[u8]) -> Vec<u8> {
    let cut = url.iter().position(|byte| matches!(byte, b'?' | b'&' | b'#'));
    let path = url.get(..cut.unwrap_or(url.len())).unwrap_or_default();
    let mut parts = path.split(|byte| *byte == b'/').take(PARTS_MAX).enumerate().peekable();
    let mut out = Vec::with_capacity(path.len());
    while let Some((at, part)) = parts.next() {
        if at > 0 {
            out.push(b'/');
        }
        // Before a query the last part is taken for a word.
        let is_word = parts.peek().is_none() && cut.is_some();
        if part.is_empty() || has_letters_only(part) && (is_word || is_pronounceable(part)) {
            out.extend_from_slice(part);
        } else {
            out.push(b'*');
        }
    }
    out
}

/// Whether nothing but `*` is left.
pub(super) fn is_all_gone(url: &[u8]) -> bool {
    let mut parts = url.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).peekable();
    parts.peek().is_some() && parts.all(|part| part == b"*")
}

/// Whether a part has letters and what joins words, and at most in second place another character
/// (`v1`, `k6-tests`).
fn has_letters_only(part: &[u8]) -> bool {
    let is_letter =
        |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_' | b'.' | b' ');
    part.iter().enumerate().all(|(at, byte)| at == 1 || is_letter(byte))
}

/// Whether the words of a part could be of a language: no long row of consonants.
fn is_pronounceable(part: &[u8]) -> bool {
    part.split(|byte| !byte.is_ascii_alphabetic()).all(|word| {
        let is_vowel = |byte: &u8| b"aeiouyAEIOUY".contains(byte);
        let row = word.split(is_vowel).map(<[u8]>::len).max().unwrap_or_default();
        row < 5 || row == 5 && word.len() > 8
    })
}
