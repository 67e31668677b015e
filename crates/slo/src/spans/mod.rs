//! Facts that come from how spans lie to each other: whose call a call is, and how long somebody
//! was waited for.

mod calls;
#[cfg(test)]
mod tests;
mod waits;

pub use self::{
    calls::{Calls, Kind, Node, calls},
    waits::Waits,
};
