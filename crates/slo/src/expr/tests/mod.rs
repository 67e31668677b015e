mod errors;
mod properties;
mod values;

use super::Expr;
use crate::Grain;

fn run(text: &str) -> Expr {
    Expr::parse(text, Grain::Run).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn model(text: &str) -> Expr {
    Expr::parse(text, Grain::ModelCall).unwrap_or_else(|error| panic!("{text}: {error}"))
}
