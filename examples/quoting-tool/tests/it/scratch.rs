//! A folder that is made for one test, and the tool run on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// The bundled example.
pub(crate) const WHOLESALE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../wholesale");

/// A small book: one product by the piece and box, one by the metre.
pub(crate) const BOOK: [(&str, &str); 4] = [
    ("book/tenant.yaml", "tenant: acme\ncurrency: EUR\ntime_zone: Europe/Berlin\n"),
    ("book/organizations.yaml", "organization: contoso\nname: Contoso AG\n---\norganization: fabrikam\n"),
    (
        "book/catalog.yaml",
        "catalog: main\nproducts:\n  - { sku: BOLT, name: Bolt M8, unit: pc, conversions: [1 box = 200 pc] }\n  - { sku: CABLE, name: Cable, unit: m }\n",
    ),
    (
        "book/list.yaml",
        "price_list: list\ncurrency: EUR\nentries:\n  - { sku: BOLT, per: 100 pc, tiers: [[0, 9.80], [1000, 8.40]] }\n  - sku: CABLE\n    mode: graduated\n    tiers: [[0, 1.25], [100, 1.10]]\n",
    ),
];

/// A folder with files.
pub(crate) struct Scratch(PathBuf);

/// What the tool said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Scratch {
    /// Makes a folder of its own.
    pub(crate) fn new(name: &str, files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{process}-{count}"));
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

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).unwrap()
    }

    /// Runs the tool in the folder; arguments are parted by spaces.
    pub(crate) fn run(&self, arguments: &str) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quoting-tool"));
        let output = command.args(arguments.split_whitespace()).current_dir(&self.0).output().unwrap();
        Said::of(output)
    }
}

impl Said {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// What was printed, of a run in which nothing was wrong.
    pub(crate) fn fine(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{}", self.out);
        self.out
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
