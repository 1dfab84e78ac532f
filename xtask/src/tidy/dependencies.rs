//! Who may depend on whom, held from cargo's own metadata. The tables are the rule; a new crate needs a row.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::tree;

/// A crate of the workspace.
pub(crate) struct Package {
    name: String,
    /// From the repository's root.
    folder: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    requirement: String,
    /// In tests only.
    is_dev: bool,
}

/// Which of our crates one may use.
enum Uses {
    Any,
    Only(&'static [&'static str]),
}

struct Row {
    package: &'static str,
    uses: Uses,
    /// In tests, besides.
    tests_use: &'static [&'static str],
}

/// Edges between our crates. None runs up or sideways.
const OURS: [Row; 7] = [
    Row { package: "emptor-core", uses: Uses::Only(&[]), tests_use: &[] },
    Row { package: "emptor-pricing", uses: Uses::Only(&["emptor-core"]), tests_use: &["emptor-reference"] },
    // The judge knows the documents and nothing of the engine that it judges.
    Row { package: "emptor-reference", uses: Uses::Only(&["emptor-core"]), tests_use: &[] },
    // By itself, with the feature `cache`, which plain `cargo test` would leave out.
    Row { package: "emptor", uses: Uses::Only(&["emptor-core", "emptor-pricing"]), tests_use: &["emptor"] },
    Row { package: "quoting-tool", uses: Uses::Only(&["emptor"]), tests_use: &[] },
    Row { package: "emptor-benches", uses: Uses::Any, tests_use: &[] },
    Row { package: "xtask", uses: Uses::Only(&["emptor-core"]), tests_use: &[] },
];

/// All that these crates may use of others' (in tests they may use more).
const ALLOWED: [(&str, &[&str]); 2] = [
    ("emptor-core", &["blake3", "chrono", "chrono-tz", "rust_decimal", "schemars", "serde", "serde_json", "thiserror"]),
    ("emptor-pricing", &["ahash", "blake3", "rhai", "rust_decimal", "serde", "thiserror"]),
];

/// Families of crates, each with the one folder that may use them, in tests too.
const HOMES: [(&str, &str); 6] = [
    ("sqlx", "storage-mysql"),
    ("pyo3", "bindings/python"),
    ("napi", "bindings/node"),
    ("moka", "bindings/rust"),
    ("async-lock", "bindings/rust"),
    ("futures", "bindings/rust"),
];

/// Folders in which nothing runs by itself, not even in tests.
const WITHOUT_RUNTIME: [&str; 3] = ["core", "pricing", "inventory"];
/// Folders that leave the choice of a runtime to their users, and have one in tests only.
const RUNTIME_IN_TESTS: [&str; 1] = ["bindings/rust"];
const RUNTIME: &str = "tokio";

/// Others' tables that are part of what a price means: one exact version, or the same book prices differently.
const PINNED: [&str; 3] = ["chrono-tz", "rhai", "rust_decimal"];

/// The workspace as cargo sees it.
pub(crate) fn workspace() -> Result<Vec<Package>, String> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(tree::root())
        .output()
        .map_err(|error| format!("could not start `cargo metadata`: {error}"))?;
    if !output.status.success() {
        return Err(format!("`cargo metadata` failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    parse(&output.stdout).ok_or_else(|| "`cargo metadata` has changed its format".to_owned())
}

/// Every edge that the tables do not allow.
pub(crate) fn findings(packages: &[Package]) -> Vec<String> {
    packages
        .iter()
        .flat_map(|package| {
            [
                ours(package, packages),
                not_allowed(package),
                away_from_home(package),
                with_runtime(package),
                loose(package),
            ]
        })
        .flatten()
        .collect()
}

fn ours(package: &Package, packages: &[Package]) -> Vec<String> {
    let Some(row) = OURS.iter().find(|row| row.package == package.name) else {
        return vec![format!("{}: has no row in the table of who may use whom; give it one", package.name)];
    };
    let is_ours = |dependency: &&Dependency| packages.iter().any(|other| other.name == dependency.name);
    let may = |dependency: &Dependency| {
        let name = dependency.name.as_str();
        let always = match row.uses {
            Uses::Any => true,
            Uses::Only(names) => names.contains(&name),
        };
        always || (dependency.is_dev && row.tests_use.contains(&name))
    };
    let refused = package.dependencies.iter().filter(is_ours).filter(|dependency| !may(dependency));
    refused.map(|dependency| format!("{}: may not use `{}`", package.name, described(dependency))).collect()
}

fn not_allowed(package: &Package) -> Vec<String> {
    let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
        return Vec::new();
    };
    let is_other = |dependency: &&Dependency| !OURS.iter().any(|row| row.package == dependency.name);
    let refused = package
        .dependencies
        .iter()
        .filter(is_other)
        .filter(|dependency| !dependency.is_dev && !allowed.contains(&dependency.name.as_str()));
    refused
        .map(|dependency| format!("{}: `{}` is not on its list of allowed crates", package.name, dependency.name))
        .collect()
}

fn away_from_home(package: &Package) -> Vec<String> {
    let mut findings = Vec::new();
    for (family, home) in HOMES.iter().filter(|(_, home)| *home != package.folder) {
        for dependency in package.dependencies.iter().filter(|dependency| is_of_family(&dependency.name, family)) {
            findings.push(format!("{}: `{}` is for {home} only", package.name, described(dependency)));
        }
    }
    findings
}

fn with_runtime(package: &Package) -> Vec<String> {
    let never = WITHOUT_RUNTIME.contains(&package.folder.as_str());
    let in_tests = RUNTIME_IN_TESTS.contains(&package.folder.as_str());
    let is_refused = |dependency: &Dependency| never || (in_tests && !dependency.is_dev);
    let runtimes = package.dependencies.iter().filter(|dependency| is_of_family(&dependency.name, RUNTIME));
    let runtimes = runtimes.filter(|dependency| is_refused(dependency));
    runtimes.map(|dependency| format!("{}: `{}` has no place here", package.name, described(dependency))).collect()
}

fn loose(package: &Package) -> Vec<String> {
    let pinned = package.dependencies.iter().filter(|dependency| PINNED.contains(&dependency.name.as_str()));
    let loose = pinned.filter(|dependency| !dependency.requirement.starts_with('='));
    loose
        .map(|dependency| {
            let Dependency { name, requirement, .. } = dependency;
            format!("{}: `{name}` is asked for as `{requirement}`; pin it with `=`", package.name)
        })
        .collect()
}

/// `sqlx` and `sqlx-core` are of the family `sqlx`.
fn is_of_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn described(dependency: &Dependency) -> String {
    if dependency.is_dev { format!("{} (in tests)", dependency.name) } else { dependency.name.clone() }
}

fn parse(metadata: &[u8]) -> Option<Vec<Package>> {
    let metadata: Value = serde_json::from_slice(metadata).ok()?;
    let root = Path::new(metadata["workspace_root"].as_str()?);
    metadata["packages"].as_array()?.iter().map(|package| parse_package(package, root)).collect()
}

fn parse_package(package: &Value, root: &Path) -> Option<Package> {
    let folder = Path::new(package["manifest_path"].as_str()?).parent()?.strip_prefix(root).ok()?;
    let dependency = |dependency: &Value| {
        Some(Dependency {
            // The crate's own name, whatever the manifest renames it to.
            name: dependency["name"].as_str()?.to_owned(),
            requirement: dependency["req"].as_str()?.to_owned(),
            is_dev: dependency["kind"].as_str() == Some("dev"),
        })
    };
    Some(Package {
        name: package["name"].as_str()?.to_owned(),
        folder: folder.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"),
        dependencies: package["dependencies"].as_array()?.iter().map(dependency).collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Dependency, Package, findings, parse, workspace};

    /// A dependency as `name`, `name =1.2` or `name ^1 dev`.
    fn dependency(text: &str) -> Dependency {
        let mut words = text.split(' ');
        Dependency {
            name: words.next().unwrap_or_default().to_owned(),
            requirement: words.next().unwrap_or("^1").to_owned(),
            is_dev: words.next() == Some("dev"),
        }
    }

    /// What is found in a house of core, pricing, reference and face if `package` in `folder` has `dependencies`.
    fn check(package: &str, folder: &str, dependencies: &[&str], expected: &[&str]) {
        let house = ["emptor-core", "emptor-pricing", "emptor-reference", "emptor"];
        let others = house.into_iter().filter(|name| *name != package);
        let empty = |name: &str| Package { name: name.to_owned(), folder: String::new(), dependencies: Vec::new() };
        let mut packages: Vec<Package> = others.map(empty).collect();
        packages.push(Package {
            name: package.to_owned(),
            folder: folder.to_owned(),
            dependencies: dependencies.iter().map(|text| dependency(text)).collect(),
        });
        assert_eq!(findings(&packages), expected);
    }

    #[test]
    fn an_edge_that_runs_up_or_sideways_is_found() {
        check("emptor-pricing", "pricing", &["emptor-core", "emptor-reference ^0.1 dev"], &[]);
        check("emptor-pricing", "pricing", &["emptor-reference"], &["emptor-pricing: may not use `emptor-reference`"]);
        check("emptor-core", "core", &["emptor ^0.1 dev"], &["emptor-core: may not use `emptor (in tests)`"]);
        check(
            "emptor-reference",
            "pricing/reference",
            &["emptor-pricing"],
            &["emptor-reference: may not use `emptor-pricing`"],
        );
        check(
            "quoting-tool",
            "examples/quoting-tool",
            &["emptor", "emptor-core"],
            &["quoting-tool: may not use `emptor-core`"],
        );
        check("emptor-benches", "benches", &["emptor-reference", "emptor"], &[]);
    }

    #[test]
    fn a_crate_without_a_row_is_found() {
        let expected = "emptor-news: has no row in the table of who may use whom; give it one";
        check("emptor-news", "news", &[], &[expected]);
    }

    #[test]
    fn a_crate_that_is_not_on_the_list_is_found() {
        check("emptor-core", "core", &["serde", "proptest ^1 dev"], &[]);
        check("emptor-core", "core", &["regex"], &["emptor-core: `regex` is not on its list of allowed crates"]);
        check("emptor-pricing", "pricing", &["csv"], &["emptor-pricing: `csv` is not on its list of allowed crates"]);
        check("emptor", "bindings/rust", &["csv"], &[]);
    }

    #[test]
    fn a_crate_away_from_its_home_is_found() {
        check("emptor", "bindings/rust", &["sqlx-core"], &["emptor: `sqlx-core` is for storage-mysql only"]);
        check("emptor", "bindings/rust", &["napi ^3 dev"], &["emptor: `napi (in tests)` is for bindings/node only"]);
        check("emptor", "bindings/python", &["pyo3", "pyo3x"], &[]);
        check("emptor", "bindings/rust", &["moka", "futures-util"], &[]);
        check("emptor-benches", "benches", &["moka"], &["emptor-benches: `moka` is for bindings/rust only"]);
    }

    #[test]
    fn a_runtime_is_found_in_tests_too() {
        check(
            "emptor-pricing",
            "pricing",
            &["tokio ^1 dev"],
            &["emptor-pricing: `tokio (in tests)` has no place here"],
        );
        check("emptor", "bindings/rust", &["tokio ^1 dev", "emptor ^0.1 dev"], &[]);
        check("emptor", "bindings/rust", &["tokio"], &["emptor: `tokio` has no place here"]);
        check("emptor-benches", "benches", &["tokio"], &[]);
    }

    #[test]
    fn a_table_that_is_not_pinned_is_found() {
        check("emptor-core", "core", &["chrono-tz =0.10.4"], &[]);
        let expected = "emptor-core: `chrono-tz` is asked for as `^0.10.4`; pin it with `=`";
        check("emptor-core", "core", &["chrono-tz ^0.10.4"], &[expected]);
    }

    #[test]
    fn metadata_of_cargo_is_understood() {
        let packages = workspace().expect("cargo metadata runs here");
        let core = packages.iter().find(|package| package.name == "emptor-core").expect("core is of the workspace");
        assert_eq!(core.folder, "core");
        assert!(core.dependencies.iter().any(|dependency| dependency.name == "serde" && !dependency.is_dev));
        assert!(core.dependencies.iter().any(|dependency| dependency.name == "proptest" && dependency.is_dev));
        assert!(parse(b"{}").is_none());
    }
}
