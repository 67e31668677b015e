//! Usage as the providers themselves report it.
/// Usage.
#[derive(Clone, Copy, Debug)]
pub struct RawUsage;
/// Shape.
#[derive(Clone, Copy, Debug)]
pub enum Shape {}
