//! What the fuzz targets do, so that ordinary tests do the same. Not part of the API.

#[cfg(test)]
mod tests;

use crate::{
    Budget, Expr, Grain, Known, Set, Truth, openslo,
    rules::{Dialect, Options, rules},
};

/// Reads `input` as a condition of every grain; what is read is printed, read again, folded and
/// evaluated.
///
/// # Panics
///
/// When what was read contradicts itself.
pub fn read_any_condition(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    for grain in Grain::ALL {
        let Ok(expr) = Expr::parse(text, grain) else { continue };
        let printed = expr.to_string();
        assert!(Expr::parse(&printed, grain).is_ok_and(|again| again == expr), "{printed}");
        let nothing = Known::new();
        let (now, early) = (expr.truth(&nothing), expr.truth_early(&nothing));
        assert!(early == Truth::Unknown || early == now, "{printed}");
        let constant = expr.constancy();
        let opposite = constant.map(|constant| if constant { Truth::False } else { Truth::True });
        assert!(opposite != Some(now), "{printed}");
    }
}

/// Reads `input` as a file of objectives; what is fine makes rules that are YAML.
///
/// # Panics
///
/// When rules are made that cannot be read.
pub fn read_any_file(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let Ok(value) = config::parse(text, "fuzz") else { return };
    let (set, faults) = Set::read(&value, &[]);
    if faults.has_errors() {
        return;
    }
    for dialect in Dialect::ALL {
        let text = rules(&set, Options::of(dialect)).to_string();
        assert!(config::parse(&text, "rules").is_ok(), "{text}");
    }
    let exported = config::to_yaml(&openslo::export(&set));
    let (_, faults) = openslo::import(&exported, "openslo");
    assert!(!faults.has_errors(), "{faults}\n{exported}");
}

/// Reads `input` as OpenSLO and as a snapshot of a budget.
pub fn read_anything(input: &[u8]) {
    let _ = Budget::from_bytes(input);
    let Ok(text) = str::from_utf8(input) else { return };
    let (value, _) = openslo::import(text, "fuzz");
    let _ = Set::read(&value, &[]);
}
