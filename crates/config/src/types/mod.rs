//! Types for settings that serde alone cannot read the way the collector does.
//!
//! Each serialises and deserialises with any serde format. [`crate::decode()`] knows them by the
//! name of a newtype and then adds what a plain format cannot carry: hidden defaults, secrets, and
//! the collector's error texts.

mod duration;
mod map_list;
mod opaque;
mod optional;
mod squash;
mod string_list;

pub(crate) use self::duration::DURATION;
pub use self::duration::{Duration, DurationError};
pub(crate) use self::map_list::MAP_LIST;
pub use self::map_list::MapList;
pub(crate) use self::opaque::OPAQUE;
pub use self::opaque::Opaque;
pub use self::optional::Optional;
pub(crate) use self::optional::{Flavour, OPTIONAL};
pub(crate) use self::squash::SQUASH;
pub use self::squash::Squash;
pub(crate) use self::string_list::STRING_LIST;
pub use self::string_list::StringList;
