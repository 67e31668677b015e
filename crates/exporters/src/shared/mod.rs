//! What the two OTLP exporters have in common: answers and errors.

mod answer;
mod endpoint;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    answer::{error_of, partial_success, partial_success_of},
    endpoint::{host_and_port, user_agent},
};
