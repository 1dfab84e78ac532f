//! The book that a user names: its folder, read and compiled, with problems under paths that can be opened.

use std::path::Path;

use emptor::core::{Instant, When};
use emptor::{Book, Folder, Problem, read_folder};

/// Reads and compiles a folder as recorded by `known_at`; without it, with everything in the folder.
///
/// # Errors
/// All that is wrong, each with its code, file and line.
pub(crate) fn load(dir: &Path, known_at: Option<When>) -> Result<(Folder, Book), Vec<Problem>> {
    let folder = read(dir)?;
    let known_at = known_at.map_or(Instant::MAX, |when| when.instant(folder.documents.tenant.time_zone));
    let book = compile(dir, &folder, known_at)?;
    Ok((folder, book))
}

/// Reads a folder.
///
/// # Errors
/// All that is wrong, each with its code, file and line.
pub(crate) fn read(dir: &Path) -> Result<Folder, Vec<Problem>> {
    read_folder(dir).map_err(|problems| placed(dir, problems))
}

/// Compiles a folder that was read, as recorded by `known_at`.
///
/// # Errors
/// All that is wrong, each with its code, file and line.
pub(crate) fn compile(dir: &Path, folder: &Folder, known_at: Instant) -> Result<Book, Vec<Problem>> {
    Book::compile(folder, known_at).map_err(|problems| placed(dir, problems))
}

/// What may not be what was meant, under paths that can be opened.
pub(crate) fn warnings(dir: &Path, book: &Book) -> Vec<Problem> {
    book.warnings().iter().map(|problem| under(dir, problem.clone())).collect()
}

fn placed(dir: &Path, problems: Vec<Problem>) -> Vec<Problem> {
    problems.into_iter().map(|problem| under(dir, problem)).collect()
}

/// The problem with its file's path as seen from here; one without a file is the folder's.
fn under(dir: &Path, problem: Problem) -> Problem {
    let whole = dir.to_string_lossy();
    let file = match &problem.file {
        Some(file) if *file == whole => whole.into_owned(),
        Some(file) => dir.join(file).to_string_lossy().into_owned(),
        None => whole.into_owned(),
    };
    Problem { file: Some(file), ..problem }
}
