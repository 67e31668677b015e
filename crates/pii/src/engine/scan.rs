//! The pass over a text: masks, triggers, and whom they call.

use super::{Engine, Finding, KeyHints, Kind, Proof, View};
use crate::{
    bytes::{Extent, at, before, is_escape, is_token},
    classes::{self, BLOCK, Masks, Pass},
    context::{self, Hints, Near, Words},
    entity::{Entity, Tier},
    names, number,
    policy::{Context, FieldClass},
    punct, token,
};

/// How many digits two neighbouring blocks hold at least before groups of digits are looked at.
const DIGITS_MIN: u32 = 6;
/// How many digit-dot-digit places do so too: short IP addresses have few digits.
const DOTTED_MIN: u32 = 3;
/// Runs of token characters from this length on are looked at as a whole.
pub(crate) const LONG: usize = 16;

/// One pass over one text.
pub(crate) struct Scan<'a> {
    pub engine: &'a Engine,
    pub text: &'a [u8],
    pub context: Context<'a>,
    /// What the key says.
    pub key: KeyHints,
    pub found: &'a mut Vec<Finding>,
    /// As what the text is read.
    pub view: View,
    /// The groups of digits that were read last.
    pub cluster: Option<number::Cluster>,
    /// Groups of digits before here have been looked at.
    pub number_end: usize,
    /// The key that was looked up last, and what it says: one comes seldom alone.
    last_key: (usize, usize, Hints),
    /// Where the last time stands, as machines write it.
    pub time: (usize, usize),
    /// Long tokens before here have been looked at.
    pub token_end: usize,
    /// Short tokens of letters and digits before here have been looked at.
    pub mixed_end: usize,
    /// In the blocks before this one stands a blob to here that nothing short can be part of.
    pub blob_end: usize,
    /// One that was found in this block; before it, in the same block, others are still looked for.
    blob: (usize, usize),
    /// The last assignment whose value was taken whole ends here.
    pub value_end: usize,
    /// Credentials of URLs before here have been looked for.
    pub url_end: usize,
    /// No URL before here has any.
    pub url_clear: usize,
    /// Between the last URL and here stands no `@`.
    pub at_clear: usize,
    /// The word whose end is read last as one that may have been said, and to where.
    pub said: (usize, usize),
    /// The last line in which a header stood.
    pub line: Extent,
    /// Where in a line no cookie was found that opens anything.
    pub cookies_clear: (usize, usize),
    /// Where ` = ` was found in a header last.
    pub equals: usize,
    /// The last values without quotes, of words or not, with commas or not.
    pub bare: [Extent; 4],
    /// The last words of names.
    pub names: names::Seen,
    /// Between these places words were read, and none ends the name of a street.
    pub street_clear: (usize, usize),
    has_folds: bool,
    /// Made where the first candidate asks for them: most texts have none.
    words: Option<Words>,
}

/// The last bits of the block before.
#[derive(Default)]
struct Carry {
    long: u64,
    /// The bytes of this block that are part of a long run of the one before.
    inside_long: u64,
    digit: u64,
    token: u64,
    letter: u64,
    space: u64,
    lower: u64,
    /// Of these the whole block.
    letters: u64,
    escape: u64,
    other: u64,
}

impl Carry {
    /// The ends of two letters between characters of no class: `[at]`.
    #[inline]
    fn bracketed(&self, letters: u64, other: u64) -> u64 {
        other
            & (letters << 1 | self.letter)
            & (letters << 2 | self.letters >> 62)
            & (other << 3 | self.other >> 61)
    }
}

/// The bytes of the block at `start` from `at` on.
#[inline]
fn from(at: usize, start: usize) -> u64 {
    match at.saturating_sub(start) {
        bits if bits >= BLOCK => 0,
        bits => u64::MAX << bits,
    }
}

impl Pass for Scan<'_> {
    #[inline(always)]
    fn run(&mut self, classify: impl Fn(&[u8; BLOCK]) -> Masks) {
        let mut carry = Carry::default();
        let mut now = classes::block(self.text, 0, &classify);
        let mut start = 0;
        while start < self.text.len() {
            let next = classes::block(self.text, start + BLOCK, &classify);
            self.block(start, &now, &next, &mut carry);
            now = next;
            start += BLOCK;
        }
    }
}

impl<'a> Scan<'a> {
    pub(crate) fn new(
        engine: &'a Engine,
        text: &'a [u8],
        context: Context<'a>,
        key: KeyHints,
        found: &'a mut Vec<Finding>,
    ) -> Self {
        Self {
            engine,
            text,
            context,
            key,
            found,
            view: View::Plain,
            cluster: None,
            number_end: 0,
            last_key: (0, 0, Hints::NONE),
            time: (0, 0),
            token_end: 0,
            mixed_end: 0,
            blob_end: 0,
            blob: (0, 0),
            value_end: 0,
            url_end: 0,
            url_clear: 0,
            at_clear: 0,
            said: (0, 0),
            line: Extent::default(),
            cookies_clear: (0, 0),
            equals: usize::MAX / 2,
            bare: [Extent::default(); 4],
            names: names::Seen::default(),
            street_clear: (0, 0),
            has_folds: false,
            words: None,
        }
    }

    /// Whether anything stands there that may have to be read otherwise than it is written.
    pub(crate) fn has_folds(&self) -> bool {
        self.has_folds
    }

    pub(crate) fn is_structural(&self) -> bool {
        self.context.class == FieldClass::Structural
    }

    /// Looks at every block.
    pub(crate) fn run(&mut self) {
        self.engine.level.run(self);
    }

    #[inline(always)]
    fn block(&mut self, start: usize, now: &Masks, next: &Masks, carry: &mut Carry) {
        let join = |now: u64, next: u64| u128::from(now) | u128::from(next) << 64;
        let tokens = now.token();
        // Bit n is set where token characters stand at n to n + 15.
        let mut long = join(tokens, next.token());
        for by in [1, 2, 4, 8] {
            long &= long >> by;
        }
        let long = long as u64;
        // Bit n is set where n is part of such a run.
        let mut inside = u128::from(long);
        if long != 0 {
            for by in [1, 2, 4, 8] {
                inside |= inside << by;
            }
        }
        let inside_long = inside as u64 | carry.inside_long;
        self.each(start, long & !(long << 1 | carry.long), token::long);

        let mut free = self.free(start);
        let letters = now.upper | now.lower;
        if !self.is_structural() {
            let dotted = join(now.digit, next.digit);
            let dotted = dotted & join(now.dot, next.dot) >> 1 & dotted >> 2;
            if now.digit != 0
                && (now.digit.count_ones() + next.digit.count_ones() >= DIGITS_MIN
                    || dotted.count_ones() >= DOTTED_MIN)
            {
                let begins = now.digit & !(now.digit << 1 | carry.digit);
                self.each(start, begins & free, number::at);
            }
            let begins = free & tokens & !(tokens << 1 | carry.token);
            let spaced = now.space << 1 | carry.space;
            // Also behind a line break that is escaped: `\nAda`.
            let lines =
                (now.lower << 1 | carry.lower) & (now.escape << 2 | carry.escape >> 62) & free;
            let capitals = now.upper & (begins & spaced | lines);
            if capitals != 0 {
                self.each(start, capitals, names::at);
                free = self.free(start);
            }
            self.each(start, now.digit & begins & spaced & free, number::short);
        }
        // Where a letter and a digit touch, an identifier of both may stand.
        let mixed = (now.digit & (letters << 1 | carry.letter))
            | (letters & (now.digit << 1 | carry.digit));
        self.each(start, mixed & !inside_long & free, token::mixed);
        // Before mail addresses: a password in a URL ends in one.
        self.each(start, now.assign & free & self.outside_time(start), punct::assign);
        self.each(start, now.at & free, punct::at_sign);
        self.each(start, carry.bracketed(letters, now.other()) & free, punct::spelled);
        if now.escape | now.fold != 0 && !self.has_folds {
            self.each(start, now.escape | now.fold, Self::fold);
        }
        self.blob_end = self.blob_end.max(self.blob.1);
        *carry = Carry {
            long: long >> 63,
            inside_long: (inside >> 64) as u64,
            digit: now.digit >> 63,
            token: tokens >> 63,
            letter: letters >> 63,
            letters,
            lower: now.lower >> 63,
            escape: now.escape,
            other: now.other(),
            space: now.space >> 63,
        };
    }

    /// The bytes of the block at `start` that are not inside of a blob.
    #[inline]
    fn free(&self, start: usize) -> u64 {
        let (begin, end) = self.blob;
        // Most texts have no blob.
        if self.blob_end.max(end) <= start {
            return u64::MAX;
        }
        from(self.blob_end, start) & (from(end, start) | !from(begin, start))
    }

    /// The bytes of the block at `start` that are no part of the last time: between hours and minutes stands no value.
    #[inline]
    fn outside_time(&self, start: usize) -> u64 {
        let (begin, end) = self.time;
        if end <= start {
            return u64::MAX;
        }
        from(end, start) | !from(begin, start)
    }

    /// Nothing more is looked for between these places.
    pub(crate) fn skip(&mut self, start: usize, end: usize) {
        self.blob = (start, end.max(self.blob.1));
    }

    /// Whether a blob of this block holds `place`.
    pub(crate) fn is_in_blob(&self, place: usize) -> bool {
        place >= self.blob.0 && place < self.blob.1
    }

    #[inline]
    fn each(&mut self, start: usize, mut bits: u64, run: impl Fn(&mut Self, usize)) {
        while bits != 0 {
            run(self, start + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    }

    #[inline]
    fn fold(&mut self, place: usize) {
        // The escapes of JSON that hide nothing are by far the most.
        let hides_nothing = at(self.text, place) == b'\\'
            && !matches!(at(self.text, place + 1), b'\\' | b'u' | b'x');
        self.has_folds |= !hides_nothing && crate::fold::is_foldable(self.text, place);
    }

    /// Looks at the text as one value under its key.
    pub(crate) fn whole_value(&mut self) {
        if !self.key.is_empty() {
            punct::whole(self);
        }
    }

    /// The token around `place`: its start, after escapes such as `\n`, and its end.
    pub(crate) fn token_around(&self, place: usize, most: usize) -> (usize, usize) {
        let back = crate::bytes::run_back(self.text, place, most, is_token);
        let mut start = place - back;
        if before(self.text, start, 1) == b'\\' && is_escape(self.text, start + 1) {
            start += 1;
        }
        let length = crate::bytes::run(self.text, place, most, is_token);
        (start, place + length)
    }

    /// What the key `start..end` says.
    pub(crate) fn of_key(&mut self, start: usize, end: usize) -> Hints {
        let key = crate::bytes::part(self.text, start..end);
        let (from, to, hints) = self.last_key;
        if to > from && crate::bytes::part(self.text, from..to) == key {
            return hints;
        }
        let hints = context::of_key(key);
        self.last_key = (start, end, hints);
        hints
    }

    /// Notes a finding that needs no context.
    pub(crate) fn find(&mut self, entity: Entity, start: usize, end: usize, proof: Proof) {
        self.note(entity, (start, end), Tier::A, proof, None);
    }

    /// Notes a finding if one of `wanted` stands near it or in the key.
    pub(crate) fn find_with(
        &mut self,
        entity: Entity,
        (start, end): (usize, usize),
        proof: Proof,
        wanted: Hints,
    ) -> bool {
        if !self.may_say((start, end), wanted) {
            return false;
        }
        let (hints, word) = self.hints(start, end);
        let near = hints.has(wanted);
        if near || self.key.has(wanted) {
            self.note(entity, (start, end), Tier::B, proof, near.then_some(word));
            return true;
        }
        false
    }

    pub(crate) fn note(
        &mut self,
        entity: Entity,
        (start, end): (usize, usize),
        tier: Tier,
        proof: Proof,
        context: Option<(u32, u32)>,
    ) {
        if start >= end || !self.engine.is_on(entity) {
            return;
        }
        let by_key = tier == Tier::B && context.is_none();
        let kind = Kind::Known(entity);
        self.found.push(Finding {
            kind,
            start,
            end,
            tier,
            proof,
            view: self.view,
            context,
            by_key,
        });
    }

    /// What the words around `start..end` say, and where the nearest stands.
    pub(crate) fn hints(&mut self, start: usize, end: usize) -> (Hints, (u32, u32)) {
        let Some(near) = self.near(start, end) else { return (Hints::NONE, (0, 0)) };
        let all = near.words().fold(Hints::NONE, |all, (hints, _)| all.or(hints));
        (all, near.words().next().map_or((0, 0), |(_, place)| place))
    }

    /// What the words around `start..end` and the key may say; wrong only in saying too much.
    #[inline]
    pub(crate) fn said_near(&mut self, start: usize, end: usize) -> Hints {
        let level = self.engine.level;
        let words = self.words.get_or_insert_with(|| Words::new(level));
        words.said_near(self.text, start, end).or(self.key)
    }

    /// Whether one of `wanted` may be said around `span` or by the key; wrong only in saying yes.
    #[inline]
    pub(crate) fn may_say(&mut self, (start, end): (usize, usize), wanted: Hints) -> bool {
        self.said_near(start, end).has(wanted)
    }

    /// The words around `start..end`, of its own key only if it has one.
    pub(crate) fn near(&mut self, start: usize, end: usize) -> Option<Near> {
        let level = self.engine.level;
        let words = self.words.get_or_insert_with(|| Words::new(level));
        let near = words.near(self.text, start, end)?;
        match context::own_key(self.text, start) {
            Some(key) => Some(near.within(key)),
            None => Some(near),
        }
    }

    /// Whether the bytes around `start..end` are quotes, so that a string ends there.
    pub(crate) fn is_at_end(&self, end: usize) -> bool {
        end >= self.text.len() || matches!(at(self.text, end), b'"' | b'\'' | b'\\')
    }
}
