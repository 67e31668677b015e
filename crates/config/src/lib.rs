//! Collector YAML: text becomes a tree with positions, references are filled in after parsing,
//! and the tree becomes typed settings with the collector's own error texts.
//!
//! This crate knows no component and no runtime. Facts about the Go collector are cited as C§n
//! (the compatibility contract of this project).
//!
//! Read in this order:
//! 1. [`value`]: the tree, [`Value`] and [`Pos`].
//! 2. [`yaml`]: text to tree, with the scalar rules of the collector's YAML library.
//! 3. [`provider`] and [`resolve`]: locations to one merged, expanded tree.
//! 4. [`decode()`]: tree to a serde type, over its defaults, collecting every fault.
//! 5. [`types`] and [`id`]: durations, secrets, optional sections, component ids.
//! 6. [`emit`] and [`problems`]: printing a config and reporting what is wrong with it.

mod encode;
mod error;
mod suggest;

pub mod decode;
pub mod emit;
pub mod id;
pub mod limits;
pub mod problems;
pub mod provider;
pub mod resolve;
pub mod types;
pub mod value;
pub mod yaml;

pub use self::decode::{DecodeError, DecodeErrors, Shape, decode, decode_onto, shape};
pub use self::emit::{to_json, to_yaml};
pub use self::encode::{Mode, to_value};
pub use self::error::Error;
pub use self::id::{Id, IdError, PipelineId, Signal};
pub use self::problems::{Problem, Problems};
pub use self::provider::{
    EnvProvider, FileProvider, HttpProvider, Provider, Retrieved, Severity, Warning, YamlProvider,
};
pub use self::resolve::{Resolved, Resolver};
pub use self::suggest::suggest;
pub use self::types::{Duration, MapList, Opaque, Optional, Squash, StringList};
pub use self::value::{Key, Kind, Map, Pos, Value};
pub use self::yaml::parse;

/// The examples of the README are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
