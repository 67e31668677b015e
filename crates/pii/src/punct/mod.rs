//! What punctuation begins: mail addresses at `@`, assignments at `:` and `=`, elements at `>`, URLs at `://`.

mod assign;
mod columns;
mod email;
mod extent;
mod header;
mod seed;
#[cfg(test)]
mod tests;
mod url;
mod value;

pub(crate) use self::{
    assign::{assign, is_behind_key, whole},
    columns::after as columns,
    email::{at_sign, spelled},
    value::{is_code, is_placeholder, is_thing},
};
