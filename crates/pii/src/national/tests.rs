use super::*;
use crate::entity::Entity;

/// Types of which we also ask that prefix, month or day were given out.
const STRICTER: &[Entity] = &[Entity::AbaRouting, Entity::FrNir, Entity::CzSkRc, Entity::BeNrn];

/// What python-stdnum says about the numbers in `tests/data/vectors.txt`.
#[test]
fn check_digits_agree_with_python_stdnum() {
    let vectors = include_str!("../../tests/data/vectors.txt");
    let (mut count, mut wrong) = (0, Vec::new());
    for line in vectors.lines() {
        let mut parts = line.splitn(3, ' ');
        let name = parts.next().unwrap();
        let is_valid = parts.next().unwrap() == "1";
        let number = parts.next().unwrap();
        let entity = Entity::from_name(name).unwrap();
        let stricter = STRICTER.contains(&entity) && is_valid;
        if passes(entity, number) != is_valid && !stricter {
            wrong.push(line);
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 600, "only {count} vectors");
}

fn passes(entity: Entity, number: &str) -> bool {
    let digits: Vec<u8> = number.bytes().map(|byte| byte.wrapping_sub(b'0')).collect();
    let fits = |row: &&Row| row.entity == entity && row.bare.0 >> digits.len() & 1 == 1;
    if let Some(row) = numbers().find(fits) {
        return (row.check)(&digits);
    }
    let row = patterns().find(|row| row.entity == entity && row.shape.len() == number.len());
    (row.unwrap().check)(number.as_bytes())
}

#[test]
fn every_row_belongs_to_a_country() {
    for entity in numbers().map(|row| row.entity).chain(patterns().map(|row| row.entity)) {
        assert!(entity.locale().is_some(), "{entity}");
    }
}
