use super::Nop;

testkit::receiver_contract!(Nop, include_str!("README.md"), "{}");
