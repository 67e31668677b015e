//! OTLP JSON, both ways, driven by the schema table.
//!
//! [`decode`] turns a JSON request into the protobuf bytes another client would have sent;
//! [`encode`] writes protobuf bytes as JSON. Neither builds a tree. What is accepted and what is
//! written follows the Go collector (C§5.6). [`value_to_string`] is its `AsString` (C§8).

mod decode;
mod encode;
mod error;
mod plain;
#[cfg(test)]
mod tests;
mod text;

pub use self::{
    decode::{decode, decode_message},
    encode::{encode, encode_message},
    error::JsonError,
    plain::value_to_string,
};
