//! What punctuation begins: mail addresses at `@`, assignments at `:` and `=`, URLs at `://`.

mod assign;
mod email;
mod header;
mod url;
mod value;

pub(crate) use self::{
    assign::{assign, whole},
    email::at_sign,
};
