//! Files that a user names: read with a limit, and with words for what is wrong.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::failure::Failure;

/// The bytes of a file, of at most `megabytes_max`.
pub(crate) fn bytes(path: &Path, megabytes_max: u64) -> Result<Vec<u8>, Failure> {
    let bytes_max = megabytes_max.saturating_mul(1 << 20);
    if path.is_dir() {
        return Err(Failure::of(path, "a folder, not a file; name the file in it"));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map(|file| file.take(bytes_max.saturating_add(1)));
    file.and_then(|mut file| file.read_to_end(&mut bytes)).map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > bytes_max {
        return Err(Failure::of(path, format_args!("larger than {megabytes_max} MB; split it")));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    Ok(bytes)
}

/// The text of a file, of at most `megabytes_max`.
pub(crate) fn text(path: &Path, megabytes_max: u64) -> Result<String, Failure> {
    let at = |valid: &[u8], what: &str| {
        let line = valid.split(|&byte| byte == b'\n').count();
        Failure::Message(format!("{}:{line}: {what}; save it as UTF-8 text", path.display()))
    };
    let text = String::from_utf8(bytes(path, megabytes_max)?).map_err(|error| {
        let valid = error.as_bytes().get(..error.utf8_error().valid_up_to());
        at(valid.unwrap_or_default(), "not text in UTF-8")
    })?;
    match text.split_once('\0') {
        None => Ok(text),
        Some((before, _)) => Err(at(before.as_bytes(), "not text: it has a NUL byte")),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound => Failure::of(path, "there is no such file; look at its name and folder"),
        kind => Failure::of(path, format_args!("cannot be read: {kind}; look at its permissions")),
    }
}
