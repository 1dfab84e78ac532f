//! A folder of files that is made for one test and gone after it.

use std::fs;
use std::path::{Path, PathBuf};

use emptor::{Folder, Problem, read_folder};

/// The tenant that most folders need.
pub(crate) const TENANT: (&str, &str) = ("tenant.yaml", "tenant: acme\ncurrency: EUR\ntime_zone: Europe/Berlin\n");

/// A folder with files.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes a folder of its own for the test `name`.
    pub(crate) fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        let scratch = Self(path);
        for (file, text) in files {
            scratch.write(file, text.as_bytes());
        }
        scratch
    }

    pub(crate) fn write(&self, file: &str, bytes: &[u8]) {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn read(&self) -> Folder {
        read_folder(&self.0).unwrap_or_else(|problems| panic!("{}", shown(&problems)))
    }

    /// What is wrong, one problem a line, without help.
    pub(crate) fn problems(&self) -> Vec<String> {
        let problems = read_folder(&self.0).map(|_| ()).unwrap_err();
        problems.into_iter().map(|problem| Problem { help: None, ..problem }.to_string()).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Problems as they are shown.
pub(crate) fn shown(problems: &[Problem]) -> String {
    problems.iter().map(|problem| problem.to_string() + "\n").collect()
}
