//! "Did you mean": the nearest known word.

/// Longer words are not compared; nobody misspells a key of this length.
const WORD_CHARS_MAX: usize = 64;

/// The candidate nearest to `word` by edit distance (insert, delete, replace, swap neighbours), if
/// one is near enough to be a slip: at most a third of the word's length, and at least one edit.
///
/// Case and the choice between `-` and `_` do not count. Ties go to the first candidate.
///
/// ```
/// assert_eq!(config::suggest("endpont", ["endpoint", "timeout"]), Some("endpoint"));
/// assert_eq!(config::suggest("foo", ["endpoint", "timeout"]), None);
/// ```
pub fn suggest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = fold(word);
    if word.len() > WORD_CHARS_MAX {
        return None;
    }
    let allowed = (word.len() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn fold(word: &str) -> Vec<char> {
    let lower = word.chars().flat_map(char::to_lowercase);
    lower.map(|c| if c == '-' { '_' } else { c }).take(WORD_CHARS_MAX + 1).collect()
}

/// Optimal string alignment distance, one row at a time.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut two_back: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    let mut above: Option<char> = None;
    for (row, &ca) in a.iter().enumerate() {
        let mut current = vec![row + 1];
        let mut left_char: Option<char> = None;
        for (column, &cb) in b.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX);
            let replaced = at(&previous, column).saturating_add(usize::from(ca != cb));
            let deleted = at(&previous, column + 1).saturating_add(1);
            let inserted = at(&current, column).saturating_add(1);
            let mut best = replaced.min(deleted).min(inserted);
            if above == Some(cb) && left_char == Some(ca) && column > 0 {
                best = best.min(at(&two_back, column - 1).saturating_add(1));
            }
            current.push(best);
            left_char = Some(cb);
        }
        above = Some(ca);
        two_back = std::mem::replace(&mut previous, current);
    }
    previous.last().copied().unwrap_or(0)
}
