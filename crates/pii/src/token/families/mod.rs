//! Secrets with prefixes, by what they open: one row for each shape.

mod ai;
mod cloud;
mod code;
mod dotted;
mod saas;

use super::prefix::Secret;

/// Every family. Of rows that share a prefix the earlier one is tried first.
pub(super) fn all() -> impl Iterator<Item = &'static Secret> {
    [ai::SECRETS, cloud::SECRETS, code::SECRETS, saas::SECRETS, dotted::SECRETS]
        .into_iter()
        .flatten()
}
