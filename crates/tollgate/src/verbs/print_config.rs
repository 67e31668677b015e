//! `print-config`: the config with every default, after merging and expansion.

use ::config::{Mode, to_json, to_yaml};

use crate::{cli::Request, loader::Loader};

pub(super) fn perform(
    request: &Request,
    format: &str,
    mode: &str,
    validate: bool,
) -> Result<(), String> {
    let mode = match mode {
        "redacted" => Mode::Redacted,
        "unredacted" => Mode::Unredacted,
        other => {
            return Err(format!("invalid mode {other:?}: modes are: redacted, unredacted"));
        }
    };
    let print = match format {
        "yaml" => to_yaml,
        "json" => to_json,
        other => return Err(format!("unrecognized print format: {other}")),
    };
    let loader = Loader::new(request)?;
    let settings = loader.decode()?;
    if validate {
        loader.validate(&settings).map_err(|error| format!("invalid configuration: {error}"))?;
    }
    super::print(&format!("{}\n", print(&settings.to_value(mode)?)))
}
