//! Where the documents of a folder were written: from a diagnostic's place to a file and line.

use std::collections::BTreeMap;
use std::sync::Arc;

use emptor_core::{Diagnostic, DocumentKind, Place, Segment};

use crate::problem::Problem;
use crate::tree::{Kind, Node, Spot};

/// Where each document of a folder was written.
#[derive(Debug, Clone, Default)]
pub struct Places {
    documents: BTreeMap<(DocumentKind, String), Written>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file, relative to the folder, with `/` between its parts.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters; absent: all of the line, in a CSV file.
    pub column: Option<u32>,
}

#[derive(Debug, Clone)]
struct Written {
    file: Arc<str>,
    node: Node,
}

impl Places {
    /// Where a place in the documents was written. A place that was not is that of what it would be in.
    pub fn locate(&self, place: &Place) -> Option<Location> {
        let written = self.written(place)?;
        let (mut node, mut spot) = (&written.node, written.node.spot);
        let mut segments = place.path.iter();
        while let Some(segment) = segments.next() {
            if let Kind::Table(rows) = &node.kind {
                let Segment::Index(element) = *segment else { break };
                let part = match (segments.next(), segments.next()) {
                    (Some(Segment::Key("tiers")), Some(&Segment::Index(part))) => part,
                    _ => 0,
                };
                let line = rows.line(element, part)?;
                return Some(Location { file: rows.file.to_string(), line, column: None });
            }
            let Some((next, at)) = step(node, *segment) else { break };
            (node, spot) = (next, at);
        }
        Some(Location { file: written.file.to_string(), line: spot.line, column: Some(spot.column) })
    }

    /// A diagnostic with the file and line it is about.
    pub fn problem(&self, diagnostic: &Diagnostic) -> Problem {
        let location = self.locate(&diagnostic.place);
        let (file, line, column) =
            location.map_or((None, None, None), |location| (Some(location.file), Some(location.line), location.column));
        Problem {
            severity: diagnostic.severity,
            code: diagnostic.code,
            file,
            line,
            column,
            place: Some(diagnostic.place.clone()),
            message: diagnostic.message.clone(),
            help: Some(diagnostic.help.clone()).filter(|help| !help.is_empty()),
        }
    }

    /// Keeps where a document was written; if one of its kind and name is kept already, where that was.
    pub(crate) fn insert(&mut self, root: &Place, file: &Arc<str>, node: Node) -> Option<Location> {
        let key = (root.kind, root.id.clone());
        if self.documents.contains_key(&key) {
            return self.locate(root);
        }
        self.documents.insert(key, Written { file: Arc::clone(file), node });
        None
    }

    fn written(&self, place: &Place) -> Option<&Written> {
        // There is one tenant, whatever it is called.
        let mut tenants = self.documents.iter().filter(|((kind, _), _)| *kind == DocumentKind::Tenant);
        match place.kind {
            DocumentKind::Tenant => tenants.next().map(|(_, written)| written),
            kind => self.documents.get(&(kind, place.id.clone())),
        }
    }
}

/// The value one step further in, and the place to show for it.
fn step(node: &Node, segment: Segment) -> Option<(&Node, Spot)> {
    let index = match (&node.kind, segment) {
        (Kind::Map(_), Segment::Key(key)) => {
            let field = node.get(key)?;
            // A list or map starts a line below its key, where nobody would look for it.
            let is_scalar = matches!(field.value.kind, Kind::Scalar { .. });
            return Some((&field.value, if is_scalar { field.value.spot } else { field.spot }));
        }
        (Kind::List(_), Segment::Index(index)) => index,
        // The short form of a tier: `[from, price]`.
        (Kind::List(_), Segment::Key("from")) => 0,
        (Kind::List(_), Segment::Key("price")) => 1,
        _ => return None,
    };
    let Kind::List(nodes) = &node.kind else { return None };
    nodes.get(index).map(|node| (node, node.spot))
}
