//! What holds for every file by itself: how it opens, what it is called, how long it is, what it must not say.

use crate::tree::File;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 5] = ["utils", "helpers", "common", "manager", "types"];
const CODE_LINES_MAX: usize = 500;
/// Paths of one machine, and notes that belong into an issue. In two pieces each, or this file would be a finding.
const WORDS: [&str; 4] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("TO", "DO"), concat!("FIX", "ME")];

/// Rust files whose first line is not module documentation.
pub(crate) fn without_opening(files: &[File]) -> Vec<String> {
    let missing = files.iter().filter(|file| file.is_rust() && !file.text.starts_with("//!"));
    missing.map(|file| format!("{}: does not open with `//!`; say what the file is for", file.path)).collect()
}

/// Rust files, or folders of them, with a name from [`EMPTY_NAMES`].
pub(crate) fn with_empty_names(files: &[File]) -> Vec<String> {
    let is_empty = |part: &str| EMPTY_NAMES.contains(&part.strip_suffix(".rs").unwrap_or(part));
    let named = files.iter().filter(|file| file.is_rust() && file.path.split('/').any(is_empty));
    named.map(|file| format!("{}: the name says nothing; call it by what is inside", file.path)).collect()
}

/// Rust files with more lines of code than [`CODE_LINES_MAX`]. Tests may be as long as they need to be.
pub(crate) fn too_long(files: &[File]) -> Vec<String> {
    let is_test = |file: &File| file.path.ends_with("/tests.rs") || file.path.split('/').any(|part| part == "tests");
    let sources = files.iter().filter(|file| file.is_rust() && !is_test(file));
    let long = sources.map(|file| (file, code_lines(&file.text))).filter(|(_, lines)| *lines > CODE_LINES_MAX);
    long.map(|(file, lines)| {
        format!("{}: {lines} lines of code, at most {CODE_LINES_MAX}; part it by responsibility", file.path)
    })
    .collect()
}

/// Lines with a path of one machine or a note to oneself, in any file of text.
pub(crate) fn with_words_that_stay_here(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            for word in WORDS.iter().filter(|word| line.contains(*word)) {
                findings.push(format!("{}:{}: has `{word}`; take it out", file.path, index + 1));
            }
        }
    }
    findings
}

/// Lines that are neither blank nor comment, up to the module of unit tests.
fn code_lines(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let starts_tests =
        |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{');
    let end = lines.windows(2).position(starts_tests).unwrap_or(lines.len());
    let is_code = |line: &&&str| !line.trim_start().is_empty() && !line.trim_start().starts_with("//");
    lines[..end].iter().filter(is_code).count()
}

#[cfg(test)]
mod tests {
    use super::{code_lines, too_long, with_empty_names, with_words_that_stay_here, without_opening};
    use crate::tree::File;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_file_without_an_opening_is_found() {
        let files = [
            file("core/src/money.rs", "//! Money.\n"),
            file("core/src/unit.rs", "use std::fmt;\n"),
            file("README.md", "Emptor"),
        ];
        assert_eq!(without_opening(&files), ["core/src/unit.rs: does not open with `//!`; say what the file is for"]);
    }

    #[test]
    fn an_empty_name_is_found_as_file_and_as_folder() {
        let files = ["core/src/utils.rs", "core/src/common/mod.rs", "core/src/money_types.rs", "docs/types.md"];
        assert_eq!(
            with_empty_names(&files.map(|path| file(path, ""))),
            [
                "core/src/utils.rs: the name says nothing; call it by what is inside",
                "core/src/common/mod.rs: the name says nothing; call it by what is inside",
            ]
        );
    }

    #[test]
    fn a_long_file_is_found_unless_it_is_a_test() {
        let long = "let a = 1;\n".repeat(501);
        let paths = ["pricing/src/tier.rs", "pricing/tests/it.rs", "pricing/src/tests.rs"];
        let mut files: Vec<File> = paths.iter().map(|path| file(path, &long)).collect();
        files.push(file("pricing/src/book.rs", &"let a = 1;\n\n// why\n".repeat(500)));
        assert_eq!(
            too_long(&files),
            ["pricing/src/tier.rs: 501 lines of code, at most 500; part it by responsibility"]
        );
    }

    #[test]
    fn only_a_module_of_tests_ends_the_count() {
        let check = |text: &str, expected: usize| assert_eq!(code_lines(text), expected, "{text}");
        check("//! A.\n\nfn a() {}\n    // why\n", 1);
        check("fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n", 1);
        check("#[cfg(test)]\nuse std::fmt;\nfn a() {}\n", 3);
        check("#[cfg(test)]\nmod tests;\nfn a() {}\n", 3);
        check("", 0);
    }

    #[test]
    fn machine_paths_and_notes_to_oneself_are_found_with_their_line() {
        let text = format!("fine\nsee {}main\n// {}: later\ntodo = \"warn\"\n", super::WORDS[0], super::WORDS[2]);
        let findings = with_words_that_stay_here(&[file("a.md", &text), file("b.md", "the network/ is fine")]);
        let expected = [
            format!("a.md:2: has `{}`; take it out", super::WORDS[0]),
            format!("a.md:3: has `{}`; take it out", super::WORDS[2]),
        ];
        assert_eq!(findings, expected);
    }
}
