//! How much memory the process may have, how much it has, and a limit that is watched.
//!
//! Read in this order: [`available`] (cgroups, the machine), [`used`] (the allocator), [`Settings`] (what
//! users write for both forms of `memory_limiter`), [`Limiter`] (whether it is too much).

mod available;
mod limiter;
mod settings;
mod used;

pub use self::{
    available::available,
    limiter::{Change, Limiter, watch},
    settings::{Limits, Settings},
    used::used,
};
