use super::*;
use crate::wire;

fn nest(depth: usize, number: u32, innermost: &[u8]) -> Vec<u8> {
    (0..depth).fold(innermost.to_vec(), |content, _| {
        let mut out = Vec::new();
        wire::put_len(&mut out, number, &content);
        out
    })
}

fn span(fields: &[u8]) -> Bytes {
    let scope = nest(1, 2, fields);
    nest(1, 1, &nest(1, 2, &scope)).into()
}
