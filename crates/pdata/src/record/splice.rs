//! A change to a run of bytes, and how runs and changes become new bytes.

/// Bytes `start..end` of some input are replaced by `new`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Splice<'a> {
    /// The first byte replaced.
    pub(crate) start: usize,
    /// The first byte after those replaced; `start` when nothing is taken away.
    pub(crate) end: usize,
    /// What stands there instead.
    pub(crate) new: &'a [u8],
}

impl<'a> Splice<'a> {
    /// The change, if it is one: what was added and then removed is none.
    #[inline]
    pub(crate) fn new(start: usize, end: usize, new: &'a [u8]) -> Option<Self> {
        (start < end || !new.is_empty()).then_some(Self { start, end, new })
    }
}

/// How long `length` bytes are after the splices.
#[inline]
pub(crate) fn spliced_len<'a>(length: usize, splices: impl Iterator<Item = Splice<'a>>) -> usize {
    splices.fold(length, |length, splice| {
        (length + splice.new.len()).saturating_sub(splice.end - splice.start)
    })
}

/// Appends `input` with `splices`, which must rise and not overlap, to `out`.
#[inline]
pub(crate) fn put_spliced<'a>(
    out: &mut Vec<u8>,
    input: &[u8],
    splices: impl Iterator<Item = Splice<'a>>,
) {
    let mut done = 0;
    for splice in splices {
        out.extend_from_slice(input.get(done..splice.start).unwrap_or_default());
        // Cuts, and the tag and length of a record, are most of them. A copy of a length known here
        // is no call.
        match splice.new {
            [] => {}
            [tag, low, high] => out.extend_from_slice(&[*tag, *low, *high]),
            new => out.extend_from_slice(new),
        }
        done = splice.end;
    }
    out.extend_from_slice(input.get(done..).unwrap_or_default());
}
