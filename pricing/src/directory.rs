//! Where the entry of a sku stands among those of a version, found without reading entries that are for others.

use std::sync::Arc;

use crate::table::number;

/// The places of the entries of a version's skus.
#[derive(Debug, Clone)]
pub(crate) enum Directory {
    /// Every sku has one entry at most: a bit for each sku of the book, 32 of them with the place of the first's.
    Bits(Arc<[Block]>),
    /// Where the entries begin of the skus with the same highest bits; one more at the end.
    Runs {
        begins: Arc<[u32]>,
        /// How many bits of a sku are not among these.
        shift: u32,
    },
}

/// Which of 32 skus have an entry, and how many before them have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    bits: u32,
    before: u32,
}

/// Where to look for the entry of a sku.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whereabouts {
    /// It stands here.
    At(u32),
    /// It is one from here up to there, if there is one.
    Within(u32, u32),
}

impl Directory {
    /// The directory of skus that ascend, in a book of `all`.
    pub(crate) fn new(skus: &[u32], all: usize) -> Self {
        let is_one_each = skus.iter().zip(skus.iter().skip(1)).all(|(left, right)| left < right);
        // As many bytes as the runs would take, at most.
        if is_one_each && all <= skus.len().saturating_mul(16) { Self::bits(skus, all) } else { Self::runs(skus, all) }
    }

    fn bits(skus: &[u32], all: usize) -> Self {
        let mut blocks = Vec::with_capacity(all.div_ceil(32));
        let mut rest = skus;
        let mut before = 0;
        for block in 0..number(all.div_ceil(32)) {
            let (own, later) = rest.split_at(rest.partition_point(|sku| sku >> 5 == block));
            let bits = own.iter().fold(0, |bits, sku| bits | bit_of(*sku));
            blocks.push(Block { bits, before });
            before = before.saturating_add(number(own.len()));
            rest = later;
        }
        Self::Bits(blocks.into())
    }

    fn runs(skus: &[u32], all: usize) -> Self {
        // About as many runs as entries: a look-up meets one or two.
        let runs = skus.len().max(1).next_power_of_two();
        let shift = all.max(1).next_power_of_two().ilog2().saturating_sub(runs.ilog2()).min(31);
        let mut begins = Vec::with_capacity(runs.saturating_add(1));
        let mut place = 0_usize;
        for run in 0..=number(runs) {
            let before = |sku: &&u32| sku.wrapping_shr(shift) < run;
            place = place.saturating_add(skus.get(place..).unwrap_or(&[]).iter().take_while(before).count());
            begins.push(number(place));
        }
        Self::Runs { begins: begins.into(), shift }
    }

    /// Where to look for the entry of a sku; `None`: it has none.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn find(&self, sku: u32) -> Option<Whereabouts> {
        match self {
            Self::Bits(blocks) => {
                let Block { bits, before } = *blocks.get((sku >> 5) as usize)?;
                let bit = bit_of(sku);
                if bits & bit == 0 {
                    return None;
                }
                let earlier = bits & bit.wrapping_sub(1);
                Some(Whereabouts::At(before.wrapping_add(earlier.count_ones())))
            }
            Self::Runs { begins, shift } => {
                let &[start, end] = begins.get(sku.wrapping_shr(*shift) as usize..)?.first_chunk::<2>()?;
                Some(Whereabouts::Within(start, end))
            }
        }
    }
}

impl Default for Directory {
    fn default() -> Self {
        Self::Bits(Arc::default())
    }
}

#[inline]
fn bit_of(sku: u32) -> u32 {
    1_u32.wrapping_shl(sku & 31)
}

#[cfg(test)]
mod tests {
    use super::{Directory, Whereabouts};

    /// What a directory leads to, among the skus it was made of.
    fn place(directory: &Directory, skus: &[u32], sku: u32) -> Option<usize> {
        match directory.find(sku)? {
            Whereabouts::At(place) => Some(place as usize),
            Whereabouts::Within(start, end) => {
                let run = &skus[start as usize..end as usize];
                run.iter().position(|other| *other == sku).map(|place| place + start as usize)
            }
        }
    }

    #[test]
    fn every_sku_is_found_where_it_stands_and_no_other() {
        let every = |step: usize, all: u32| (0..all).step_by(step).collect::<Vec<u32>>();
        for (skus, all) in [
            (vec![], 0),
            (vec![], 100),
            (every(1, 1000), 1000),
            (every(3, 1000), 1000),
            (every(97, 1000), 1000),
            (every(1000, 100_000), 100_000),
            (vec![31, 32, 63, 64, 95], 96),
            (vec![5, 5, 5, 7], 8),
            (vec![999], 1000),
        ] {
            let directory = Directory::new(&skus, all);
            for sku in 0..u32::try_from(all + 100).unwrap() {
                let expected = skus.iter().position(|other| *other == sku);
                assert_eq!(place(&directory, &skus, sku), expected, "{sku} of {all}: {directory:?}");
            }
        }
    }

    #[test]
    fn a_bit_for_every_sku_is_kept_where_it_takes_no_more_room() {
        assert!(matches!(Directory::new(&[0], 16), Directory::Bits(_)));
        assert!(matches!(Directory::new(&[0], 17), Directory::Runs { .. }));
        assert!(matches!(Directory::new(&[0, 0], 2), Directory::Runs { .. }), "a sku with two entries");
    }
}
