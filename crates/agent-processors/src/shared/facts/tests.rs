//! Facts that are remembered are the facts themselves.

use std::cell::Cell;

use slo::{Fact, Facts, Field};

use super::Once;

/// Answers with the length of the key, and counts how often it is asked.
#[derive(Default)]
struct Asked(Cell<usize>);

impl Facts for Asked {
    fn field(&self, _: Field) -> Fact<'_> {
        Fact::Int(-1)
    }

    fn attribute(&self, key: &str) -> Fact<'_> {
        self.0.set(self.0.get() + 1);
        if key.is_empty() { Fact::Missing } else { Fact::Int(key.len() as i64) }
    }
}

#[test]
fn an_attribute_is_looked_up_once_even_where_it_is_missing() {
    let asked = Asked::default();
    let keys = ["service.name", "gen_ai.agent.name", ""].map(str::to_owned);
    let once = Once::new(&asked, &keys);
    for _ in 0..3 {
        assert_eq!(once.attribute("service.name"), Fact::Int(12));
        assert_eq!(once.attribute("gen_ai.agent.name"), Fact::Int(17));
        assert_eq!(once.attribute(""), Fact::Missing);
    }
    assert_eq!(asked.0.get(), 3);
    assert_eq!(once.field(Field::Cost), Fact::Int(-1));
}

#[test]
fn a_key_that_no_objective_names_is_answered_all_the_same() {
    let asked = Asked::default();
    let once = Once::new(&asked, &[]);
    assert_eq!(once.attribute("gen_ai.agent.name"), Fact::Int(17));
    assert_eq!(once.attribute("gen_ai.agent.name"), Fact::Int(17));
    assert_eq!(asked.0.get(), 2);
}
