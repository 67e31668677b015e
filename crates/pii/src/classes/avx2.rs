//! Masks with AVX2: the only unsafe code of this crate.
//!
//! Why it is sound. The unsafe acts are calling [`masks`] and [`run_with`], which need AVX2 and what is older, and
//! loading 32 bytes from a pointer. [`classify`] and [`run`] are reached only through [`super::Level::Avx2`], and ask
//! the processor again, from the standard library's cache, before they call. The loads read bytes 0 to 31 and 32 to 63
//! of an array of 64 bytes, unaligned loads being allowed by the instruction. Nothing is written.
#![expect(unsafe_code, reason = "run-time dispatch to AVX2; the proof stands above")]

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8,
    _mm256_or_si256, _mm256_set1_epi8, _mm256_setr_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
    _mm256_slli_epi16, _mm256_srli_epi16,
};

use super::{BLOCK, Masks, Pass, scalar};

/// Whether this processor has AVX2 and what came before it.
#[inline]
pub(super) fn available() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// Runs a pass that is compiled for these instructions.
#[inline]
pub(super) fn run<P: Pass>(pass: &mut P) {
    if !available() {
        return pass.run(scalar::classify);
    }
    // SAFETY: the processor has what is enabled, as just asked.
    unsafe { run_with(pass) }
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn run_with<P: Pass>(pass: &mut P) {
    pass.run(|block| masks(block));
}

#[inline]
pub(super) fn classify(block: &[u8; BLOCK]) -> Masks {
    if !available() {
        return scalar::classify(block);
    }
    // SAFETY: the processor has AVX2, as just asked.
    unsafe { masks(block) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn masks(block: &[u8; BLOCK]) -> Masks {
    let (low, high) = block.split_at(BLOCK / 2);
    // SAFETY: both halves are 32 bytes long.
    let (low, high) = unsafe {
        (
            _mm256_loadu_si256(low.as_ptr().cast::<__m256i>()),
            _mm256_loadu_si256(high.as_ptr().cast::<__m256i>()),
        )
    };
    let (low, high) = (half(low), half(high));
    let join = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    Masks {
        digit: join(low.digit, high.digit),
        upper: join(low.letter & !low.bit5, high.letter & !high.bit5),
        lower: join(low.letter & low.bit5, high.letter & high.bit5),
        dash: join(low.dash, high.dash),
        dot: join(low.dot, high.dot),
        assign: join(low.assign, high.assign),
        at: join(low.at, high.at),
        space: join(low.space, high.space),
        escape: join(low.escape, high.escape),
        fold: join(low.fold, high.fold),
        high: join(low.high, high.high),
    }
}

struct Half {
    digit: u32,
    letter: u32,
    bit5: u32,
    dash: u32,
    dot: u32,
    assign: u32,
    at: u32,
    space: u32,
    escape: u32,
    fold: u32,
    high: u32,
}

// A class is a product of sets of high and low halves of the byte, and has one bit in both tables.
const DIGIT: i8 = 1;
const ASSIGN: i8 = 1 << 1;
const EVEN: i8 = 1 << 2; // letters in rows 4 and 6
const ODD: i8 = 1 << 3; // letters in rows 5 and 7
const BREAK: i8 = 1 << 4; // tab, line feed, carriage return
const FOLD_C: i8 = 1 << 5; // 0xC2, 0xCC, 0xCD
const FOLD_D: i8 = 1 << 6; // 0xD0, 0xD1, 0xD9, 0xDB
const FOLD_E: i8 = i8::MIN; // 0xE0, 0xE2, 0xEF

#[target_feature(enable = "avx2")]
#[inline]
fn half(bytes: __m256i) -> Half {
    let class = classes(bytes);
    let mask = |bytes: __m256i| _mm256_movemask_epi8(bytes).cast_unsigned();
    let is = |byte: u8| _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte.cast_signed()));
    let either = |a: __m256i, b: __m256i| _mm256_or_si256(a, b);
    let any = |bits: i8| {
        let none = _mm256_cmpeq_epi8(
            _mm256_and_si256(class, _mm256_set1_epi8(bits)),
            _mm256_setzero_si256(),
        );
        !mask(none)
    };
    Half {
        digit: mask(_mm256_slli_epi16::<7>(class)),
        assign: mask(_mm256_slli_epi16::<6>(class)),
        letter: any(EVEN | ODD),
        bit5: mask(_mm256_slli_epi16::<2>(bytes)),
        dash: mask(either(is(b'-'), is(b'_'))),
        dot: mask(is(b'.')),
        at: mask(is(b'@')),
        space: mask(either(is(b' '), _mm256_slli_epi16::<3>(class))),
        escape: mask(either(is(b'%'), either(is(b'\\'), is(b'&')))),
        fold: any(FOLD_C | FOLD_D | FOLD_E) | mask(is(0xF0)),
        high: mask(bytes),
    }
}

/// One bit for each class that a byte belongs to.
#[target_feature(enable = "avx2")]
#[inline]
fn classes(bytes: __m256i) -> __m256i {
    const L: i8 = EVEN | ODD;
    const D: i8 = DIGIT;
    #[rustfmt::skip]
    let of_low = _mm256_setr_epi8(
        D | ODD | FOLD_D | FOLD_E, D | L | FOLD_D, D | L | FOLD_C | FOLD_E, D | L, D | L, D | L, D | L, D | L,
        D | L, D | L | BREAK | FOLD_D, ASSIGN | L | BREAK, EVEN | FOLD_D, EVEN | FOLD_C,
        ASSIGN | EVEN | BREAK | FOLD_C, ASSIGN | EVEN, EVEN | FOLD_E,
        D | ODD | FOLD_D | FOLD_E, D | L | FOLD_D, D | L | FOLD_C | FOLD_E, D | L, D | L, D | L, D | L, D | L,
        D | L, D | L | BREAK | FOLD_D, ASSIGN | L | BREAK, EVEN | FOLD_D, EVEN | FOLD_C,
        ASSIGN | EVEN | BREAK | FOLD_C, ASSIGN | EVEN, EVEN | FOLD_E,
    );
    #[rustfmt::skip]
    let of_high = _mm256_setr_epi8(
        BREAK, 0, 0, D | ASSIGN, EVEN, ODD, EVEN, ODD, 0, 0, 0, 0, FOLD_C, FOLD_D, FOLD_E, 0,
        BREAK, 0, 0, D | ASSIGN, EVEN, ODD, EVEN, ODD, 0, 0, 0, 0, FOLD_C, FOLD_D, FOLD_E, 0,
    );
    let nibble = _mm256_set1_epi8(0x0F);
    let low = _mm256_and_si256(bytes, nibble);
    let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), nibble);
    _mm256_and_si256(_mm256_shuffle_epi8(of_low, low), _mm256_shuffle_epi8(of_high, high))
}
