//! What each dialect calls things.
mod field;
pub use self::field::{Field, FieldSet};
