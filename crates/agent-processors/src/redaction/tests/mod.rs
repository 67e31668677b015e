mod golden;
mod patterns;
mod surfaces;

use super::Redaction;

testkit::record_processor_contract!(Redaction, include_str!("../README.md"));
