//! Every bound of this crate, in one place. Real configs stay far below them; they exist so that a
//! hostile or broken document ends in an error and not in an exhausted process.

/// The largest document a provider may return, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 10 * 1024 * 1024;

/// The deepest nesting of lists and maps, in the text and after expansion.
pub const DEPTH_MAX: usize = 128;

/// The most nodes one document may have, counting each alias as the nodes it stands for.
pub const NODES_MAX: usize = 500_000;

/// How often one value may be expanded again because its result holds references (C§2.1).
pub const EXPANSION_ROUNDS_MAX: usize = 1000;

/// The most references one resolution may retrieve.
pub const RETRIEVALS_MAX: usize = 20_000;

/// The most nodes all references of one resolution may bring in together.
pub const EXPANDED_NODES_MAX: usize = 2_000_000;

/// The longest string an expansion may produce, and what all expanded strings of one resolution may
/// add up to, in bytes.
pub const EXPANDED_BYTES_MAX: usize = 64 * 1024 * 1024;
