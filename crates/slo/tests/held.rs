//! The table of the README that says which test holds what: every one of them is there.

use std::{fs, path::Path};

#[test]
fn every_test_of_the_table_is_there() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(here.join("README.md")).unwrap();
    let (_, table) = readme.split_once("| What | Where | Test |").unwrap();
    let mut count = 0;
    let mut laws = Vec::new();
    for row in table.lines().skip(2).take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let [_, what, file, test, _] = cells.as_slice() else { panic!("{row}") };
        let text = fs::read_to_string(here.join("../..").join(file)).unwrap();
        assert!(text.contains(&format!("fn {test}(")), "no {test} in {file}");
        let numbers = what.split(&[' ', ',', ':']).filter_map(|word| word.strip_prefix('P'));
        laws.extend(numbers.filter_map(|number| number.parse::<u8>().ok()));
        count += 1;
    }
    assert!(count >= 30, "{count} rows");
    assert!((1..=16).all(|law| laws.contains(&law)), "{laws:?}");
}
