//! The files of a folder: which there are, what is in them, and that none lies outside.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::problem::{Flaw, ReadCode};
use crate::tree::Spot;

/// The largest YAML or JSON file.
pub(crate) const DOCUMENT_BYTES_MAX: u64 = 64 << 20;
/// The largest CSV file.
pub(crate) const TABLE_BYTES_MAX: u64 = 1 << 30;

/// Requests, not documents, live in folders of this name.
const REQUESTS_FOLDER: &str = "rfq";

/// A folder with its links resolved. Files in it are named by their relative path, with `/` between its parts.
#[derive(Debug)]
pub(crate) struct Root {
    path: PathBuf,
}

impl Root {
    pub(crate) fn open(dir: &Path) -> Result<Self, Flaw> {
        let path = dir.canonicalize().map_err(|error| unreadable(&error))?;
        if path.is_dir() {
            return Ok(Self { path });
        }
        let flaw = Flaw::of_file(ReadCode::FileUnreadable, "not a folder");
        Err(flaw.with_help("name the folder that the documents are in"))
    }

    /// The YAML and JSON files, in the order of their names, and what cannot be looked into.
    pub(crate) fn documents(&self) -> (Vec<String>, Vec<(String, Flaw)>) {
        let (mut files, mut flaws, mut folders) = (Vec::new(), Vec::new(), vec![String::new()]);
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(self.path.join(&folder)).and_then(Iterator::collect::<io::Result<Vec<_>>>);
            let entries = match entries {
                Ok(entries) => entries,
                Err(error) => {
                    flaws.push((folder, unreadable(&error)));
                    continue;
                }
            };
            for entry in entries {
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.starts_with('.') {
                    continue;
                }
                let relative = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                match self.role(&entry, &name) {
                    Role::Document => files.push(relative),
                    Role::Folder => folders.push(relative),
                    Role::Outside => flaws.push((relative, outside())),
                    Role::Other => {}
                }
            }
        }
        files.sort();
        flaws.sort_by(|(left, _), (right, _)| left.cmp(right));
        (files, flaws)
    }

    fn role(&self, entry: &fs::DirEntry, name: &str) -> Role {
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        if fs::metadata(entry.path()).is_ok_and(|meta| meta.is_dir()) {
            return match entry.path().canonicalize() {
                _ if name == REQUESTS_FOLDER => Role::Other,
                Ok(_) if !is_link => Role::Folder,
                // What a link within the folder leads to is read where it is, once.
                Ok(path) if path.starts_with(&self.path) => Role::Other,
                _ => Role::Outside,
            };
        }
        let extension = Path::new(name).extension().unwrap_or_default();
        let is_document = ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known));
        if is_document { Role::Document } else { Role::Other }
    }

    /// The text of a file, without a byte order mark.
    pub(crate) fn read(&self, file: &str, bytes_max: u64) -> Result<String, Flaw> {
        let path = self.path.join(file).canonicalize().map_err(|error| unreadable(&error))?;
        if !path.starts_with(&self.path) {
            return Err(outside());
        }
        // A pipe or device would be waited for, so it is not even opened.
        if !fs::metadata(&path).is_ok_and(|meta| meta.is_file()) {
            return Err(Flaw::of_file(ReadCode::FileUnreadable, "not a regular file"));
        }
        let mut bytes = Vec::new();
        let limited = File::open(&path).map(|file| file.take(bytes_max.saturating_add(1)));
        limited.and_then(|mut file| file.read_to_end(&mut bytes)).map_err(|error| unreadable(&error))?;
        if bytes.len() as u64 > bytes_max {
            let flaw = Flaw::of_file(ReadCode::DocumentTooLarge, format!("larger than {} MB", bytes_max >> 20));
            return Err(flaw.with_help("split it, or move its rows into CSV files"));
        }
        text(bytes)
    }

    /// The file that is meant where `file` names another, relative to its own folder.
    pub(crate) fn beside(file: &str, named: &str) -> Result<String, Flaw> {
        let has_drive = named.chars().nth(1) == Some(':');
        if named.starts_with(['/', '\\']) || has_drive || Path::new(named).is_absolute() {
            return Err(outside());
        }
        let mut parts: Vec<&str> = file.split('/').collect();
        parts.pop();
        for part in named.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop().ok_or_else(outside)?;
                }
                name => parts.push(name),
            }
        }
        Ok(parts.join("/"))
    }
}

enum Role {
    Document,
    Folder,
    Outside,
    Other,
}

fn text(mut bytes: Vec<u8>) -> Result<String, Flaw> {
    let help = "save it as UTF-8 text";
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Flaw::new(ReadCode::DocumentSyntax, Spot::START, "UTF-16 text, not UTF-8").with_help(help));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    let found = |bytes: &[u8], message| {
        let line = u32::try_from(bytes.split(|&byte| byte == b'\n').count()).unwrap_or(u32::MAX);
        Flaw::of_row(ReadCode::DocumentSyntax, line, message).with_help(help)
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().get(..error.utf8_error().valid_up_to());
        found(valid.unwrap_or_default(), "not text in UTF-8")
    })?;
    match text.split_once('\0') {
        None => Ok(text),
        Some((before, _)) => Err(found(before.as_bytes(), "not text: it has a NUL byte")),
    }
}

fn unreadable(error: &io::Error) -> Flaw {
    match error.kind() {
        io::ErrorKind::NotFound => {
            Flaw::of_file(ReadCode::FileUnreadable, "there is no such file").with_help("look at its name and folder")
        }
        kind => Flaw::of_file(ReadCode::FileUnreadable, format!("cannot be read: {kind}")),
    }
}

fn outside() -> Flaw {
    let flaw = Flaw::of_file(ReadCode::FileOutside, "leads out of the book's folder");
    flaw.with_help("put the file into the folder, and name it by its relative path")
}

#[cfg(test)]
mod tests {
    use super::{Root, text};

    #[test]
    fn a_named_file_stays_in_the_folder() {
        let beside = |file, named| Root::beside(file, named).map_err(|flaw| flaw.code.code());
        assert_eq!(beside("a/b/list.yaml", "x.csv"), Ok("a/b/x.csv".to_owned()));
        assert_eq!(beside("a/b/list.yaml", "./../../x.csv"), Ok("x.csv".to_owned()));
        for named in ["../../../x.csv", "/etc/passwd", "\\x", "c:\\x.csv", "x/../../../../a/b/x.csv"] {
            assert_eq!(beside("a/b/list.yaml", named), Err("file.outside"), "{named}");
        }
    }

    #[test]
    fn what_is_no_text_says_why() {
        let said = |bytes: &[u8]| text(bytes.to_vec()).map_err(|flaw| flaw.into_problem(None, None).to_string());
        assert_eq!(said(b"\xef\xbb\xbfa\n"), Ok("a\n".to_owned()));
        for (bytes, words) in [
            (b"a\n\xff\xfe".as_slice(), "2: not text in UTF-8"),
            (b"\xff\xfea\0", "1:1: UTF-16 text"),
            (b"a\0", "1: not text: it has a NUL byte"),
        ] {
            assert!(said(bytes).unwrap_err().contains(words), "{bytes:?}");
        }
    }
}
