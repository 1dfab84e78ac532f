//! Every rule of `pricing/SEMANTICS.md` has a folder of conformance cases, and no folder is for a rule that is not there.

use std::collections::BTreeSet;

use crate::tree::File;

/// Whether a rule without a case fails the task. Until the cases are written it is a warning.
pub(crate) const REQUIRED: bool = true;

const SEMANTICS: &str = "pricing/SEMANTICS.md";
const CASES: [&str; 2] = ["pricing/conformance/good/", "pricing/conformance/bad/"];

pub(crate) fn findings(files: &[File]) -> Vec<String> {
    let Some(semantics) = files.iter().find(|file| file.path == SEMANTICS) else {
        return vec![format!("{SEMANTICS}: is missing")];
    };
    let rules: BTreeSet<u32> = semantics.text.lines().filter_map(rule_of_heading).collect();
    let mut covered = BTreeSet::new();
    let mut findings = Vec::new();
    // Folders are known by their files: an empty one is no case, and git does not keep it.
    let cases = files.iter().filter_map(|file| CASES.iter().find_map(|folder| file.path.strip_prefix(folder)));
    let folders: BTreeSet<&str> = cases.filter_map(|case| case.split_once('/')).map(|(folder, _)| folder).collect();
    for folder in folders {
        match rule_of_folder(folder) {
            Some(rule) if rules.contains(&rule) => {
                covered.insert(rule);
            }
            Some(rule) => {
                findings.push(format!("pricing/conformance: `{folder}` is for R{rule}, which is not in {SEMANTICS}"));
            }
            None => findings.push(format!("pricing/conformance: `{folder}` is not called `rNN-words`; rename it")),
        }
    }
    for rule in rules.difference(&covered) {
        findings.push(format!("{SEMANTICS}: R{rule} has no case; add one in pricing/conformance/good/r{rule:02}-*"));
    }
    findings
}

/// `## R3 Which price` is 3.
fn rule_of_heading(line: &str) -> Option<u32> {
    line.strip_prefix("## R")?.split(' ').next()?.parse().ok()
}

/// `r03-which-price` is 3.
fn rule_of_folder(folder: &str) -> Option<u32> {
    let (number, words) = folder.strip_prefix('r')?.split_once('-')?;
    if number.len() == 2 && !words.is_empty() { number.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::findings;
    use crate::tree::File;

    fn check(headings: &str, paths: &[&str], expected: &[&str]) {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let mut files = vec![file("pricing/SEMANTICS.md", headings)];
        files.extend(paths.iter().map(|path| file(path, "")));
        assert_eq!(findings(&files), expected);
    }

    #[test]
    fn a_rule_without_a_case_is_found() {
        let headings = "# Title\n## R0 Numbers\ntext\n## R10 Apportioning\n### R11 is no heading of a rule\n";
        let missing = "pricing/SEMANTICS.md: R10 has no case; add one in pricing/conformance/good/r10-*";
        check(headings, &["pricing/conformance/good/r00-numbers/half-up.yaml"], &[missing]);
        let both =
            ["pricing/conformance/good/r00-numbers/half-up.yaml", "pricing/conformance/bad/r10-apportioning/sum.yaml"];
        check(headings, &both, &[]);
    }

    #[test]
    fn a_folder_of_no_rule_is_found() {
        check(
            "## R0 Numbers\n",
            &[
                "pricing/conformance/README.md",
                "pricing/conformance/good/r00-numbers/a.yaml",
                "pricing/conformance/good/r07-procedure/a.yaml",
                "pricing/conformance/good/r1/a.yaml",
            ],
            &[
                "pricing/conformance: `r07-procedure` is for R7, which is not in pricing/SEMANTICS.md",
                "pricing/conformance: `r1` is not called `rNN-words`; rename it",
            ],
        );
    }

    #[test]
    fn without_the_semantics_nothing_can_be_asked() {
        assert_eq!(findings(&[]), ["pricing/SEMANTICS.md: is missing"]);
    }
}
