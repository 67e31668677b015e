//! What arrives twice, late, elsewhere or never: state machines without a clock. Times are
//! durations since any fixed start, given by who asks.

mod close;
mod join;
mod owner;
mod seen;
#[cfg(test)]
mod tests;

pub(crate) use self::seen::mix;
pub use self::{
    close::{Closing, Lifetime, Reason},
    join::{Evaluations, Joined},
    owner::owner,
    seen::{Marks, Seen, Thing},
};
