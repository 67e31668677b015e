use proptest::prelude::*;

use super::Ratio;

fn ratio(text: &str) -> Ratio {
    match text.split_once('/') {
        Some((num, den)) => Ratio::new(num.parse().unwrap(), den.parse().unwrap()).unwrap(),
        None => Ratio::decimal(text).unwrap(),
    }
}

#[test]
fn decimals_are_read_exactly() {
    assert_eq!(ratio("0.999"), ratio("999/1000"));
    assert_eq!(ratio("-1_000.50"), ratio("-2001/2"));
    assert_eq!(ratio(".5"), ratio("1/2"));
    for text in ["", ".", "-", "1.", "1e3", "0x1", "1.2.3", "٣", "NaN", &"9".repeat(31)] {
        assert_eq!(Ratio::decimal(text), None, "{text}");
    }
}

#[test]
fn numbers_are_printed_as_one_would_write_them() {
    assert_eq!(Ratio::ONE.minus(ratio("0.999")).unwrap().to_string(), "0.001");
    assert_eq!(ratio("14.4").times(ratio("0.001")).unwrap().to_string(), "0.0144");
    assert_eq!(ratio("14/15").to_string(), "0.9333333333333333");
    assert_eq!(ratio("-7/2").to_string(), "-3.5");
    assert_eq!(ratio("1/1000000000000").to_string(), "0.000000000001");
}

#[test]
fn what_does_not_fit_is_no_number() {
    let huge = Ratio::new(i128::MAX, 1).unwrap();
    assert_eq!(huge.plus(Ratio::ONE), None);
    assert_eq!(huge.times(Ratio::whole(2)), None);
    assert_eq!(Ratio::ONE.over(Ratio::ZERO), None);
    assert_eq!(Ratio::new(1, 0), None);
    assert_eq!(Ratio::new(i128::MIN, 1), None);
    assert!(Ratio::new(i128::MAX - 1, i128::MAX).unwrap() < Ratio::ONE);
    assert_eq!(Ratio::new(i128::MAX - 1, i128::MAX).unwrap().to_f64(), 1.0);
}

#[test]
fn rounding_goes_up_and_down_for_negatives_too() {
    assert_eq!((ratio("-3/2").ceil(), ratio("-3/2").floor()), (-1, -2));
    assert_eq!((ratio("3/2").ceil(), ratio("3/2").floor()), (2, 1));
    assert_eq!((ratio("2").ceil(), ratio("2").floor()), (2, 2));
}

fn small() -> impl Strategy<Value = Ratio> {
    (-1_000_000_i128..1_000_000, 1_i128..1_000_000)
        .prop_map(|(num, den)| Ratio::new(num, den).unwrap())
}

proptest! {
    #[test]
    fn the_laws_of_a_field_hold(a in small(), b in small(), c in small()) {
        prop_assert_eq!(a.plus(b), b.plus(a));
        prop_assert_eq!(a.plus(b).unwrap().plus(c), a.plus(b.plus(c).unwrap()));
        prop_assert_eq!(a.times(b.plus(c).unwrap()), a.times(b).unwrap().plus(a.times(c).unwrap()));
        prop_assert_eq!(a.minus(b).unwrap().plus(b), Some(a));
        if b != Ratio::ZERO {
            prop_assert_eq!(a.over(b).unwrap().times(b), Some(a));
        }
    }

    #[test]
    fn order_is_that_of_products(a in small(), b in small()) {
        let products = (a.numerator() * b.denominator()).cmp(&(b.numerator() * a.denominator()));
        prop_assert_eq!(a.cmp(&b), products);
    }

    /// A quotient of two whole `f64` is rounded once, so it is the oracle.
    #[test]
    fn the_nearest_float_is_found(num in -(1_i64 << 53)..(1_i64 << 53), den in 1..(1_i64 << 53)) {
        let exact = Ratio::new(num.into(), den.into()).unwrap();
        prop_assert_eq!(exact.to_f64(), num as f64 / den as f64);
        prop_assert_eq!(exact.to_string().parse::<f64>().unwrap(), num as f64 / den as f64);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        let _ = Ratio::decimal(&text);
    }
}
