//! Sharing an amount of the order over its lines (R10).

use emptor_core::{ApportionMode, ShareRest, apportion};

/// Shares `total` by weights, in whole units; where the weights sum to zero, equally.
///
/// With caps (for a total below zero), no share is below minus its cap: what is beyond is shared anew over the others. The
/// caps together are at least the total.
pub(crate) fn share(total: i128, weights: &[u128], caps: Option<&[i128]>, rest: ShareRest) -> Vec<i128> {
    let mode = match rest {
        ShareRest::LargestRemainder => ApportionMode::LargestRemainder,
        ShareRest::FirstLines => ApportionMode::FirstLines,
        ShareRest::LastLine => ApportionMode::LastLine,
    };
    let mut shares = vec![0_i128; weights.len()];
    let mut active: Vec<usize> = (0..weights.len()).collect();
    let mut left = total;
    loop {
        let round = shares_of(left, &active, weights, caps, mode);
        let over = |index: usize, share: i128| {
            let cap = caps.and_then(|caps| caps.get(index)).copied();
            cap.filter(|&cap| share < cap.saturating_neg())
        };
        let mut stays = Vec::new();
        let mut capped = false;
        for (&index, &part) in active.iter().zip(&round) {
            let Some(slot) = shares.get_mut(index) else { continue };
            match over(index, part) {
                Some(cap) => {
                    *slot = cap.saturating_neg();
                    left = left.saturating_add(cap);
                    capped = true;
                }
                None => {
                    *slot = part;
                    stays.push(index);
                }
            }
        }
        if !capped || stays.is_empty() {
            return shares;
        }
        active = stays;
    }
}

fn shares_of(total: i128, active: &[usize], weights: &[u128], caps: Option<&[i128]>, mode: ApportionMode) -> Vec<i128> {
    let own: Vec<u128> = active.iter().map(|&index| weights.get(index).copied().unwrap_or(0)).collect();
    if own.iter().any(|&weight| weight > 0) {
        return apportion(total, &own, mode).unwrap_or_else(|_| vec![0; active.len()]);
    }
    let has_room = |index: usize| caps.is_none_or(|caps| caps.get(index).is_some_and(|&cap| cap > 0));
    let with_room: Vec<bool> = active.iter().map(|&index| has_room(index)).collect();
    let count = with_room.iter().filter(|&&room| room).count();
    let equal = vec![1_u128; count];
    let mut parts = apportion(total, &equal, mode).unwrap_or_default().into_iter();
    with_room.into_iter().map(|room| if room { parts.next().unwrap_or(0) } else { 0 }).collect()
}

#[cfg(test)]
mod tests {
    use emptor_core::ShareRest;

    use super::share;

    #[test]
    fn what_a_line_cannot_take_the_others_do() {
        let check = |total, weights: &[u128], caps: Option<&[i128]>, expected: &[i128]| {
            assert_eq!(share(total, weights, caps, ShareRest::LargestRemainder), expected);
        };
        check(-10, &[1, 1], None, &[-5, -5]);
        check(-10, &[1, 1], Some(&[3, 20]), &[-3, -7]);
        // The second round overflows the second line, too.
        check(-10, &[6, 3, 1], Some(&[2, 4, 9]), &[-2, -4, -4]);
        check(7, &[0, 0, 0], None, &[3, 2, 2]);
        // Nothing to share by: equally over those with room.
        check(-4, &[0, 0, 0], Some(&[0, 9, 9]), &[0, -2, -2]);
        check(-6, &[5, 0, 0], Some(&[2, 9, 9]), &[-2, -2, -2]);
        check(0, &[1, 1], Some(&[0, 0]), &[0, 0]);
    }
}
