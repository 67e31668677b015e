#![doc = include_str!("../README.md")]

mod bytes;
mod checksum;
mod classes;
mod context;
mod engine;
mod entity;
mod fold;
#[doc(hidden)]
pub mod fuzzing;
mod names;
mod national;
mod number;
mod operate;
mod places;
mod policy;
mod punct;
mod token;

pub use self::{
    engine::{Changed, Count, Engine, Explanation, Finding, Kind, Proof, View},
    entity::{Entity, Group, Locale, Tier},
    names::Gazetteer,
    operate::{RevealError, reveal},
    policy::{
        CUSTOM_RULES_MAX, Context, CustomRule, FieldClass, KEY_BYTES_MIN, Key, Operator, Policy,
        PolicyError, Rule,
    },
};
