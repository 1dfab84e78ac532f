//! `cargo xtask schema`: writes the JSON Schema of every document; `tidy` asks whether what is written is current.

use std::fs;

use crate::tree::{self, File};

const FOLDER: &str = "core/schema";

pub(crate) fn run() -> Result<(), String> {
    let folder = tree::root().join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| format!("could not create `{FOLDER}`: {error}"))?;
    let files = current()?;
    for file in &files {
        let path = tree::root().join(&file.path);
        fs::write(path, &file.text).map_err(|error| format!("could not write `{}`: {error}", file.path))?;
    }
    println!("wrote {} schemas to {FOLDER}", files.len());
    Ok(())
}

/// The schemas as they should be: pretty, keys in order, a line feed at the end.
pub(crate) fn current() -> Result<Vec<File>, String> {
    let file = |(name, schema): (&str, _)| {
        let mut value = serde_json::to_value(schema).map_err(|error| error.to_string())?;
        // Whether keys are in order by themselves depends on a feature that any crate can turn on.
        value.sort_all_objects();
        Ok(File { path: format!("{FOLDER}/{name}.json"), text: format!("{value:#}\n") })
    };
    emptor_core::schema::all().into_iter().map(file).collect()
}

/// Where the schemas in the tree are not the current ones.
pub(crate) fn findings(tree: &[File], current: &[File]) -> Vec<String> {
    let written = |path: &str| tree.iter().find(|file| file.path == path);
    let mut findings = Vec::new();
    for file in current {
        match written(&file.path) {
            None => findings.push(format!("{}: is missing; run `cargo xtask schema`", file.path)),
            Some(found) if found.text != file.text => {
                findings.push(format!("{}: is not current; run `cargo xtask schema`", file.path));
            }
            Some(_) => {}
        }
    }
    let in_folder = |file: &&File| file.path.strip_prefix(FOLDER).is_some_and(|rest| rest.starts_with('/'));
    for file in tree.iter().filter(in_folder) {
        if !current.iter().any(|schema| schema.path == file.path) {
            findings.push(format!("{}: is the schema of no document; delete it", file.path));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{current, findings};
    use crate::tree::File;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_missing_an_old_and_a_left_over_schema_are_found() {
        let current = [file("core/schema/a.json", "1\n"), file("core/schema/b.json", "2\n")];
        let tree = [file("core/schema/b.json", "1\n"), file("core/schema/c.json", "3\n"), file("core/schema.rs", "")];
        assert_eq!(
            findings(&tree, &current),
            [
                "core/schema/a.json: is missing; run `cargo xtask schema`",
                "core/schema/b.json: is not current; run `cargo xtask schema`",
                "core/schema/c.json: is the schema of no document; delete it",
            ]
        );
        assert!(findings(&current, &current).is_empty());
    }

    #[test]
    fn a_schema_is_pretty_json_with_a_line_feed_at_the_end() {
        let schemas = current().expect("schemas are JSON");
        assert!(!schemas.is_empty());
        for schema in schemas {
            assert!(schema.text.starts_with("{\n") && schema.text.ends_with("\n}\n"), "{}", schema.path);
        }
    }
}
