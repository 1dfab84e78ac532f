//! Names as small integers: found by a hash table with fixed seeds, looked up and never iterated.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use ahash::RandomState;

/// How many slots are looked at for a name.
const PROBES_MAX: usize = 32;

/// A slot of the table: the number of a name, and the hash that tells most others from it without reading their text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot {
    id: u32,
    hash: u32,
}

const FREE: Slot = Slot { id: u32::MAX, hash: 0 };

/// A set of names, each known by the order in which it was first seen. That order never decides anything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    text: String,
    ends: Vec<u32>,
    table: Vec<Slot>,
    /// Those whose slots others had taken: names are strangers', who can choose them so.
    crowded: BTreeMap<String, u32>,
}

impl Names {
    /// The number of `name`, if it is known.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.find_hashed(name, hash(name))
    }

    /// [`Self::find`] for names that mostly come in the order of their numbers: looks at `before` and the next first.
    pub(crate) fn find_after(&self, before: u32, name: &str) -> Option<u32> {
        let near = [before.saturating_add(1), before].into_iter().find(|&id| self.text(id) == name);
        // What was never given has an empty text; no name has.
        near.filter(|_| !name.is_empty()).or_else(|| self.find(name))
    }

    /// The name of a number; empty for one that was never given.
    pub(crate) fn text(&self, id: u32) -> &str {
        self.range(id).and_then(|range| self.text.get(range)).unwrap_or("")
    }

    /// [`Self::text`], without a look at where characters begin.
    fn bytes(&self, id: u32) -> Option<&[u8]> {
        self.text.as_bytes().get(self.range(id)?)
    }

    fn range(&self, id: u32) -> Option<Range<usize>> {
        let before = id.checked_sub(1).and_then(|before| self.ends.get(before as usize)).copied().unwrap_or(0);
        Some(before as usize..*self.ends.get(id as usize)? as usize)
    }

    /// The number of `name`, which is new if the name is. Text beyond 4 GiB is not taken in.
    pub(crate) fn add(&mut self, name: &str) -> u32 {
        let hash = hash(name);
        if let Some(id) = self.find_hashed(name, hash) {
            return id;
        }
        if self.ends.len().saturating_mul(8) >= self.table.len().saturating_mul(7) {
            self.grow();
        }
        let id = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.text.push_str(name);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.place(Slot { id, hash });
        id
    }

    /// Makes room for so many more names.
    pub(crate) fn reserve(&mut self, more: usize) {
        let all = self.ends.len().saturating_add(more);
        // One more than 8 / 7 of them, so that the table does not grow at the last.
        let size = all.saturating_add(all.div_ceil(7)).saturating_add(1).next_power_of_two();
        if size > self.table.len() {
            self.resize(size);
        }
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    fn find_hashed(&self, name: &str, hash: u32) -> Option<u32> {
        let mask = self.table.len().checked_sub(1)?;
        let mut place = hash as usize & mask;
        for _ in 0..PROBES_MAX {
            match self.table.get(place).copied().unwrap_or(FREE) {
                FREE => return None,
                slot if slot.hash == hash && self.bytes(slot.id) == Some(name.as_bytes()) => return Some(slot.id),
                _ => place = place.wrapping_add(1) & mask,
            }
        }
        self.crowded.get(name).copied()
    }

    fn grow(&mut self) {
        self.resize(self.ends.len().saturating_add(4).saturating_mul(2).next_power_of_two());
    }

    fn resize(&mut self, size: usize) {
        let taken = std::mem::replace(&mut self.table, vec![FREE; size]);
        let crowded = std::mem::take(&mut self.crowded);
        taken.into_iter().filter(|slot| *slot != FREE).for_each(|slot| self.place(slot));
        for (name, id) in crowded {
            self.place(Slot { id, hash: hash(&name) });
        }
    }

    /// Puts a name into the first free slot that a look-up of it meets.
    fn place(&mut self, slot: Slot) {
        let Some(mask) = self.table.len().checked_sub(1) else { return };
        let places = (0..PROBES_MAX).map(|probe| (slot.hash as usize).wrapping_add(probe) & mask);
        let free = places.into_iter().find(|&place| self.table.get(place) == Some(&FREE));
        match free.and_then(|place| self.table.get_mut(place)) {
            Some(free) => *free = slot,
            None => _ = self.crowded.insert(self.text(slot.id).to_owned(), slot.id),
        }
    }
}

/// The same in every run, so that all that is done is. Whoever writes names that collide by it meets [`PROBES_MAX`].
fn hash(name: &str) -> u32 {
    const SEEDED: RandomState = RandomState::with_seeds(1, 2, 3, 4);
    let mut hasher = SEEDED.build_hasher();
    hasher.write(name.as_bytes());
    u32::try_from(hasher.finish() & u64::from(u32::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Names, PROBES_MAX, hash};

    #[test]
    fn room_for_names_is_made_once() {
        for count in [0, 1, 6, 7, 8, 14, 56, 1000] {
            let mut names = Names::default();
            names.reserve(count);
            let size = names.table.len();
            (0..count).for_each(|index| _ = names.add(&index.to_string()));
            assert_eq!(names.table.len(), size, "{count}");
            assert_eq!(names.find(&count.to_string()), None);
        }
    }

    #[test]
    fn names_that_collide_are_found() {
        // All of one slot, as long as the table has no more than 1,024.
        let colliding: Vec<String> =
            (0..).map(|number| format!("n{number}")).filter(|name| hash(name) % 1024 == 7).take(400).collect();
        let (known, unknown) = colliding.split_at(399);
        let mut names = Names::default();
        for (name, id) in known.iter().zip(0..) {
            assert_eq!((names.find(name), names.add(name), names.add(name)), (None, id, id));
            let all = known.iter().zip(0..=id).all(|(name, id)| names.find(name) == Some(id));
            assert!(all && names.find(&unknown[0]).is_none(), "{id}");
        }
        assert_eq!(names.crowded.len(), known.len() - PROBES_MAX);
        names.reserve(100_000);
        assert!(names.crowded.is_empty() && known.iter().zip(0..).all(|(name, id)| names.find(name) == Some(id)));
    }

    #[test]
    fn a_name_keeps_its_number() {
        let mut names = Names::default();
        assert_eq!(names.find("a"), None);
        let ids: Vec<u32> = (0..1000).map(|index| names.add(&format!("name-{index}"))).collect();
        for (index, id) in ids.iter().enumerate() {
            let name = format!("name-{index}");
            assert_eq!((names.find(&name), names.text(*id)), (Some(*id), name.as_str()));
            assert_eq!(names.add(&name), *id);
            assert_eq!([*id, id + 1, u32::MAX].map(|before| names.find_after(before, &name)), [Some(*id); 3]);
        }
        assert_eq!((names.find("name-1000"), names.len()), (None, 1000));
        assert_eq!((names.find_after(999, "name-1000"), names.find_after(999, "")), (None, None));
    }
}
