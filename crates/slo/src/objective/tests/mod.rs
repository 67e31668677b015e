mod faults;
mod judging;
mod reading;

use super::{Faults, Set};

fn read(text: &str) -> (Set, Faults) {
    Set::read(&config::parse(text, "slo.yaml").unwrap(), &[])
}

/// A file without faults.
fn set(text: &str) -> Set {
    let (set, faults) = read(text);
    assert!(faults.is_empty(), "{faults}");
    set
}

/// The faults of one objective whose settings are written on one line.
fn faults(objective: &str) -> String {
    read(&format!("objectives:\n- {{{objective}}}")).1.to_string()
}
