//! `graph`: the pipelines as a picture.

use crate::{
    cli::{GraphFormat, Request},
    loader::Loader,
};

pub(super) fn perform(request: &Request, format: GraphFormat) -> Result<(), String> {
    let settings = Loader::new(request)?.load()?;
    let plan = engine::plan::plan(&settings)
        .map_err(|faults| format!("failed to build pipelines: {faults}"))?;
    super::print(&match format {
        GraphFormat::Text => plan.to_text(),
        GraphFormat::Mermaid => plan.to_mermaid(),
    })
}
