//! `featuregate`: which gates exist and which are on.

use std::fmt::Write as _;

use engine::gates::Gates;

use crate::{cli::Request, loader::Loader};

pub(super) fn perform(request: &Request, id: Option<&str>) -> Result<(), String> {
    let gates = Loader::new(request)?.gates;
    let text = match id {
        None => table(&gates),
        Some(id) => {
            let gate = Gates::find(id).ok_or_else(|| format!("feature {id:?} not found"))?;
            format!(
                "Feature: {}\nEnabled: {}\nStage: {}\nDescription: {}\nFrom Version: \nTo Version: \n",
                gate.id,
                gates.is_enabled(gate.id),
                gate.stage.name(),
                gate.description
            )
        }
    };
    super::print(&text)
}

fn table(gates: &Gates) -> String {
    let width = gates.iter().map(|(gate, _)| gate.id.len()).max().unwrap_or_default();
    let mut text = format!("{:width$}  Enabled  Stage   Description\n", "ID");
    for (gate, is_enabled) in gates.iter() {
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{:width$}  {is_enabled:<7}  {:<6}  {}",
            gate.id,
            gate.stage.name(),
            gate.description
        );
    }
    text
}
