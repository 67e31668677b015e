//! The actions on attributes that `attributes` and `resource` share.

mod action;
mod config;
mod constant;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    action::Actions,
    config::{ActionConfig, problems_of},
    constant::Constant,
};
