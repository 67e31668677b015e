use proptest::prelude::*;

use super::Period;

#[test]
fn periods_are_read_and_written() {
    for (text, seconds, written) in [
        ("28d", 2_419_200, "28d"),
        ("4w", 2_419_200, "28d"),
        ("24h", 86_400, "1d"),
        ("36h", 129_600, "36h"),
        ("1h20m", 4_800, "80m"),
        ("90s", 90, "90s"),
    ] {
        let period = Period::parse(text).unwrap();
        assert_eq!((period.as_seconds(), period.to_string().as_str()), (seconds, written));
    }
}

#[test]
fn what_has_no_one_length_is_refused() {
    for text in ["", "0d", "5", "5M", "1y", "1m1h", "1h1h", "-1d", "1.5h", "d", "99999999d", "1é"]
    {
        assert_eq!(Period::parse(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(seconds in 1_u32..) {
        let period = Period::seconds(seconds);
        prop_assert_eq!(Period::parse(&period.to_string()), Some(period));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        let _ = Period::parse(&text);
    }
}
