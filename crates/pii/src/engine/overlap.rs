//! Findings that overlap become one.

use super::Finding;
use crate::entity::{Entity, Group, Tier};

/// Sorts the findings and leaves none that overlap.
///
/// Of two that overlap the one of the stronger type stays, and grows over the other where that one
/// sticks out, so nothing found is left standing.
pub(super) fn resolve(found: &mut Vec<Finding>) {
    found.retain(|finding| finding.start < finding.end);
    found.sort_by_key(|finding| (finding.start, std::cmp::Reverse(finding.end)));
    let mut kept = 0usize;
    for at in 0..found.len() {
        let Some(next) = found.get(at).copied() else { continue };
        let last = kept.checked_sub(1).and_then(|last: usize| found.get_mut(last));
        if let Some(last) = last.filter(|last| next.start < last.end) {
            let mut stronger = if rank(&next) < rank(last) { next } else { *last };
            stronger.start = last.start.min(next.start);
            stronger.end = last.end.max(next.end);
            *last = stronger;
        } else {
            if let Some(place) = found.get_mut(kept) {
                *place = next;
            }
            kept += 1;
        }
    }
    found.truncate(kept);
}

/// Smaller is stronger.
fn rank(finding: &Finding) -> (bool, u8, Tier, std::cmp::Reverse<usize>) {
    let Some(entity) = finding.entity() else {
        return (false, 0, Tier::A, std::cmp::Reverse(finding.len()));
    };
    let is_vague = matches!(
        entity,
        Entity::GenericSecret
            | Entity::EncodedSecret
            | Entity::UrlSecret
            | Entity::AuthHeader
            | Entity::Password
    );
    let group: Group = entity.group();
    (
        is_vague && finding.tier != Tier::A,
        group as u8,
        finding.tier,
        std::cmp::Reverse(finding.len()),
    )
}
