//! Attribute values as they are met in the wild.
