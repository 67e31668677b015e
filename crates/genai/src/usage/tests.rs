//! What counts include: every way of reporting comes back to the same.

use proptest::prelude::*;

use super::*;

const PLAIN: Inclusion = Inclusion {
    input_without_cache: false,
    output_without_reasoning: false,
    input_without_tool_use: false,
};

fn report(input: u64, output: u64, total: Option<u64>) -> Reported {
    Reported {
        usage: Usage { input: Some(input), output: Some(output), total, ..Usage::default() },
        tool_use: None,
    }
}

#[test]
fn parts_larger_than_their_whole_stand_apart() {
    let mut reported = report(5, 20, None);
    reported.usage.cache_read = Some(1000);
    reported.usage.cache_write = Some(200);
    reported.usage.reasoning = Some(30);
    let (usage, accounting) = reported.settle(PLAIN);
    assert_eq!((usage.input, usage.output), (Some(1205), Some(50)));
    assert_eq!(accounting, Accounting::Verified);
}

#[test]
fn where_the_numbers_allow_both_the_table_decides() {
    let mut reported = report(5000, 20, None);
    reported.usage.cache_read = Some(1000);
    let (usage, accounting) = reported.settle(PLAIN);
    assert_eq!((usage.input, accounting), (Some(5000), Accounting::Assumed));
    let apart = Inclusion { input_without_cache: true, ..PLAIN };
    let (usage, accounting) = reported.settle(apart);
    assert_eq!((usage.input, accounting), (Some(6000), Accounting::Assumed));
}

#[test]
fn a_total_below_its_parts_is_no_evidence() {
    let mut reported = report(100, 20, Some(50));
    reported.usage.cache_read = Some(10);
    assert_eq!(reported.settle(PLAIN).0.input, Some(100));
}

#[test]
fn reasoning_that_only_the_total_knows_is_found() {
    let apart = Inclusion { output_without_reasoning: true, ..PLAIN };
    let (usage, accounting) = report(100, 20, Some(150)).settle(apart);
    assert_eq!((usage.output, usage.reasoning), (Some(50), Some(30)));
    assert_eq!(accounting, Accounting::Verified);
    let (usage, accounting) = report(100, 20, None).settle(apart);
    assert_eq!((usage.output, accounting), (Some(20), Accounting::Assumed));
}

#[test]
fn gaps_are_filled_with_what_fits() {
    let mut usage = Usage { input: Some(100), cache_read: Some(0), ..Usage::default() };
    let other = Usage {
        input: Some(5000),
        output: Some(7),
        cache_read: Some(60),
        cache_write: Some(4000),
        reasoning: Some(3),
        ..Usage::default()
    };
    usage.fill(&other);
    assert_eq!((usage.input, usage.output), (Some(100), Some(7)));
    assert_eq!((usage.cache_read, usage.cache_write), (Some(0), None));
    assert_eq!(usage.reasoning, Some(3));
}

prop_compose! {
    /// A call as it really was: input with cache, output with reasoning.
    fn any_truth()(
        fresh in 0u64..1 << 30, read in 0u64..1 << 30, write in 0u64..1 << 30,
        plain in 0u64..1 << 30, reasoning in 0u64..1 << 30,
    ) -> Usage {
        Usage {
            input: Some(fresh + read + write),
            output: Some(plain + reasoning),
            cache_read: Some(read),
            cache_write: Some(write),
            reasoning: Some(reasoning),
            ..Usage::default()
        }
    }
}

proptest! {
    #[test]
    fn every_way_of_reporting_comes_back_to_the_truth(
        truth in any_truth(), input_apart: bool, output_apart: bool, with_total: bool,
    ) {
        let of = |count: Option<u64>| count.unwrap_or(0);
        let mut usage = truth;
        if input_apart {
            usage.input = Some(of(truth.input) - of(truth.cache_read) - of(truth.cache_write));
        }
        if output_apart {
            usage.output = Some(of(truth.output) - of(truth.reasoning));
        }
        usage.total = with_total.then(|| of(truth.input) + of(truth.output));
        let rule = Inclusion {
            input_without_cache: input_apart,
            output_without_reasoning: output_apart,
            input_without_tool_use: false,
        };
        let (found, _) = Reported { usage, tool_use: None }.settle(rule);
        prop_assert_eq!(Usage { total: None, ..found }, truth);
        // A total that adds up in one way only corrects a wrong table.
        let cache = of(truth.cache_read) + of(truth.cache_write);
        if with_total && cache > 0 && of(truth.reasoning) > 0 && cache != of(truth.reasoning) {
            let wrong = Inclusion {
                input_without_cache: !input_apart,
                output_without_reasoning: !output_apart,
                input_without_tool_use: false,
            };
            let (found, accounting) = Reported { usage, tool_use: None }.settle(wrong);
            prop_assert_eq!(Usage { total: None, ..found }, truth);
            prop_assert_eq!(accounting, Accounting::Verified);
        }
    }

    #[test]
    fn no_counts_overflow(counts in prop::array::uniform6(any::<Option<u64>>()), rule: [bool; 3]) {
        let [input, output, cache_read, cache_write, reasoning, total] = counts;
        let usage = Usage {
            input, output, cache_read, cache_write, reasoning, total, ..Usage::default()
        };
        let rule = Inclusion {
            input_without_cache: rule[0],
            output_without_reasoning: rule[1],
            input_without_tool_use: rule[2],
        };
        let (found, _) = Reported { usage, tool_use: input }.settle(rule);
        prop_assert_eq!(found.input.is_some(), input.is_some());
        prop_assert!(found.input >= input && found.output >= output);
    }
}

proptest! {
    /// What lets reading skip the rules for most records.
    #[test]
    fn without_parts_and_total_only_hidden_reasoning_leaves_anything_to_assume(
        input in prop::option::of(any::<u32>()),
        output in prop::option::of(any::<u32>()),
        flags in any::<[bool; 2]>(),
    ) {
        let [input_without_cache, input_without_tool_use] = flags;
        let rule = Inclusion { input_without_cache, input_without_tool_use, ..PLAIN };
        let (input, output) = (input.map(u64::from), output.map(u64::from));
        let usage = Usage { input, output, ..Usage::default() };
        let reported = Reported { usage, tool_use: None };
        prop_assert_eq!(reported.settle(rule), (usage, Accounting::Verified));
    }
}
