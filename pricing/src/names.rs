//! Names as small integers: found by a hash table with a fixed seed, looked up and never iterated.

use std::hash::{DefaultHasher, Hasher};

/// The place of a free slot in the table.
const FREE: u32 = u32::MAX;

/// A set of names, each known by the order in which it was first seen. That order never decides anything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    text: String,
    ends: Vec<u32>,
    table: Vec<u32>,
}

impl Names {
    /// The number of `name`, if it is known.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        let mask = self.table.len().checked_sub(1)?;
        let mut slot = hash(name) & mask;
        loop {
            match self.table.get(slot).copied().unwrap_or(FREE) {
                FREE => return None,
                id if self.text(id) == name => return Some(id),
                _ => slot = slot.wrapping_add(1) & mask,
            }
        }
    }

    /// The name of a number; empty for one that was never given.
    pub(crate) fn text(&self, id: u32) -> &str {
        let index = id as usize;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0) as usize;
        let end = self.ends.get(index).copied().unwrap_or(0) as usize;
        self.text.get(start..end).unwrap_or("")
    }

    /// The number of `name`, which is new if the name is. Text beyond 4 GiB is not taken in.
    pub(crate) fn add(&mut self, name: &str) -> u32 {
        if let Some(id) = self.find(name) {
            return id;
        }
        if self.ends.len().saturating_mul(8) >= self.table.len().saturating_mul(7) {
            self.grow();
        }
        let id = u32::try_from(self.ends.len()).unwrap_or(FREE);
        self.text.push_str(name);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.place(id);
        id
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    fn grow(&mut self) {
        let size = self.ends.len().saturating_add(4).saturating_mul(2).next_power_of_two();
        self.table = vec![FREE; size];
        (0..u32::try_from(self.ends.len()).unwrap_or(0)).for_each(|id| self.place(id));
    }

    fn place(&mut self, id: u32) {
        let Some(mask) = self.table.len().checked_sub(1) else { return };
        let mut slot = hash(self.text(id)) & mask;
        // INVARIANT (room): the table is never full, so a free slot is met.
        while self.table.get(slot).is_some_and(|&taken| taken != FREE) {
            slot = slot.wrapping_add(1) & mask;
        }
        if let Some(free) = self.table.get_mut(slot) {
            *free = id;
        }
    }
}

/// The standard hasher without a random key: the same numbers in the same order in every run.
fn hash(name: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    hasher.write(name.as_bytes());
    usize::try_from(hasher.finish() & u64::from(u32::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn a_name_keeps_its_number() {
        let mut names = Names::default();
        assert_eq!(names.find("a"), None);
        let ids: Vec<u32> = (0..1000).map(|index| names.add(&format!("name-{index}"))).collect();
        for (index, id) in ids.iter().enumerate() {
            let name = format!("name-{index}");
            assert_eq!((names.find(&name), names.text(*id)), (Some(*id), name.as_str()));
            assert_eq!(names.add(&name), *id);
        }
        assert_eq!((names.find("name-1000"), names.len()), (None, 1000));
    }
}
