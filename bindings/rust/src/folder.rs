//! A tenant's book in a folder: YAML and JSON documents, with price rows and products also in CSV files.

use std::path::Path;
use std::sync::Arc;

use emptor_core::{
    Adjustment, BookTest, Catalog, Contract, DocumentKind, Documents, Entry, FxTable, IndexTable, OrderRule,
    Organization, Place, PriceList, Product, Script, TaxTable, Tenant,
};
use serde::de::DeserializeOwned;

use crate::csv_table::Read;
use crate::files::{DOCUMENT_BYTES_MAX, Root, TABLE_BYTES_MAX};
use crate::place::Places;
use crate::problem::{Flaw, Problem, ReadCode};
use crate::tree::{Kind, Node};
use crate::{csv_prices, csv_products, de, json, nearest, yaml};

/// What a folder holds.
#[derive(Debug, Clone)]
pub struct Folder {
    /// The documents, in the order of their files' names.
    pub documents: Documents,
    /// Where each was written.
    pub places: Places,
}

/// Reads every `*.yaml`, `*.yml` and `*.json` file in and below a folder, and the CSV files they name.
///
/// Files and folders whose name starts with `.` are passed over, and so are folders named `rfq`, where requests live.
/// Where a price list has a text as its `entries`, or a catalog as its `products`, the text names a CSV file.
///
/// # Errors
/// The first problem of each document, and of each row of a CSV file, of all files.
///
/// # Example
/// ```no_run
/// match emptor::read_folder("examples/wholesale".as_ref()) {
///     Ok(folder) => println!("{} price lists", folder.documents.price_lists.len()),
///     Err(problems) => problems.iter().for_each(|problem| eprintln!("{problem}")),
/// }
/// ```
pub fn read_folder(dir: &Path) -> Result<Folder, Vec<Problem>> {
    let root = Root::open(dir).map_err(|flaw| vec![flaw.into_problem(Some(&dir.to_string_lossy()), None)])?;
    let (files, flaws) = root.documents();
    let mut reading = Reading::new(root);
    for (file, flaw) in flaws {
        reading.refuse(flaw, &file, None);
    }
    for file in files {
        reading.file(&file.into());
    }
    reading.finish()
}

/// What was read so far.
struct Reading {
    root: Root,
    tenant: Option<Tenant>,
    organizations: Vec<Organization>,
    catalogs: Vec<Catalog>,
    price_lists: Vec<PriceList>,
    contracts: Vec<Contract>,
    fx_tables: Vec<FxTable>,
    adjustments: Vec<Adjustment>,
    order_rules: Vec<OrderRule>,
    tax_tables: Vec<TaxTable>,
    index_tables: Vec<IndexTable>,
    scripts: Vec<Script>,
    tests: Vec<BookTest>,
    places: Places,
    problems: Vec<Problem>,
    /// Whether something that is no readable document could have been the tenant.
    may_miss_tenant: bool,
}

/// A document under way: its file, what it is, and its nodes.
struct Draft<'f> {
    file: &'f Arc<str>,
    root: Place,
    node: Node,
}

impl Reading {
    fn new(root: Root) -> Self {
        Self {
            root,
            tenant: None,
            organizations: Vec::new(),
            catalogs: Vec::new(),
            price_lists: Vec::new(),
            contracts: Vec::new(),
            fx_tables: Vec::new(),
            adjustments: Vec::new(),
            order_rules: Vec::new(),
            tax_tables: Vec::new(),
            index_tables: Vec::new(),
            scripts: Vec::new(),
            tests: Vec::new(),
            places: Places::default(),
            problems: Vec::new(),
            may_miss_tenant: false,
        }
    }

    fn refuse(&mut self, flaw: Flaw, file: &str, place: Option<&Place>) {
        self.problems.push(flaw.into_problem(Some(file), place.cloned()));
    }

    fn file(&mut self, file: &Arc<str>) {
        let is_json = Path::new(&**file).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let documents = match self.root.read(file, DOCUMENT_BYTES_MAX) {
            Ok(text) if is_json => json_documents(&text),
            Ok(text) => yaml::read(&text),
            Err(flaw) => vec![Err(flaw)],
        };
        for document in documents {
            match document.and_then(|node| Ok((root_of(&node)?, node))) {
                Ok((root, node)) => self.document(Draft { file, root, node }),
                Err(flaw) => {
                    self.may_miss_tenant = true;
                    self.refuse(flaw, file, None);
                }
            }
        }
    }

    fn document(&mut self, mut draft: Draft<'_>) {
        match draft.root.kind {
            DocumentKind::Tenant => self.tenant(draft),
            DocumentKind::Organization => self.keep_in(draft, |kept| &mut kept.organizations),
            DocumentKind::Contract => self.keep_in(draft, |kept| &mut kept.contracts),
            DocumentKind::FxTable => self.keep_in(draft, |kept| &mut kept.fx_tables),
            DocumentKind::Adjustment => self.keep_in(draft, |kept| &mut kept.adjustments),
            DocumentKind::OrderRule => self.keep_in(draft, |kept| &mut kept.order_rules),
            DocumentKind::TaxTable => self.keep_in(draft, |kept| &mut kept.tax_tables),
            DocumentKind::IndexTable => self.keep_in(draft, |kept| &mut kept.index_tables),
            DocumentKind::Script => self.keep_in(draft, |kept| &mut kept.scripts),
            DocumentKind::Test => self.keep_in(draft, |kept| &mut kept.tests),
            DocumentKind::Catalog => {
                let products = self.products(&mut draft);
                let document: Option<Catalog> = self.keep(draft);
                self.catalogs.extend(document.map(|catalog| match products {
                    Some(products) => Catalog { products, ..catalog },
                    None => catalog,
                }));
            }
            DocumentKind::PriceList => {
                let tables = self.entries(&mut draft);
                let document: Option<PriceList> = self.keep(draft);
                self.price_lists.extend(document.map(|list| with_entries(list, tables)));
            }
        }
    }

    /// Reads a document and keeps it with those of its kind.
    fn keep_in<T: DeserializeOwned>(&mut self, draft: Draft<'_>, kind: fn(&mut Self) -> &mut Vec<T>) {
        let document = self.keep(draft);
        kind(self).extend(document);
    }

    /// Reads a document as a `T` and keeps where it was written.
    fn keep<T: DeserializeOwned>(&mut self, draft: Draft<'_>) -> Option<T> {
        let Draft { file, root, node } = draft;
        let spot = node.spot;
        match de::from_node(&node) {
            Err(flaw) => self.refuse(flaw, file, Some(&root)),
            Ok(document) => match self.places.insert(&root, file, node) {
                None => return Some(document),
                Some(first) => {
                    let (kind, id) = (root.kind.key(), &root.id);
                    let message = format!("the {kind} `{id}` stands in {} line {} already", first.file, first.line);
                    let flaw = Flaw::new(ReadCode::DocumentDuplicate, spot, message);
                    self.refuse(flaw.with_help("give it another name, or take one of the two out"), file, Some(&root));
                }
            },
        }
        None
    }

    fn tenant(&mut self, draft: Draft<'_>) {
        if let Some(first) = self.places.locate(&draft.root) {
            let message = format!("the folder's tenant stands in {} line {} already", first.file, first.line);
            let flaw = Flaw::new(ReadCode::TenantDuplicate, draft.node.spot, message);
            let flaw = flaw.with_help("a folder is one tenant's; put the other's documents into a folder of their own");
            self.refuse(flaw, draft.file, Some(&draft.root));
            return;
        }
        self.tenant = self.keep(draft);
        self.may_miss_tenant |= self.tenant.is_none();
    }

    fn products(&mut self, draft: &mut Draft<'_>) -> Option<Vec<Product>> {
        let products = draft.node.get_mut("products")?;
        self.table(products, draft.file, &draft.root.key("products"), csv_products::read)
    }

    /// The entries that stand in CSV files: of the list itself (`None`), and of its versions.
    fn entries(&mut self, draft: &mut Draft<'_>) -> Vec<(Option<usize>, Vec<Entry>)> {
        let Draft { file, root, node } = draft;
        let mut tables = Vec::new();
        if let Some(entries) = node.get_mut("entries") {
            let table = self.table(entries, file, &root.key("entries"), csv_prices::read);
            tables.extend(table.map(|entries| (None, entries)));
        }
        let Some(Node { kind: Kind::List(versions), .. }) = node.get_mut("versions") else { return tables };
        for (index, version) in versions.iter_mut().enumerate() {
            if let Some(entries) = version.get_mut("entries") {
                let place = root.key("versions").index(index).key("entries");
                let table = self.table(entries, file, &place, csv_prices::read);
                tables.extend(table.map(|entries| (Some(index), entries)));
            }
        }
        tables
    }

    /// Reads the CSV file that a node names, and leaves its lines in the node. `None`: it names none, or a bad one.
    fn table<T>(
        &mut self,
        node: &mut Node,
        file: &str,
        place: &Place,
        read: fn(&str, &str) -> Read<T>,
    ) -> Option<Vec<T>> {
        let named = node.text()?.to_owned();
        let text = Root::beside(file, &named).and_then(|table| {
            let text = self.root.read(&table, TABLE_BYTES_MAX);
            // What is wrong inside of the file has a line there; that there is no file is wrong here.
            match text {
                Ok(text) => Ok((table, Ok(text))),
                Err(flaw) if flaw.line.is_some() => Ok((table, Err(vec![flaw]))),
                Err(flaw) => Err(flaw),
            }
        });
        let (table, text) = match text {
            Ok(found) => found,
            Err(flaw) => {
                self.refuse(flaw.naming(&named).or_at(node.spot), file, Some(place));
                node.kind = Kind::Table(Box::default());
                return None;
            }
        };
        match text.and_then(|text| read(&text, &table)) {
            Ok((rows, lines)) => {
                node.kind = Kind::Table(Box::new(lines));
                Some(rows)
            }
            Err(flaws) => {
                for flaw in flaws {
                    self.refuse(flaw, &table, Some(place));
                }
                node.kind = Kind::Table(Box::default());
                None
            }
        }
    }

    fn finish(mut self) -> Result<Folder, Vec<Problem>> {
        if self.tenant.is_none() && !self.may_miss_tenant {
            let flaw = Flaw::of_file(ReadCode::TenantMissing, "the folder has no tenant");
            let flaw = flaw.with_help("add a file tenant.yaml with the keys tenant, currency and time_zone");
            self.problems.push(flaw.into_problem(None, None));
        }
        match self.tenant {
            Some(tenant) if self.problems.is_empty() => {
                let documents = Documents {
                    tenant,
                    organizations: self.organizations,
                    catalogs: self.catalogs,
                    price_lists: self.price_lists,
                    contracts: self.contracts,
                    fx_tables: self.fx_tables,
                    adjustments: self.adjustments,
                    order_rules: self.order_rules,
                    tax_tables: self.tax_tables,
                    index_tables: self.index_tables,
                    scripts: self.scripts,
                    tests: self.tests,
                };
                Ok(Folder { documents, places: self.places })
            }
            _ => Err(self.problems),
        }
    }
}

/// A JSON file holds one document or a list of them.
fn json_documents(text: &str) -> Vec<Result<Node, Flaw>> {
    match json::read(text) {
        Ok(Node { kind: Kind::List(nodes), .. }) => nodes.into_iter().map(Ok).collect(),
        other => vec![other],
    }
}

/// Which document a node is, told by its keys.
fn root_of(node: &Node) -> Result<Place, Flaw> {
    // A contract and an order rule may also have the key of an organization, their own, and so are asked for first.
    let kinds = [DocumentKind::Contract, DocumentKind::OrderRule].into_iter().chain(DocumentKind::ALL);
    if let Some((kind, field)) = kinds.into_iter().find_map(|kind| Some((kind, node.get(kind.key())?))) {
        return Ok(Place::of(kind, field.value.text().unwrap_or_default()));
    }
    let known = DocumentKind::ALL.map(DocumentKind::key);
    let (message, first, spot) = match &node.kind {
        Kind::Map(fields) if let [first, ..] = fields.as_slice() => {
            (format!("a document of no known kind: its first key is `{}`", first.key), &*first.key, first.spot)
        }
        _ => ("not a document: it has no keys".to_owned(), "", node.spot),
    };
    let flaw = Flaw::new(ReadCode::DocumentUnknownKind, spot, message);
    Err(flaw.with_help(nearest::help("kinds", first, &known)))
}

fn with_entries(mut list: PriceList, tables: Vec<(Option<usize>, Vec<Entry>)>) -> PriceList {
    for (version, entries) in tables {
        match version {
            None => list.entries = entries,
            Some(index) => {
                if let Some(version) = list.versions.get_mut(index) {
                    version.entries = entries;
                }
            }
        }
    }
    list
}
