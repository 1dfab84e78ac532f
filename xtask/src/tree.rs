//! The files of the repository, as data: paths from the root with `/`, and text.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of text.
pub(crate) struct File {
    /// From the repository's root, parted by `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|extension| extension == "rs")
    }
}

/// What is made, not written: the same folders as in `.gitignore`. Build folders tell themselves by cargo's mark.
const NOT_OURS: [&str; 4] = [".git", "benches/peers/node/node_modules", "fuzz/corpus", "fuzz/artifacts"];
const BUILD_FOLDER_MARK: &str = "CACHEDIR.TAG";

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

/// Every file of text below the root, in the order of their paths.
pub(crate) fn read() -> Result<Vec<File>, String> {
    let root = root();
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))? {
            let path = entry.map_err(|error| unreadable(&folder, &error))?.path();
            let name = from_root(&root, &path);
            let kind = fs::symlink_metadata(&path).map_err(|error| unreadable(&path, &error))?.file_type();
            // In a worktree of git's, `.git` is a file.
            if NOT_OURS.contains(&name.as_str()) {
                continue;
            }
            if kind.is_dir() && !path.join(BUILD_FOLDER_MARK).exists() {
                folders.push(path);
            } else if kind.is_file() {
                let bytes = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
                // What is not UTF-8 is not text, and no rule here speaks of it.
                files.extend(String::from_utf8(bytes).ok().map(|text| File { path: name, text }));
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn from_root(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    format!("could not read `{}`: {error}", path.display())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_has_our_sources_and_nothing_that_was_built() {
        let files = super::read().expect("the repository can be read");
        let has = |path: &str| files.iter().any(|file| file.path == path);
        assert!(has("Cargo.toml") && has("xtask/src/tree.rs") && has("pricing/SEMANTICS.md"));
        assert!(!files.iter().any(|file| file.path.starts_with(".git/") || file.path.starts_with("target/")));
        assert!(files.is_sorted_by(|a, b| a.path < b.path));
    }
}
