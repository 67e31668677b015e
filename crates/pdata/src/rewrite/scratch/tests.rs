use super::*;

#[test]
fn the_memory_of_a_list_is_used_again() {
    let text = b"x".to_vec();
    let mut list = Vec::with_capacity(100);
    list.push(Splice { start: 0, end: 1, new: &text });
    let (address, capacity) = (list.as_ptr().addr(), list.capacity());
    let emptied = emptied(list);
    assert_eq!((emptied.as_ptr().addr(), emptied.capacity()), (address, capacity));
    assert!(emptied.is_empty());
}

#[test]
fn a_thread_keeps_a_bounded_amount() {
    let small = Scratch::default();
    small.arena.copy(b"abc");
    small.keep();
    assert!(SPARE.take().is_some());
    let large = Scratch::default();
    large.arena.copy(&vec![0; 3 << 20]);
    large.keep();
    assert!(SPARE.take().is_none());
    Scratch { list: Vec::with_capacity(LIST_MAX + 1), ..Scratch::default() }.keep();
    assert_eq!(SPARE.take().map(|spare| spare.list.capacity()), Some(0));
}
