use std::sync::Arc;

use proptest::prelude::*;

use super::{BudgetError, ByteBudget};

#[test]
fn gives_back_what_a_dropped_permit_held() {
    let budget = ByteBudget::new(100);
    let first = budget.try_take(60).unwrap();
    assert_eq!(budget.try_take(41).unwrap_err(), BudgetError::Exhausted);
    let shared = Arc::new(first);
    let other = Arc::clone(&shared);
    drop(shared);
    assert_eq!(budget.held(), 60);
    drop(other);
    assert_eq!(budget.held(), 0);
    assert_eq!(budget.try_take(100).unwrap().held(), 100);
}

#[test]
fn says_when_a_request_can_never_fit() {
    let budget = ByteBudget::new(10);
    assert_eq!(budget.try_take(11).unwrap_err(), BudgetError::NeverFits { capacity: 10 });
}

#[test]
fn an_unlimited_budget_never_refuses() {
    let budget = ByteBudget::unlimited();
    let permit = budget.try_take(usize::MAX).unwrap();
    assert_eq!((permit.held(), budget.held()), (usize::MAX, 0));
}

proptest! {
    #[test]
    fn held_is_the_sum_of_the_permits(sizes in prop::collection::vec(0_usize..80, 0..40)) {
        let budget = ByteBudget::new(400);
        let mut permits = Vec::new();
        for size in sizes {
            match budget.try_take(size) {
                Ok(permit) => permits.push(permit),
                Err(_) => if let Some(permit) = permits.first_mut() {
                    let half = permit.held() / 2;
                    permit.try_resize(half).unwrap();
                },
            }
            let sum: usize = permits.iter().map(super::BytePermit::held).sum();
            prop_assert_eq!(sum, budget.held());
            prop_assert!(sum <= 400);
        }
        drop(permits);
        prop_assert_eq!(budget.held(), 0);
    }
}
