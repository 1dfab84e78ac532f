//! Any text is read as documents or refused with a code: as one JSON value, as a request, or as a folder of files.
#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use emptor::{Problem, read_documents_json, read_folder, read_request_json};
use libfuzzer_sys::fuzz_target;

/// Documents that name the CSV files beside them.
const LIST: &str = "price_list: l\ncurrency: EUR\nentries: prices.csv\n";
const CATALOG: &str = "catalog: c\nproducts: products.csv\n";

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, rest)) = bytes.split_first() else { return };
    match first % 6 {
        0 => as_text(rest, |text| told(read_documents_json(text))),
        1 => as_text(rest, |text| told(read_request_json(text))),
        2 => in_folder(&[("a.yaml", rest)]),
        3 => in_folder(&[("a.json", rest)]),
        4 => in_folder(&[("list.yaml", LIST.as_bytes()), ("prices.csv", rest)]),
        _ => in_folder(&[("catalog.yaml", CATALOG.as_bytes()), ("products.csv", rest)]),
    }
});

fn as_text(bytes: &[u8], read: impl Fn(&str)) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        read(text);
    }
}

/// Every refusal can be told.
fn told<T>(read: Result<T, Vec<Problem>>) {
    if let Err(problems) = read {
        assert!(!problems.is_empty());
        assert!(problems.iter().all(|problem| !problem.to_string().is_empty()));
    }
}

/// Files are read from a folder of this process's, in memory where the system has such a place.
fn in_folder(files: &[(&str, &[u8])]) {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let memory = PathBuf::from("/dev/shm");
        let place = if memory.is_dir() { memory } else { std::env::temp_dir() };
        place.join(format!("emptor-fuzz-{}", std::process::id()))
    });
    fs::create_dir_all(folder).expect("a folder for the files");
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).expect("a file");
    }
    told(read_folder(folder));
    fs::remove_dir_all(folder).expect("the folder goes again");
}
